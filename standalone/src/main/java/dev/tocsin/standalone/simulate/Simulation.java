package dev.tocsin.standalone.simulate;

import dev.tocsin.agent.schedule.Pace;
import dev.tocsin.incident.engine.check.Vote;
import dev.tocsin.incident.partition.Rehearsal;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.standalone.simulate.Trouble.Kind;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Plays one universe: agents probe at their pace, results reach the broker late or not at all, ticks pass, processes come
/// back. Everything in the order of the broker's clock; one thread, no clock of its own.
final class Simulation {
    private static final long TICK = 1_000;
    private static final String FAILURE = "CONNECT refused: simulated";

    /// A result on an agent's disk.
    private record Spooled(int check, long at, Vote vote, long id) {}

    private final Universe universe;
    private final RandomGenerator random;
    private final Rehearsal rehearsal;
    private final Pace[] paces;

    /// Of each check in each region: when it is probed next, and the slot after that.
    private final long[] next;

    private final long[] slots;
    private final Calendar calendar;
    private final List<Queue<Spooled>> spools = new ArrayList<>();
    private long ids;

    private Simulation(Universe universe) {
        this.universe = universe;
        random = Universe.random(universe.seed(), 2);
        var regions = IntStream.range(0, universe.regions()).mapToObj(universe::region).toList();
        var checks =
                IntStream.range(0, universe.checks())
                        .mapToObj(check -> definition(universe, check, regions))
                        .toList();
        rehearsal = new Rehearsal(checks, Universe.START);
        int lines = universe.checks() * universe.regions();
        paces = new Pace[lines];
        next = new long[lines];
        slots = new long[lines];
        calendar = new Calendar(lines);
        for (int line = 0; line < lines; line++) {
            paces[line] =
                    new Pace(
                            checks.get(line / universe.regions()),
                            universe.region(line % universe.regions()));
            slots[line] = random.nextLong(Universe.INTERVAL);
            next[line] = slots[line];
            calendar.add(line, next[line] + universe.latencyMs().get(line % universe.regions()));
        }
        regions.forEach(_ -> spools.add(new ArrayDeque<>()));
    }

    private static CheckDefinition definition(Universe universe, int number, List<String> regions) {
        var id = universe.check(number);
        return CheckDefinition.newBuilder()
                .setCheckId(id)
                .setConfigVersion("v1")
                .setName(id)
                .setService(id)
                .setGroup(universe.group(number))
                .setLabels(Map.of("team", number % 3 == 0 ? "a" : "b"))
                .setUrl("http://host-" + number + "/")
                .setProbe("http")
                .setIntervalMs(Universe.INTERVAL)
                .setTimeoutMs(10_000)
                .setRegions(regions)
                .setIncident(IncidentPolicy.newBuilder().build())
                .build();
    }

    /// All that was told, in order.
    static List<Rehearsal.Told> run(Universe universe) {
        return new Simulation(universe).run();
    }

    private List<Rehearsal.Told> run() {
        long tick = TICK;
        boolean away = false;
        boolean resumed = true;
        while (tick < Universe.LENGTH) {
            // What arrives before the next tick.
            while (calendar.firstAt() < tick) {
                probe(calendar.first());
            }
            for (int region = 0; region < universe.regions(); region++) {
                unspool(region, tick);
            }
            boolean down = universe.is(Kind.STREAMS_DOWN, -1, tick);
            if (down && !away) {
                rehearsal.restart(instant(tick));
            }
            if (!down) {
                rehearsal.tick(instant(tick), resumed || away);
                resumed = false;
            }
            away = down;
            tick += TICK;
        }
        return rehearsal.told();
    }

    private static Instant instant(long time) {
        return Universe.START.plusMillis(time);
    }

    private void probe(int line) {
        int check = line / universe.regions();
        int region = line % universe.regions();
        long at = next[line];
        long arrives = at + universe.latencyMs().get(region);
        boolean runs = !universe.is(Kind.AGENT_DOWN, region, at);
        boolean up =
                !universe.fails(check, region, at)
                        && random.nextDouble() * 100 >= universe.lossPercent();
        if (runs) {
            long stamp = at + (universe.is(Kind.FAST_CLOCK, region, at) ? 7 * Universe.MINUTE : 0);
            var vote = up ? Vote.UP : Vote.DOWN;
            if (offline(region, arrives)) {
                spools.get(region).add(new Spooled(check, stamp, vote, ids++));
            } else {
                vote(check, region, 1, stamp, vote, ids++, arrives);
                if (universe.is(Kind.PAIRED, region, at)) {
                    vote(check, region, 2, stamp, vote, ids++, arrives);
                }
            }
        }
        while (slots[line] <= at) {
            slots[line] += Universe.INTERVAL;
        }
        next[line] =
                runs
                        ? paces[line]
                                .next(
                                        up ? Outcome.PASS : Outcome.FAIL,
                                        Instant.ofEpochMilli(at),
                                        Instant.ofEpochMilli(slots[line]))
                                .toEpochMilli()
                        : slots[line];
        calendar.move(line, next[line] + universe.latencyMs().get(region));
    }

    private boolean offline(int region, long at) {
        return universe.is(Kind.UPLINK, region, at) || universe.is(Kind.ALL_UPLINKS, -1, at);
    }

    /// What an agent has on its disk comes beside what it sees now, a hundred results a second.
    private void unspool(int region, long now) {
        var spool = spools.get(region);
        for (int i = 0; i < 100 && !spool.isEmpty() && !offline(region, now); i++) {
            var old = spool.remove();
            vote(old.check(), region, 1, old.at(), old.vote(), old.id(), now);
        }
    }

    private void vote(int check, int region, int agent, long at, Vote vote, long id, long arrives) {
        rehearsal.vote(
                universe.check(check),
                universe.region(region),
                agent,
                instant(at),
                vote,
                vote == Vote.UP ? "" : FAILURE,
                id,
                instant(arrives));
    }

    /// Which line is next: a binary heap of times, by line where two are the same.
    private static final class Calendar {
        private final long[] due;
        private final int[] heap;
        private int size;

        Calendar(int lines) {
            due = new long[lines];
            heap = new int[lines];
            Arrays.fill(due, Long.MAX_VALUE);
        }

        void add(int line, long at) {
            due[line] = at;
            heap[size] = line;
            int child = size++;
            while (child > 0 && before(heap[child], heap[(child - 1) / 2])) {
                swap(child, (child - 1) / 2);
                child = (child - 1) / 2;
            }
        }

        int first() {
            return heap[0];
        }

        long firstAt() {
            return due[heap[0]];
        }

        /// The first line is due later from now on.
        void move(int line, long at) {
            due[line] = at;
            int parent = 0;
            while (true) {
                int least = parent;
                for (int child = 2 * parent + 1; child <= 2 * parent + 2; child++) {
                    if (child < size && before(heap[child], heap[least])) {
                        least = child;
                    }
                }
                if (least == parent) {
                    return;
                }
                swap(parent, least);
                parent = least;
            }
        }

        private boolean before(int one, int other) {
            return due[one] < due[other] || (due[one] == due[other] && one < other);
        }

        private void swap(int i, int j) {
            int line = heap[i];
            heap[i] = heap[j];
            heap[j] = line;
        }
    }
}
