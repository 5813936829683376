package dev.tocsin.agent.schedule;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What runs now, what waits and what is told instead: told the time and which runs have ended, it gives the runs to start and the slots that none
/// was in. Slots are of the wall clock, and time passes by the monotonic one: when the two part, somebody set the clock or the machine stood still,
/// and every check begins anew at its next slot. Of places each host has its share: first comes who waits longest,
/// a check whose host has runs already, or that held its place for long the last time, coming later by so much for each: later, and never not at all.
/// Pure; not thread-safe.
final class Agenda {
    /// After a long standstill (a suspended machine) only the newest missed slots are told one by one.
    private static final int MISSED_CAP = 100;

    /// No clock is slewed by so much between two looks.
    private static final Duration STEP = Duration.ofMillis(500);

    /// What is late by less, after a step, still runs.
    private static final Duration LATE = Duration.ofSeconds(1);

    /// Somebody looks at the clocks at least so often.
    private static final Duration LOOK = Duration.ofSeconds(1);

    /// What a check's last run took counts so many times against it: who takes little waits little, and nobody for ever.
    private static final int COST = 10;

    /// Each run that a host has makes its next ones wait for so long where places are few.
    private static final long SHARE_NANOS = Duration.ofSeconds(10).toNanos();

    private static final String TOO_LONG = "the run before took too long, or the agent stood still";
    private static final String STOOD_STILL = "the agent stood still, or its clock was set";

    /// @param nanos of the monotonic clock
    record Now(Instant wall, long nanos) {}

    /// What to do.
    sealed interface Task permits Start, Skipped {}

    /// @param run names it to [#ended]
    /// @param waited for a place
    record Start(CheckDefinition check, long run, Instant due, Duration waited) implements Task {}

    /// A slot that gives a result, and no run.
    record Skipped(CheckDefinition check, Instant slot, Outcome outcome, String code, String detail)
            implements Task {}

    private static final class Entry {
        final CheckDefinition check;
        final String host;
        final Pace pace;
        Instant slot;
        Instant due;
        long waitsSince;
        long lastTook;

        Entry(CheckDefinition check, String host, Pace pace, Instant slot) {
            this.check = check;
            this.host = host;
            this.pace = pace;
            this.slot = slot;
            due = slot;
        }
    }

    private record Running(Entry entry, Instant due, long since) {}

    private final String region;
    private final int places;
    private final int placesOfAHost;
    private final Map<String, Entry> checks = new HashMap<>();
    private final TreeSet<Entry> idle =
            new TreeSet<>(
                    Comparator.comparing((Entry e) -> e.due)
                            .thenComparing(e -> e.check.getCheckId()));
    private final Set<Entry> waiting = new LinkedHashSet<>();
    private final Map<Long, Running> running = new HashMap<>();
    private final Map<String, Integer> runningOfHost = new HashMap<>();
    private long lastRun;
    private @Nullable Now before;

    /// @param places runs at once, at most; of one host half of them
    Agenda(String region, int places) {
        this.region = region;
        this.places = places;
        placesOfAHost = Math.max(1, places / 2);
    }

    /// Instead of the one of that id, whose run no longer counts.
    void put(CheckDefinition check, String host, Now now) {
        remove(check.getCheckId());
        var pace = new Pace(check, region);
        var entry = new Entry(check, host, pace, pace.slotAfter(now.wall()));
        checks.put(check.getCheckId(), entry);
        idle.add(entry);
    }

    void remove(String id) {
        var entry = checks.remove(id);
        if (entry != null) {
            idle.remove(entry);
            waiting.remove(entry);
        }
    }

    /// @return null for one that it does not know
    @Nullable CheckDefinition check(String id) {
        var entry = checks.get(id);
        return entry == null ? null : entry.check;
    }

    List<String> ids() {
        return List.copyOf(checks.keySet());
    }

    /// Whether what a run sees is still of interest.
    boolean counts(long run) {
        var ran = running.get(run);
        return ran != null && checks.get(ran.entry.check.getCheckId()) == ran.entry;
    }

    /// @param mine whether this agent runs a check, by its id
    List<Task> at(Now now, Predicate<String> mine) {
        var tasks = new ArrayList<Task>(anew(now));
        while (!idle.isEmpty() && !idle.first().due.isAfter(now.wall())) {
            var entry = idle.first();
            idle.remove(entry);
            if (mine.test(entry.check.getCheckId())) {
                entry.waitsSince = now.nanos();
                waiting.add(entry);
            } else {
                entry.slot = entry.pace.slotAfter(now.wall());
                entry.due = entry.slot;
                idle.add(entry);
            }
        }
        for (var next = first(now); next != null; next = first(now)) {
            waiting.remove(next);
            runningOfHost.merge(next.host, 1, Integer::sum);
            running.put(++lastRun, new Running(next, next.due, now.nanos()));
            tasks.add(
                    new Start(
                            next.check,
                            lastRun,
                            next.due,
                            Duration.ofNanos(now.nanos() - next.waitsSince)));
        }
        for (var entry : waiting) {
            saturated(entry, now, tasks);
        }
        return tasks;
    }

    private @Nullable Entry first(Now now) {
        if (running.size() >= places) {
            return null;
        }
        Entry first = null;
        for (var entry : waiting) {
            if (ofHost(entry) < placesOfAHost
                    && (first == null || rank(entry, now) < rank(first, now))) {
                first = entry;
            }
        }
        return first;
    }

    private int ofHost(Entry entry) {
        return runningOfHost.getOrDefault(entry.host, 0);
    }

    /// Nanoseconds from now; the least comes first.
    private long rank(Entry entry, Now now) {
        return entry.waitsSince - now.nanos() + COST * entry.lastTook + SHARE_NANOS * ofHost(entry);
    }

    /// A slot whose successor is due was in vain; the check waits on for that one, at its place in the queue.
    private void saturated(Entry entry, Now now, List<Task> tasks) {
        var next =
                entry.due.isBefore(entry.slot) ? entry.slot : entry.pace.plusSlots(entry.slot, 1);
        if (next.isAfter(now.wall())) {
            return;
        }
        var why =
                ofHost(entry) >= placesOfAHost
                        ? "all " + placesOfAHost + " runs at once of a host are taken"
                        : "all " + places + " runs at once are taken (agent.concurrency)";
        if (!entry.due.isBefore(entry.slot)) {
            tasks.add(new Skipped(entry.check, entry.slot, Outcome.ERROR, "saturated", why));
        }
        long behind = entry.pace.missed(next, now.wall());
        for (long i = Math.max(0, behind - MISSED_CAP); i < behind; i++) {
            var slot = entry.pace.plusSlots(next, i);
            tasks.add(new Skipped(entry.check, slot, Outcome.ERROR, "saturated", why));
        }
        entry.slot = entry.pace.plusSlots(next, behind);
        entry.due = entry.slot;
    }

    /// @param outcome of the run
    /// @param startedAt by the wall clock
    /// @return slots that passed meanwhile; nothing of one that no longer counts
    List<Task> ended(long run, Outcome outcome, Instant startedAt, Now now) {
        boolean counts = counts(run);
        var ran = running.remove(run);
        if (ran == null) {
            return List.of();
        }
        runningOfHost.computeIfPresent(ran.entry.host, (_, n) -> n > 1 ? n - 1 : null);
        if (!counts) {
            return List.of();
        }
        var tasks = new ArrayList<Task>(anew(now));
        var entry = ran.entry;
        entry.lastTook = now.nanos() - ran.since;
        if (!ran.due.isBefore(entry.slot)) {
            entry.slot = entry.pace.plusSlots(entry.slot, 1);
        }
        missed(entry, now, TOO_LONG, tasks);
        entry.slot = notTooFar(entry, now);
        entry.due = entry.pace.next(outcome, startedAt, entry.slot);
        idle.add(entry);
        return tasks;
    }

    /// Tells the slots that passed, and goes on with the one to come.
    private static void missed(Entry entry, Now now, String why, List<Task> tasks) {
        if (!entry.slot.isBefore(now.wall())) {
            return;
        }
        long missed = entry.pace.missed(entry.slot, now.wall()) + 1;
        for (long i = Math.max(0, missed - MISSED_CAP); i < missed; i++) {
            var slot = entry.pace.plusSlots(entry.slot, i);
            tasks.add(new Skipped(entry.check, slot, Outcome.MISSED, "missed", why));
        }
        entry.slot = entry.pace.plusSlots(entry.slot, missed);
    }

    /// No slot is further away than an interval, whatever the clock did.
    private static Instant notTooFar(Entry entry, Now now) {
        var next = entry.pace.slotAfter(now.wall());
        return entry.slot.isAfter(next) ? next : entry.slot;
    }

    /// When the clocks have parted.
    private List<Task> anew(Now now) {
        var last = before;
        before = now;
        if (last == null) {
            return List.of();
        }
        var by = Duration.between(last.wall(), now.wall()).minusNanos(now.nanos() - last.nanos());
        if (by.abs().compareTo(STEP) < 0) {
            return List.of();
        }
        var tasks = new ArrayList<Task>();
        var all = new ArrayList<>(idle);
        all.addAll(waiting);
        idle.clear();
        waiting.clear();
        for (var entry : all) {
            if (by.isPositive() && entry.due.isBefore(now.wall().minus(LATE))) {
                missed(entry, now, STOOD_STILL, tasks);
                entry.due = entry.slot;
            } else if (by.isNegative()) {
                entry.slot = notTooFar(entry, now);
                entry.due = entry.due.isAfter(entry.slot) ? entry.slot : entry.due;
            }
            idle.add(entry);
        }
        return tasks;
    }

    /// For how long there is nothing to do, if nothing ends.
    Duration idleFor(Now now) {
        var next = idle.isEmpty() ? LOOK : Duration.between(now.wall(), idle.first().due);
        return next.isNegative() ? Duration.ZERO : next.compareTo(LOOK) > 0 ? LOOK : next;
    }
}
