package dev.tocsin.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Agents of a region that come, go, die and are cut off, against one log: every slot is run by exactly one of them, but for a while
/// after each change.
class TakeOverTest {
    private static final int INTERVAL_MS = 5000;
    private static final int CHECKS = 60;
    private static final int STEP_MS = 100;

    /// Three heartbeats, one more until it is seen that they are missed, one interval, and what a record takes.
    private static final int BOUND_MS = 30_000 + 10_000 + INTERVAL_MS + 3_000;

    private record Beat(String agent, boolean leaving, long appendedMs, long seenMs) {}

    /// One process; its clock is wrong by `skewMs`, and it reads what is written after `lagMs`.
    private static final class OneAgent {
        final String id;
        final long skewMs;
        final long lagMs;
        final long startedMs;
        final Roster roster;
        int read;
        boolean caughtUp;
        Assignment assignment;

        OneAgent(String id, long startedMs, Random random) {
            this.id = id;
            this.startedMs = startedMs;
            skewMs = 3_600_000L * (random.nextInt(3) - 1);
            lagMs = random.nextInt(6) * 100L;
            roster = new Roster(id, "us", nanos(startedMs));
            assignment = Assignment.alone(id);
        }

        private static long nanos(long ms) {
            return Duration.ofMillis(ms).toNanos();
        }

        void read(List<Beat> log, long nowMs) {
            if (nowMs < startedMs + 500) {
                return;
            }
            while (read < log.size() && log.get(read).appendedMs() + lagMs <= nowMs) {
                var beat = log.get(read++);
                roster.heard(
                        beat.agent(),
                        "us",
                        beat.leaving(),
                        beat.appendedMs(),
                        caughtUp ? nanos(nowMs) : null);
            }
            caughtUp = true;
            assignment = roster.at(nanos(nowMs));
        }

        /// On its own clock's grid, which is everybody's: the clocks differ by whole intervals.
        boolean runs(int check, long nowMs) {
            return (nowMs + skewMs - phase(check)) % INTERVAL_MS == 0
                    && assignment.mine("check-" + check);
        }
    }

    private static long phase(int check) {
        return check * 100L % INTERVAL_MS;
    }

    private enum Change {
        START,
        KILL,
        STOP
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void everySlotIsRunByExactlyOneAgentButForAWhileAfterEachChange(long seed) {
        var random = new Random(seed);
        var processes = new TreeMap<String, OneAgent>();
        var log = new ArrayList<Beat>();
        var troubles = new ArrayList<String>();
        long changedMs = 0;
        int judged = 0;
        for (long now = 0; now < 900_000; now += STEP_MS) {
            var change = now % 100_000 == 0 ? change(random, processes.size()) : null;
            if (change != null) {
                apply(change, processes, log, now, random);
                changedMs = now;
            }
            for (var process : processes.values()) {
                if ((now - process.startedMs) % 10_000 == 1000) {
                    log.add(new Beat(process.id, false, now, now));
                }
                process.read(log, now);
            }
            if (now - changedMs > BOUND_MS) {
                for (int check = 0; check < CHECKS; check++) {
                    if ((now - phase(check)) % INTERVAL_MS == 0) {
                        judged++;
                        judge(processes, check, now, troubles);
                    }
                }
            }
        }
        assertThat(troubles).as("seed " + seed).isEmpty();
        assertThat(judged).isGreaterThan(1000);
    }

    private static Change change(Random random, int running) {
        return running < 2
                ? Change.START
                : Change.values()[running > 3 ? 1 + random.nextInt(2) : random.nextInt(3)];
    }

    private static void apply(
            Change change,
            NavigableMap<String, OneAgent> processes,
            List<Beat> log,
            long now,
            Random random) {
        switch (change) {
            case START -> {
                int agent = 0;
                while (processes.containsKey("us-" + agent)) {
                    agent++;
                }
                processes.put("us-" + agent, new OneAgent("us-" + agent, now, random));
            }
            case KILL -> processes.remove(any(processes, random));
            case STOP -> {
                var gone = any(processes, random);
                processes.remove(gone);
                log.add(new Beat(gone, true, now, now));
            }
        }
    }

    private static String any(NavigableMap<String, OneAgent> processes, Random random) {
        return List.copyOf(processes.keySet()).get(random.nextInt(processes.size()));
    }

    private static void judge(
            NavigableMap<String, OneAgent> processes, int check, long now, List<String> troubles) {
        var by = new TreeSet<String>();
        processes.values().stream()
                .filter(process -> process.runs(check, now))
                .forEach(process -> by.add(process.id));
        if (by.size() != 1) {
            troubles.add("check-" + check + " at " + now + " is run by " + by);
        }
    }

    /// When the first slots are run by the newcomer, and whether one was run by nobody.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aNewcomerTakesOverWithinSecondsAndNoSlotIsRunByNobody(long seed) {
        var random = new Random(seed);
        var processes = new TreeMap<String, OneAgent>();
        var log = new ArrayList<Beat>();
        @Nullable Long firstByNewcomer = null;
        int twice = 0;
        for (long now = 0; now < 120_000; now += STEP_MS) {
            if (now == 0) {
                processes.put("us-0", new OneAgent("us-0", now, random));
            }
            if (now == 60_000) {
                processes.put("us-1", new OneAgent("us-1", now, random));
            }
            for (var process : processes.values()) {
                if ((now - process.startedMs) % 10_000 == 1000) {
                    log.add(new Beat(process.id, false, now, now));
                }
                process.read(log, now);
            }
            for (int check = 0; check < CHECKS; check++) {
                int at = check;
                long moment = now;
                if ((now - phase(check)) % INTERVAL_MS == 0) {
                    var by = processes.values().stream().filter(p -> p.runs(at, moment)).toList();
                    assertThat(by).as("check-" + check + " at " + now).isNotEmpty();
                    twice += by.size() - 1;
                    if (now > 61_000 && by.size() == 1 && by.getFirst().id.equals("us-1")) {
                        firstByNewcomer = firstByNewcomer == null ? now : firstByNewcomer;
                    }
                }
            }
        }
        assertThat(firstByNewcomer).isBetween(61_000L, 65_000L);
        assertThat(twice).as("in the two moments of not knowing").isBetween(1, CHECKS);
    }
}
