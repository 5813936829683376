package dev.tocsin.agent.schedule;

import dev.tocsin.agent.check.Check;
import dev.tocsin.agent.check.Check.Finding;
import dev.tocsin.agent.probe.run.Resolver;
import dev.tocsin.agent.probe.run.Trace;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Failure;
import dev.tocsin.schemas.Lane;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import dev.tocsin.service.Clip;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs each check at its [Pace] on a virtual thread of its own, so that no slow target delays another check and no check
/// overlaps itself. Every slot that is this agent's gives a result: one that could not be run gives MISSED. Thread-safe.
public final class Scheduler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

    /// After a long standstill (a suspended machine) only the newest missed slots are told one by one.
    private static final int MISSED_CAP = 100;

    /// Of definitions that cannot be read; their keys may be anything.
    private static final int UNREADABLE_AT_MOST = 1000;

    private static final int ID_AT_MOST = 200;

    private record Running(CheckDefinition definition, Thread thread) {}

    private final Origin origin;
    private final InstantSource clock;
    private final UnaryOperator<String> secrets;
    private final Resolver resolver;
    private final Canaries canaries;
    private final Predicate<String> mine;
    private final Consumer<CheckResult> results;
    private final Semaphore places;
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private final Map<String, Long> sequences = new ConcurrentHashMap<>();
    private final Map<String, String> badDefinitions = new ConcurrentHashMap<>();
    private final Map<String, String> unreadable = new ConcurrentHashMap<>();

    /// @param concurrency runs at once, at most
    /// @param mine whether this agent runs a check, by its id, from its next slot on: its region's others run the rest
    public Scheduler(
            Origin origin,
            int concurrency,
            InstantSource clock,
            UnaryOperator<String> secrets,
            Resolver resolver,
            Canaries canaries,
            Predicate<String> mine,
            Consumer<CheckResult> results) {
        this.origin = origin;
        this.clock = clock;
        this.secrets = secrets;
        this.results = results;
        this.resolver = resolver;
        this.canaries = canaries;
        this.mine = mine;
        places = new Semaphore(concurrency);
    }

    /// Starts, replaces or (where it no longer names this region) stops a check.
    public synchronized void put(CheckDefinition definition) {
        var id = definition.getCheckId();
        unreadable.remove(id);
        var old = running.get(id);
        if (old != null && old.definition.equals(definition)) {
            return;
        }
        remove(id);
        if (!definition.getRegions().contains(origin.region())) {
            return;
        }
        Runnable loop;
        try {
            var check = Check.of(definition, secrets);
            loop = () -> loop(definition, () -> unlessOffline(check.run(resolver)));
        } catch (IllegalArgumentException e) {
            LOG.atError()
                    .addKeyValue("check", id)
                    .addKeyValue("why", e.getMessage())
                    .log("this agent cannot run the check");
            badDefinitions.put(id, String.valueOf(e.getMessage()));
            var failure =
                    new Failure(Phase.INTERNAL, "bad-definition", String.valueOf(e.getMessage()));
            loop =
                    () ->
                            loop(
                                    definition,
                                    () ->
                                            new Finding(
                                                    Outcome.ERROR,
                                                    failure,
                                                    List.of(),
                                                    Duration.ZERO,
                                                    new Trace()));
        }
        running.put(
                id, new Running(definition, Thread.ofVirtual().name("check-" + id).start(loop)));
    }

    /// Reports a definition that could not even be read; what runs goes on.
    void unreadable(String checkId, String why) {
        var id = Clip.to(ID_AT_MOST, checkId);
        if (unreadable.size() < UNREADABLE_AT_MOST || unreadable.containsKey(id)) {
            unreadable.put(id, why);
        }
    }

    synchronized void remove(String checkId) {
        unreadable.remove(Clip.to(ID_AT_MOST, checkId));
        badDefinitions.remove(checkId);
        var old = running.remove(checkId);
        if (old != null) {
            old.thread.interrupt();
        }
    }

    /// How many this agent runs now.
    public int checks() {
        return (int) running.keySet().stream().filter(mine).count();
    }

    /// Check id to what is wrong with its definition, for the heartbeat.
    public Map<String, String> badDefinitions() {
        var all = new HashMap<>(badDefinitions);
        all.putAll(unreadable);
        return all;
    }

    @Override
    public synchronized void close() {
        List.copyOf(running.keySet()).forEach(this::remove);
    }

    private interface Look {
        Finding run();
    }

    private void loop(CheckDefinition check, Look look) {
        try {
            var pace = new Pace(check, origin.region());
            var slot = pace.slotAfter(clock.instant());
            var due = slot;
            while (!Thread.currentThread().isInterrupted()) {
                sleepUntil(due);
                if (!mine.test(check.getCheckId())) {
                    slot = pace.slotAfter(clock.instant());
                    due = slot;
                    continue;
                }
                long queued = System.nanoTime();
                places.acquire();
                Outcome outcome;
                Instant startedAt;
                try {
                    long delayUs = (System.nanoTime() - queued) / 1000;
                    startedAt = clock.instant();
                    var finding = look.run();
                    if (Thread.currentThread().isInterrupted()) {
                        return; // replaced or stopping: what an interrupted run saw is not the
                        // target's doing
                    }
                    outcome = finding.outcome();
                    results.accept(result(check, due, startedAt, delayUs, finding));
                } finally {
                    places.release();
                }
                if (!due.isBefore(slot)) {
                    slot = pace.plusSlots(slot, 1);
                }
                slot = tellMissed(check, pace, slot);
                due = pace.next(outcome, startedAt, slot);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("check", check.getCheckId())
                    .setCause(e)
                    .log("bug: the check has stopped");
            badDefinitions.put(check.getCheckId(), "stopped by a bug: " + e);
        }
    }

    /// A failure that this agent sees because it is cut off is its own, not the target's.
    private Finding unlessOffline(Finding finding) {
        var offline = finding.outcome() == Outcome.FAIL ? canaries.offline() : null;
        return offline == null
                ? finding
                : new Finding(
                        Outcome.ERROR,
                        new Failure(
                                Phase.INTERNAL, "offline", "the canaries fail, too: " + offline),
                        finding.failedConditions(),
                        finding.took(),
                        finding.trace());
    }

    private void sleepUntil(Instant due) throws InterruptedException {
        for (var now = clock.instant(); now.isBefore(due); now = clock.instant()) {
            Thread.sleep(Duration.between(now, due).plusNanos(999_999));
        }
    }

    /// Tells the slots that passed while a run took too long, and gives the next one to come.
    private Instant tellMissed(CheckDefinition check, Pace pace, Instant slot) {
        var now = clock.instant();
        if (!slot.isBefore(now)) {
            return slot;
        }
        long missed = pace.missed(slot, now) + 1;
        for (long i = Math.max(0, missed - MISSED_CAP); i < missed; i++) {
            var at = pace.plusSlots(slot, i);
            var failure =
                    new Failure(
                            Phase.INTERNAL,
                            "missed",
                            "the run before took too long, or the agent stood still");
            results.accept(
                    result(
                            check,
                            at,
                            now,
                            0,
                            new Finding(
                                    Outcome.MISSED,
                                    failure,
                                    List.of(),
                                    Duration.ZERO,
                                    new Trace())));
        }
        return pace.plusSlots(slot, missed);
    }

    private CheckResult result(
            CheckDefinition check,
            Instant due,
            Instant startedAt,
            long queueDelayUs,
            Finding finding) {
        return CheckResult.newBuilder()
                .setCheckId(check.getCheckId())
                .setConfigVersion(check.getConfigVersion())
                .setRegion(origin.region())
                .setAgentId(origin.agentId())
                .setBootEpoch(origin.bootEpoch())
                .setLane(Lane.LIVE)
                .setSequence(sequences.merge(check.getCheckId(), 1L, Long::sum))
                .setScheduledAt(due.truncatedTo(ChronoUnit.MILLIS))
                .setStartedAt(startedAt.truncatedTo(ChronoUnit.MILLIS))
                .setDurationUs(finding.took().toNanos() / 1000)
                .setOutcome(finding.outcome())
                .setFailure(finding.failure())
                .setAddress(finding.trace().address())
                .setTimingsUs(new HashMap<>(finding.trace().timings()))
                .setFailedConditions(finding.failedConditions())
                .setQueueDelayUs(queueDelayUs)
                .build();
    }
}
