package dev.tocsin.agent.schedule;

import dev.tocsin.agent.check.Check;
import dev.tocsin.agent.check.Check.Finding;
import dev.tocsin.agent.probe.run.Resolver;
import dev.tocsin.agent.probe.run.Trace;
import dev.tocsin.agent.schedule.Agenda.Now;
import dev.tocsin.agent.schedule.Agenda.Skipped;
import dev.tocsin.agent.schedule.Agenda.Start;
import dev.tocsin.agent.schedule.Agenda.Task;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Failure;
import dev.tocsin.schemas.Lane;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import dev.tocsin.service.Clip;
import dev.tocsin.service.Health;
import dev.tocsin.service.Loop;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does what the [Agenda] says: one thread looks at the clocks, and each run has a virtual thread of its own, so that no slow target delays another check and
/// no check overlaps itself. Every slot that is this agent's gives a result: one that could not be run gives MISSED, or ERROR where there was no place for it.
/// Nothing that blocks is done under its lock. Thread-safe.
public final class Scheduler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

    /// Of definitions that cannot be read; their keys may be anything.
    private static final int UNREADABLE_AT_MOST = 1000;

    private static final int ID_AT_MOST = 200;
    private static final Pattern HOST = Pattern.compile("[a-z][a-z0-9+.-]*://([^/?#]*@)?([^/?#]*)");

    private final Origin origin;
    private final InstantSource clock;
    private final UnaryOperator<String> secrets;
    private final Resolver resolver;
    private final Canaries canaries;
    private final Predicate<String> mine;
    private final Consumer<CheckResult> results;
    private final Map<String, Long> sequences = new ConcurrentHashMap<>();
    private final Map<String, String> badDefinitions = new ConcurrentHashMap<>();
    private final Map<String, String> unreadable = new ConcurrentHashMap<>();
    private final Map<String, String> bugs = new ConcurrentHashMap<>();
    private final Object lock = new Object();
    private final Agenda agenda;

    /// Rung when there may be something to do sooner.
    private final Semaphore bell = new Semaphore(0);

    private final Map<String, Look> looks = new HashMap<>();
    private final Map<String, Thread> runs = new HashMap<>();
    private final Thread thread;
    private boolean closed;

    /// @param concurrency runs at once, at most
    /// @param mine whether this agent runs a check, by its id, from its next slot on: its region's others run the rest
    /// @param health told when it cannot go on
    public Scheduler(
            Origin origin,
            int concurrency,
            InstantSource clock,
            UnaryOperator<String> secrets,
            Resolver resolver,
            Canaries canaries,
            Predicate<String> mine,
            Consumer<CheckResult> results,
            Health health) {
        this.origin = origin;
        this.clock = clock;
        this.secrets = secrets;
        this.results = results;
        this.resolver = resolver;
        this.canaries = canaries;
        this.mine = mine;
        agenda = new Agenda(origin.region(), concurrency);
        thread = Loop.start("schedule", health, this::turn);
    }

    /// Starts, replaces or (where it no longer names this region) stops a check.
    public void put(CheckDefinition definition) {
        var id = definition.getCheckId();
        unreadable.remove(id);
        synchronized (lock) {
            if (definition.equals(agenda.check(id))) {
                return;
            }
        }
        remove(id);
        if (!definition.getRegions().contains(origin.region())) {
            return;
        }
        var look = look(definition);
        synchronized (lock) {
            if (!closed) {
                looks.put(id, look);
                agenda.put(definition, host(definition.getUrl()), now());
                bell.release();
            }
        }
    }

    private Look look(CheckDefinition definition) {
        try {
            var check = Check.of(definition, secrets);
            return () -> unlessOffline(check.run(resolver));
        } catch (IllegalArgumentException e) {
            var why = String.valueOf(e.getMessage());
            LOG.atError()
                    .addKeyValue("check", definition.getCheckId())
                    .addKeyValue("why", why)
                    .log("this agent cannot run the check");
            badDefinitions.put(definition.getCheckId(), why);
            var finding = error("bad-definition", why);
            return () -> finding;
        } catch (RuntimeException | StackOverflowError e) {
            // The definitions behind it are followed all the same.
            var finding = bug(definition, e);
            return () -> finding;
        }
    }

    /// Of the url as it is written, its secrets not filled in: whatever it is, it names the share.
    static String host(String url) {
        var host = HOST.matcher(url);
        return host.lookingAt() ? host.group(2) : url;
    }

    /// Reports a definition that could not even be read; what runs goes on.
    void unreadable(String checkId, String why) {
        var id = Clip.to(ID_AT_MOST, checkId);
        if (unreadable.size() < UNREADABLE_AT_MOST || unreadable.containsKey(id)) {
            unreadable.put(id, why);
        }
    }

    void remove(String checkId) {
        unreadable.remove(Clip.to(ID_AT_MOST, checkId));
        badDefinitions.remove(checkId);
        bugs.remove(checkId);
        Thread run;
        synchronized (lock) {
            agenda.remove(checkId);
            looks.remove(checkId);
            run = runs.remove(checkId);
        }
        if (run != null) {
            run.interrupt();
        }
    }

    /// How many this agent runs now.
    public int checks() {
        List<String> ids;
        synchronized (lock) {
            ids = agenda.ids();
        }
        return (int) ids.stream().filter(mine).count();
    }

    /// Check id to what is wrong with its definition, for the heartbeat.
    public Map<String, String> badDefinitions() {
        var all = new HashMap<>(badDefinitions);
        all.putAll(bugs);
        all.putAll(unreadable);
        return all;
    }

    @Override
    public void close() {
        List<String> ids;
        synchronized (lock) {
            closed = true;
            ids = agenda.ids();
        }
        ids.forEach(this::remove);
        thread.interrupt();
    }

    private interface Look {
        Finding run();
    }

    private Now now() {
        return new Now(clock.instant(), System.nanoTime());
    }

    private boolean turn() throws InterruptedException {
        start();
        Duration idle;
        synchronized (lock) {
            if (closed) {
                return false;
            }
            idle = agenda.idleFor(now());
        }
        if (bell.tryAcquire(idle.toNanos(), TimeUnit.NANOSECONDS)) {
            bell.drainPermits();
        }
        return true;
    }

    /// Starts what is due.
    private void start() {
        List<Task> tasks;
        synchronized (lock) {
            tasks = closed ? List.of() : agenda.at(now(), mine);
        }
        carryOut(tasks);
    }

    /// All of them, whatever one throws: a run that is not started would hold its place for ever.
    private void carryOut(List<Task> tasks) {
        Throwable bug = null;
        for (var task : tasks) {
            try {
                carryOut(task);
            } catch (Throwable e) {
                bug = e;
            }
        }
        if (bug != null) {
            throw new IllegalStateException("a task of the schedule failed", bug);
        }
    }

    private void carryOut(Task task) {
        switch (task) {
            case Start start -> {
                try {
                    var thread =
                            Thread.ofVirtual()
                                    .name("check-" + start.check().getCheckId())
                                    .unstarted(() -> run(start));
                    synchronized (lock) {
                        if (agenda.counts(start.run())) {
                            runs.put(start.check().getCheckId(), thread);
                        }
                    }
                    thread.start();
                } catch (Throwable e) {
                    // Its place must not be taken for ever.
                    ended(start, clock.instant(), bug(start.check(), e));
                }
            }
            case Skipped skipped ->
                    tell(
                            skipped.check(),
                            skipped.slot(),
                            clock.instant(),
                            0,
                            new Finding(
                                    skipped.outcome(),
                                    new Failure(Phase.INTERNAL, skipped.code(), skipped.detail()),
                                    List.of(),
                                    Duration.ZERO,
                                    new Trace()));
        }
    }

    private void run(Start start) {
        var startedAt = clock.instant();
        Finding finding = null;
        try {
            Look look;
            synchronized (lock) {
                look = agenda.counts(start.run()) ? looks.get(start.check().getCheckId()) : null;
            }
            finding = look == null ? null : look.run();
        } catch (Throwable e) {
            finding = bug(start.check(), e);
        } finally {
            ended(start, startedAt, finding);
        }
    }

    /// @param finding null for none: it was no longer wanted
    private void ended(Start start, Instant startedAt, @Nullable Finding finding) {
        List<Task> passed = List.of();
        try {
            boolean counts;
            synchronized (lock) {
                // What an interrupted run saw is not the target's doing.
                counts = agenda.counts(start.run()) && !Thread.currentThread().isInterrupted();
            }
            if (counts && finding != null) {
                sayBug(start.check(), finding);
                tell(
                        start.check(),
                        start.due(),
                        startedAt,
                        start.waited().toNanos() / 1000,
                        finding);
            }
        } finally {
            synchronized (lock) {
                if (agenda.counts(start.run())) {
                    runs.remove(start.check().getCheckId());
                }
                var outcome = finding == null ? Outcome.ERROR : finding.outcome();
                passed = agenda.ended(start.run(), outcome, startedAt, now());
                bell.release();
            }
        }
        carryOut(passed);
    }

    /// Whatever a run throws, an Error too, is a result: neither the check nor anything else ends by it.
    private static Finding bug(CheckDefinition check, Throwable e) {
        LOG.atDebug().addKeyValue("check", check.getCheckId()).setCause(e).log("a run threw");
        return error(Check.BUG, e.getClass().getName());
    }

    private static Finding error(String code, String detail) {
        return new Finding(
                Outcome.ERROR,
                new Failure(Phase.INTERNAL, code, detail),
                List.of(),
                Duration.ZERO,
                new Trace());
    }

    /// Once, until it has gone.
    private void sayBug(CheckDefinition check, Finding finding) {
        var failure = finding.failure();
        if (failure == null || !failure.getCode().equals(Check.BUG)) {
            bugs.remove(check.getCheckId());
        } else if (bugs.put(check.getCheckId(), "runs end by a bug: " + failure.getDetail())
                == null) {
            LOG.atError()
                    .addKeyValue("check", check.getCheckId())
                    .addKeyValue("why", failure.getDetail())
                    .log("bug: a run ended by it; the check goes on");
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

    private void tell(
            CheckDefinition check,
            Instant due,
            Instant startedAt,
            long queueDelayUs,
            Finding finding) {
        results.accept(
                CheckResult.newBuilder()
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
                        .build());
    }
}
