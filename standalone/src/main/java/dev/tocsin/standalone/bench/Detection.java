package dev.tocsin.standalone.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// A deterministic world of one check: targets that fail as the world says, probes that are lost independently, agents at phases of their own.
/// Plays a rule in it, and judges by what the world knows.
final class Detection {
    static final int REGIONS = 3;
    static final long INTERVAL = 30_000;

    private static final long YEAR = 365L * 24 * 3600 * 1000;

    /// Before anything happens in a scenario.
    private static final long WARM_UP = 10 * INTERVAL;

    /// Where and when the target fails, beside the loss.
    interface World {
        /// The probability that a probe from there finds it down, loss aside.
        double down(int region, long at);
    }

    /// @param years of the check's life
    /// @param incidents that were opened, all of them false
    record False(double years, long incidents) {
        double perYear() {
            return incidents / years;
        }

        /// What the rate may be, at most, with 95 % confidence: exact for none, and the normal approximation for more.
        double bound() {
            double most = incidents == 0 ? 3.0 : incidents + 1 + 1.645 * Math.sqrt(incidents + 1.0);
            return most / years;
        }
    }

    /// @param delays from the failure to the incident, in intervals, sorted; of those that were seen
    record Seen(int worlds, List<Double> delays) {
        int missed() {
            return worlds - delays.size();
        }

        /// NaN when none was seen.
        double quantile(double q) {
            return delays.isEmpty() ? Double.NaN : Quantile.of(delays, q);
        }
    }

    private final long seed;

    Detection(long seed) {
        this.seed = seed;
    }

    private RandomGenerator random(long salt) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 1_000_003 + salt);
    }

    /// A healthy target for so many years, every probe of it.
    False everyProbe(Supplier<Rule> rules, double loss, double years) {
        var rule = rules.get();
        var run = new Run(rule, random(1), loss, (_, _) -> 0);
        long end = (long) (years * YEAR);
        while (run.step() < end) {
            // goes on
        }
        return new False(years, rule.opened());
    }

    /// The same without the quiet stretches: for a rule that only two failures in a row can move, with a retry between. A slot begins such a pair with
    /// probability loss x loss, independently of all before, so the number of slots until the next one is drawn; from there on every probe is played until
    /// the rule has settled. What is left out is a lone failure elsewhere that is under way just then: no difference is seen up to 12 % loss, at 20 % a
    /// fifth is missing.
    False pairsOfFailures(Supplier<Rule> rules, double loss, double years) {
        var rule = rules.get();
        var random = random(2);
        long end = (long) (years * YEAR);
        long now = WARM_UP;
        while (true) {
            long soonest = Long.MAX_VALUE;
            int where = 0;
            for (int region = 0; region < rule.regions(); region++) {
                long slots = geometric(random, loss * loss);
                if (slots < soonest) {
                    soonest = slots;
                    where = region;
                }
            }
            now += Math.max(1, soonest) * INTERVAL;
            if (now >= end) {
                return new False(years, rule.opened());
            }
            var run = new Run(rule, random, loss, (_, _) -> 0);
            run.pair(where, now);
            while (!rule.settled()) {
                now = run.step();
            }
        }
    }

    /// How many slots pass until one of this probability comes.
    private static long geometric(RandomGenerator random, double probability) {
        return (long) Math.ceil(Math.log1p(-random.nextDouble()) / Math.log1p(-probability));
    }

    /// Worlds in which something begins at a random moment and lasts so many intervals.
    Seen outages(Supplier<Rule> rules, int worlds, double intervals, double down, int regionsHit) {
        var delays = new ArrayList<Double>();
        for (int world = 0; world < worlds; world++) {
            var random = random(1000 + world);
            long from = WARM_UP + random.nextLong(INTERVAL);
            long to = from + (long) (intervals * INTERVAL);
            int first = random.nextInt(REGIONS);
            var rule = rules.get();
            var run =
                    new Run(
                            rule,
                            random,
                            0.01,
                            (region, at) ->
                                    at >= from
                                                    && at < to
                                                    && (region - first + REGIONS) % REGIONS
                                                            < regionsHit
                                            ? down
                                            : 0);
            long before = 0;
            long at = 0;
            while (at < to + 2 * INTERVAL) {
                at = run.step();
                if (at < from) {
                    before = rule.opened();
                } else if (rule.opened() > before) {
                    delays.add((double) (at - from) / INTERVAL);
                    break;
                }
            }
        }
        delays.sort(Double::compare);
        return new Seen(worlds, delays);
    }

    /// How often a target that goes down and comes back again and again is told, per world.
    double flapping(Supplier<Rule> rules, int worlds, double downFor, double upFor, int times) {
        long opened = 0;
        for (int world = 0; world < worlds; world++) {
            var rule = rules.get();
            long period = (long) ((downFor + upFor) * INTERVAL);
            var run =
                    new Run(
                            rule,
                            random(5000 + world),
                            0.01,
                            (_, at) ->
                                    at >= WARM_UP && (at - WARM_UP) % period < downFor * INTERVAL
                                            ? 1
                                            : 0);
            while (run.step() < WARM_UP + times * period) {
                // goes on
            }
            opened += rule.opened();
        }
        return (double) opened / worlds;
    }

    /// One rule in one world, probe by probe.
    private static final class Run {
        private final Rule rule;
        private final RandomGenerator random;
        private final double loss;
        private final World world;
        private final long[] slots;
        private final long[] next;

        Run(Rule rule, RandomGenerator random, double loss, World world) {
            this.rule = rule;
            this.random = random;
            this.loss = loss;
            this.world = world;
            slots = new long[rule.regions()];
            for (int region = 0; region < slots.length; region++) {
                slots[region] = random.nextLong(INTERVAL);
            }
            next = Arrays.copyOf(slots, slots.length);
        }

        /// The next probe.
        ///
        /// @return when it was
        long step() {
            int region = 0;
            for (int other = 1; other < next.length; other++) {
                if (next[other] < next[region]) {
                    region = other;
                }
            }
            long at = next[region];
            double down = world.down(region, at);
            boolean up = random.nextDouble() >= down && random.nextDouble() >= loss;
            probe(region, up, at);
            return at;
        }

        private void probe(int region, boolean up, long at) {
            while (slots[region] <= at) {
                slots[region] += INTERVAL;
            }
            rule.vote(region, up, at);
            next[region] = rule.next(region, up, at, slots[region]);
        }

        /// From here on, with a pair of failures in one region; the others were heard a moment ago.
        void pair(int region, long at) {
            for (int other = 0; other < slots.length; other++) {
                slots[other] = at + (other == region ? 0 : 1 + random.nextLong(INTERVAL - 1));
                next[other] = slots[other];
                rule.vote(other, true, at - 1);
            }
            probe(region, false, at);
            probe(region, false, next[region]);
        }
    }
}
