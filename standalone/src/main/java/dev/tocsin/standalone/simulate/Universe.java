package dev.tocsin.standalone.simulate;

import dev.tocsin.standalone.simulate.Trouble.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What is so: a day of some checks, seen from some regions, and all that goes wrong in it. The same seed is the same universe.
///
/// @param lossPercent of probes that fail though nothing is wrong
/// @param groups number of the group that each check is in
/// @param latencyMs from an agent's probe to the broker, by region
record Universe(
        long seed,
        List<Integer> groups,
        int regions,
        double lossPercent,
        List<Long> latencyMs,
        List<Trouble> troubles) {
    static final long INTERVAL = 30_000;
    static final long MINUTE = 60_000;
    static final long LENGTH = 24 * 60 * MINUTE;

    /// Nothing new goes wrong at the end, so that all of it can be over.
    static final long QUIET_END = 90 * MINUTE;

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final double[] LOSSES = {0, 0.1, 1};

    static RandomGenerator random(long seed, long salt) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 1_000_003 + salt);
    }

    static Universe of(long seed) {
        var random = random(seed, 1);
        int regions = 2 + random.nextInt(4);
        int checks = 10 + random.nextInt(20);
        var latency = new ArrayList<Long>();
        for (int region = 0; region < regions; region++) {
            latency.add(10 + random.nextLong(1500));
        }
        double loss = LOSSES[random.nextInt(LOSSES.length)];
        var troubles = troubles(random, checks, regions);
        var further = random(seed, 3);
        var groups = groups(further, checks);
        storms(troubles, further, groups);
        return new Universe(
                seed, groups, regions, loss, List.copyOf(latency), List.copyOf(troubles));
    }

    /// Each check alone, all together, or a few in each.
    private static List<Integer> groups(RandomGenerator random, int checks) {
        int most = List.of(1, checks, 6, 6).get(random.nextInt(4));
        var groups = new ArrayList<Integer>();
        for (int group = 0; groups.size() < checks; group++) {
            int size = most == checks ? checks : 1 + random.nextInt(most);
            for (int i = 0; i < size && groups.size() < checks; i++) {
                groups.add(group);
            }
        }
        return List.copyOf(groups);
    }

    /// What goes down together, a group or any of the checks, and comes back together or one after the other.
    private static void storms(List<Trouble> all, RandomGenerator random, List<Integer> groups) {
        int count = random.nextInt(3);
        for (int i = 0; i < count; i++) {
            long longest = 90 * MINUTE;
            long lasts = (long) (30_000 * Math.pow(longest / 30_000.0, random.nextDouble()));
            long from = 15 * MINUTE + random.nextLong(LENGTH - QUIET_END - longest - 15 * MINUTE);
            long spread = random.nextBoolean() ? 5_000 : 20 * MINUTE;
            int group = groups.get(random.nextInt(groups.size()));
            boolean whole = random.nextBoolean();
            for (int check = 0; check < groups.size(); check++) {
                if (whole ? groups.get(check) == group : random.nextInt(3) == 0) {
                    long begins = from + random.nextLong(5_000);
                    long ends = from + lasts + random.nextLong(spread);
                    all.add(new Trouble(Kind.OUTAGE, check, -1, begins, ends));
                }
            }
        }
    }

    private static List<Trouble> troubles(RandomGenerator random, int checks, int regions) {
        var all = new ArrayList<Trouble>();
        add(all, random, Kind.OUTAGE, 3, 15_000, 90 * MINUTE, checks, -1);
        add(all, random, Kind.REGIONAL, 2, 15_000, 90 * MINUTE, checks, regions);
        add(all, random, Kind.FLAPPING, 1, 10 * MINUTE, 60 * MINUTE, checks, -1);
        add(all, random, Kind.CUT_OFF, 1, MINUTE, 60 * MINUTE, -1, regions);
        add(all, random, Kind.UPLINK, 1, MINUTE, 90 * MINUTE, -1, regions);
        add(all, random, Kind.AGENT_DOWN, 2, 20_000, 30 * MINUTE, -1, regions);
        add(all, random, Kind.FAST_CLOCK, 1, 5 * MINUTE, 60 * MINUTE, -1, regions);
        add(all, random, Kind.PAIRED, 2, 10_000, 10 * MINUTE, -1, regions);
        add(all, random, Kind.STREAMS_DOWN, 3, 1_000, 3 * MINUTE, -1, -1);
        add(all, random, Kind.STREAMS_DOWN, 1, 3 * MINUTE, 20 * MINUTE, -1, -1);
        restarts(all, random);
        if (random.nextInt(4) == 0) {
            add(all, random, Kind.ALL_UPLINKS, 1, 2 * MINUTE, 30 * MINUTE, -1, -1);
        }
        return all;
    }

    /// In the middle of what fails somewhere alone a restart asks most: what is not heard yet is neither up nor down.
    private static void restarts(List<Trouble> all, RandomGenerator random) {
        for (var trouble : List.copyOf(all)) {
            if (trouble.kind() == Kind.REGIONAL && random.nextInt(3) == 0) {
                long from = trouble.from() + random.nextLong(trouble.lasts());
                long lasts = 1_000 + random.nextLong(90_000);
                all.add(new Trouble(Kind.STREAMS_DOWN, -1, -1, from, from + lasts));
            }
        }
    }

    /// Up to `most` of a kind, at random times, short ones as likely as long ones.
    private static void add(
            List<Trouble> all,
            RandomGenerator random,
            Kind kind,
            int most,
            long shortest,
            long longest,
            int checks,
            int regions) {
        int count = random.nextInt(most + 1);
        for (int i = 0; i < count; i++) {
            long lasts =
                    (long) (shortest * Math.pow((double) longest / shortest, random.nextDouble()));
            long from = 15 * MINUTE + random.nextLong(LENGTH - QUIET_END - longest - 15 * MINUTE);
            all.add(
                    new Trouble(
                            kind,
                            checks < 0 ? -1 : random.nextInt(checks),
                            regions < 0 ? -1 : random.nextInt(regions),
                            from,
                            from + lasts));
        }
    }

    int checks() {
        return groups.size();
    }

    String group(int check) {
        return "group-" + groups.get(check);
    }

    /// Whether other checks are in that group.
    boolean hasOthers(@Nullable String group) {
        return IntStream.range(0, checks()).filter(check -> group(check).equals(group)).count() > 1;
    }

    String check(int check) {
        return "check-" + check;
    }

    String region(int region) {
        return "region-" + region;
    }

    /// Whether a probe finds the target down, loss aside.
    boolean fails(int check, int region, long at) {
        for (var trouble : troubles) {
            if (trouble.at(at) && fails(trouble, check, region, at)) {
                return true;
            }
        }
        return false;
    }

    private static boolean fails(Trouble trouble, int check, int region, long at) {
        return switch (trouble.kind()) {
            case OUTAGE -> trouble.check() == check;
            case REGIONAL -> trouble.check() == check && trouble.region() == region;
            // Down for three minutes, up for four.
            case FLAPPING ->
                    trouble.check() == check && (at - trouble.from()) % (7 * MINUTE) < 3 * MINUTE;
            case CUT_OFF -> trouble.region() == region;
            case UPLINK, ALL_UPLINKS, AGENT_DOWN, FAST_CLOCK, PAIRED, STREAMS_DOWN -> false;
        };
    }

    /// Whether something of this kind goes on there.
    boolean is(Kind kind, int region, long at) {
        for (var trouble : troubles) {
            if (trouble.kind() == kind && trouble.region() == region && trouble.at(at)) {
                return true;
            }
        }
        return false;
    }

    double checkHours() {
        return checks() * (LENGTH / (60.0 * MINUTE));
    }
}
