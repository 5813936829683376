package dev.tocsin.standalone.simulate;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.standalone.simulate.Trouble.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Judges what was told by what was so. It knows the universe's troubles and the promises of DESIGN section 6, and nothing of how the engine
/// keeps them. Trouble that comes alone (nothing else that concerns it for 20 minutes before and after) has to be told as promised; whatever
/// comes together has to be told consistently, justified, and over in the end.
final class Oracle {
    private static final long INTERVAL = Universe.INTERVAL;
    private static final long MINUTE = Universe.MINUTE;
    private static final long APART = 20 * MINUTE;

    /// What was found in one universe.
    ///
    /// @param judged how often each kind of trouble came alone, and was looked at
    /// @param delays from the first moment of an outage to its incident, in intervals
    /// @param byChance incidents that only lost probes explain
    record Verdict(
            List<String> violations,
            Map<Kind, Integer> judged,
            List<Double> delays,
            int byChance) {}

    private final Universe universe;
    private final List<Fact> facts;
    private final List<String> violations = new ArrayList<>();
    private final Map<Kind, Integer> judged = new HashMap<>();
    private final List<Double> delays = new ArrayList<>();
    private int byChance;

    private Oracle(Universe universe, List<Fact> facts) {
        this.universe = universe;
        this.facts = facts;
    }

    static Verdict judge(Universe universe, List<Fact> facts) {
        var oracle = new Oracle(universe, facts);
        oracle.order();
        oracle.justice();
        oracle.truth();
        for (var trouble : universe.troubles()) {
            if (trouble.kind() == Kind.REGIONAL) {
                oracle.restarted(trouble);
            }
            if (oracle.alone(trouble)) {
                oracle.promise(trouble);
            }
        }
        return new Verdict(oracle.violations, oracle.judged, oracle.delays, oracle.byChance);
    }

    private void wrong(String what) {
        violations.add("seed " + universe.seed() + ": " + what);
    }

    /// One incident of a key at a time, `seq` without gaps, opened before it is closed, and all over in the end.
    private void order() {
        var open = new HashMap<String, String>();
        var seqs = new HashMap<String, Long>();
        for (var fact : facts) {
            if (fact.seq() != seqs.merge(fact.incident(), 1L, Long::sum)) {
                wrong("a gap before " + fact);
            }
            if (fact.opens()) {
                if (open.put(fact.key(), fact.incident()) != null) {
                    wrong("opened while open: " + fact);
                }
            } else if (fact.type() == EventType.CLOSED
                    && !fact.incident().equals(open.remove(fact.key()))) {
                wrong("closed while not open: " + fact);
            }
        }
        open.forEach((key, incident) -> wrong("still open in the end: " + key));
    }

    /// Whoever is told that something is down, is told of something that was: in two regions at least, within the age that a result may have.
    private void justice() {
        for (var fact : facts) {
            if (!fact.kind().equals("DOWN") || !fact.opens()) {
                continue;
            }
            int check = Integer.parseInt(fact.key().substring("check-".length()));
            int regions = 0;
            for (int region = 0; region < universe.regions(); region++) {
                regions += failed(check, region, fact.at() - 12 * MINUTE, fact.at()) ? 1 : 0;
            }
            if (regions < 2 && universe.lossPercent() > 0) {
                byChance++;
            } else if (regions < 2) {
                wrong("nothing was down: " + fact);
            }
        }
    }

    private boolean failed(int check, int region, long from, long to) {
        return universe.troubles().stream()
                .anyMatch(trouble ->
                        trouble.overlaps(from, to)
                                && switch (trouble.kind()) {
                                    case OUTAGE, FLAPPING -> trouble.check() == check;
                                    case REGIONAL ->
                                            trouble.check() == check && trouble.region() == region;
                                    case CUT_OFF -> trouble.region() == region;
                                    case UPLINK,
                                            ALL_UPLINKS,
                                            AGENT_DOWN,
                                            FAST_CLOCK,
                                            PAIRED,
                                            STREAMS_DOWN ->
                                            false;
                                });
    }

    /// No event says that a region fails, or that none is fine, where one is heard and has been fine for minutes, as long as it is the last word. Where probes are lost
    /// nothing is that sure.
    private void truth() {
        if (universe.lossPercent() > 0) {
            return;
        }
        for (var fact : facts) {
            if (!fact.open() || !fact.key().startsWith("check-") || late(fact)) {
                continue;
            }
            int check = Integer.parseInt(fact.key().substring("check-".length()));
            // What it says is so until something else is said.
            long until = nextOf(fact);
            int before = violations.size();
            truth(fact, check, fact.at());
            for (long at = fact.at() + MINUTE;
                    at < until && violations.size() == before;
                    at += MINUTE) {
                truth(fact, check, at);
            }
        }
    }

    private void truth(Fact fact, int check, long at) {
        for (int region = 0; region < universe.regions(); region++) {
            if (!fineAndHeard(check, region, at)) {
                continue;
            }
            if (fact.everywhere()) {
                wrong(said(region, "it is everywhere", at, fact));
            }
            if (fact.failing().contains(universe.region(region))) {
                wrong(said(region, "said to fail", at, fact));
            }
        }
    }

    private String said(int region, String what, long at, Fact fact) {
        return "%s is fine, and %s at %.1f s: %s"
                .formatted(universe.region(region), what, at / 1000.0, fact);
    }

    private long nextOf(Fact fact) {
        return facts.stream()
                .filter(other ->
                        other.incident().equals(fact.incident()) && other.seq() == fact.seq() + 1)
                .mapToLong(Fact::at)
                .findFirst()
                .orElse(Universe.LENGTH);
    }

    private static boolean late(Fact fact) {
        return fact.reason().startsWith("late_evidence");
    }

    private boolean fineAndHeard(int check, int region, long at) {
        return !failed(check, region, at - 4 * MINUTE, at)
                && universe.troubles().stream()
                        .noneMatch(trouble ->
                                trouble.overlaps(at - 15 * MINUTE, at)
                                        && switch (trouble.kind()) {
                                            case UPLINK, AGENT_DOWN, FAST_CLOCK ->
                                                    trouble.region() == region;
                                            case ALL_UPLINKS, STREAMS_DOWN -> true;
                                            case OUTAGE, REGIONAL, FLAPPING, CUT_OFF, PAIRED ->
                                                    false;
                                        });
    }

    /// What fails in one region alone stays that, and loses nothing, whatever process decides.
    private void restarted(Trouble regional) {
        boolean withNothingElse =
                universe.troubles().stream()
                        .filter(other -> !other.equals(regional))
                        .filter(other -> other.check() < 0 || other.check() == regional.check())
                        .filter(other ->
                                other.overlaps(regional.from() - APART, regional.to() + APART))
                        .allMatch(other -> other.kind() == Kind.STREAMS_DOWN);
        if (!withNothingElse || universe.lossPercent() > 0) {
            return;
        }
        var key = universe.check(regional.check());
        for (var fact : facts) {
            if (fact.key().equals(key)
                    && fact.at() >= regional.from()
                    && fact.at() <= regional.to() + APART
                    && (fact.kind().equals("DOWN") || fact.reason().contains("evidence_lost"))) {
                wrong("a restart made more of " + regional + ": " + fact);
            }
        }
    }

    private boolean alone(Trouble trouble) {
        return universe.troubles().stream()
                .filter(other -> !other.equals(trouble))
                .filter(other ->
                        other.check() < 0
                                || trouble.check() < 0
                                || other.check() == trouble.check())
                .noneMatch(other -> other.overlaps(trouble.from() - APART, trouble.to() + APART));
    }

    private void promise(Trouble trouble) {
        switch (trouble.kind()) {
            case OUTAGE -> {
                if (trouble.lasts() >= 3 * INTERVAL) {
                    outage(trouble);
                }
            }
            case REGIONAL -> {
                if (trouble.lasts() >= 150_000 + 3 * INTERVAL) {
                    regional(trouble);
                }
            }
            case FLAPPING -> {
                if (trouble.lasts() >= 30 * MINUTE) {
                    flapping(trouble);
                }
            }
            case CUT_OFF -> {
                if (trouble.lasts() >= 2 * MINUTE) {
                    agents(
                            trouble,
                            "region:" + universe.region(trouble.region()),
                            2 * INTERVAL + 5_000);
                }
            }
            case UPLINK, AGENT_DOWN -> {
                if (trouble.lasts() >= 3 * MINUTE) {
                    agents(trouble, "region:" + universe.region(trouble.region()), 5 * INTERVAL);
                }
            }
            case ALL_UPLINKS -> {
                if (trouble.lasts() >= 3 * MINUTE) {
                    agents(trouble, "pipeline:stalled", 5 * INTERVAL);
                }
            }
            case FAST_CLOCK, PAIRED, STREAMS_DOWN -> {
                judged.merge(trouble.kind(), 1, Integer::sum);
                silentAbout(trouble);
            }
        }
    }

    private Optional<Fact> first(Predicate<Fact> which) {
        return facts.stream().filter(which).findFirst();
    }

    /// DOWN within two intervals, since when it began; over when it was, up to what is lost on the way.
    private void outage(Trouble trouble) {
        judged.merge(Kind.OUTAGE, 1, Integer::sum);
        var key = universe.check(trouble.check());
        long loss = universe.lossPercent() > 0 ? 2 * INTERVAL : 0;
        var down =
                first(fact ->
                        fact.key().equals(key)
                                && fact.open()
                                && fact.kind().equals("DOWN")
                                && fact.at() >= trouble.from()
                                && fact.at() <= trouble.from() + 2 * INTERVAL + 5_000);
        if (down.isEmpty()) {
            wrong("missed: " + trouble);
            return;
        }
        delays.add((double) (down.get().at() - trouble.from()) / INTERVAL);
        long began = down.get().startedAt();
        if (began < trouble.from() - loss || began > trouble.from() + INTERVAL + 1_000) {
            wrong("began at another time than " + trouble + ": " + down.get());
        }
        var closed =
                first(fact ->
                        fact.incident().equals(down.get().incident())
                                && fact.type() == EventType.CLOSED
                                && fact.at() > trouble.to());
        if (closed.isEmpty()
                || closed.get().endedAt() < trouble.to()
                || closed.get().endedAt() > trouble.to() + INTERVAL + 1_000 + loss
                || closed.get().at() > trouble.to() + 5 * MINUTE) {
            wrong("did not end with " + trouble + ": " + closed);
        }
    }

    /// An incident of that region alone, which is no outage.
    private void regional(Trouble trouble) {
        judged.merge(Kind.REGIONAL, 1, Integer::sum);
        var key = universe.check(trouble.check());
        var region = universe.region(trouble.region());
        var told =
                first(fact ->
                        fact.key().equals(key)
                                && fact.open()
                                && fact.failed().contains(region)
                                && fact.at() >= trouble.from()
                                && fact.at() <= trouble.from() + 150_000 + 2 * INTERVAL + 5_000);
        if (told.isEmpty()) {
            wrong("missed: " + trouble);
        } else if (universe.lossPercent() == 0 && !told.get().kind().equals("PARTIAL")) {
            wrong("told as more than it was, " + trouble + ": " + told.get());
        }
    }

    /// Said once, and that it has settled; between, quiet.
    private void flapping(Trouble trouble) {
        judged.merge(Kind.FLAPPING, 1, Integer::sum);
        var key = universe.check(trouble.check());
        long opens =
                facts.stream()
                        .filter(fact -> fact.key().equals(key) && fact.opens())
                        .filter(fact -> fact.at() >= trouble.from() && fact.at() <= trouble.to())
                        .count();
        long started = count(key, EventType.FLAPPING_STARTED, trouble);
        long stopped = count(key, EventType.FLAPPING_STOPPED, trouble);
        if (started != 1 || stopped != 1 || opens > 3) {
            wrong(
                    "flapping told %d times as begun and %d as settled, opened %d times, %s"
                            .formatted(started, stopped, opens, trouble));
        }
    }

    private long count(String key, EventType type, Trouble trouble) {
        return facts.stream()
                .filter(fact -> fact.key().equals(key) && fact.type() == type)
                .filter(fact -> fact.at() >= trouble.from() && fact.at() <= trouble.to() + APART)
                .count();
    }

    /// One incident of the agents, within so long, and none of a check; over soon after it is.
    private void agents(Trouble trouble, String key, long within) {
        judged.merge(trouble.kind(), 1, Integer::sum);
        var told =
                first(fact ->
                        fact.key().equals(key)
                                && fact.opens()
                                && fact.at() >= trouble.from()
                                && fact.at() <= trouble.from() + within);
        if (told.isEmpty()) {
            wrong("missed: " + trouble);
            return;
        }
        var closed =
                first(fact ->
                        fact.key().equals(key)
                                && fact.type() == EventType.CLOSED
                                && fact.at() >= told.get().at());
        if (closed.isEmpty() || closed.get().at() > trouble.to() + 3 * INTERVAL) {
            wrong("did not end with " + trouble + ": " + closed);
        }
        silentAbout(trouble);
    }

    /// Nobody is told of a check because of what only agents or processes have.
    private void silentAbout(Trouble trouble) {
        for (var fact : facts) {
            if (fact.opens()
                    && fact.key().startsWith("check-")
                    && fact.at() >= trouble.from()
                    && fact.at() <= trouble.to() + 2 * MINUTE
                    && !elsewhere(fact)) {
                if (universe.lossPercent() > 0) {
                    byChance++;
                } else {
                    wrong("told of a check because of " + trouble + ": " + fact);
                }
            }
        }
    }

    /// Whether the check had a trouble of its own then.
    private boolean elsewhere(Fact fact) {
        int check = Integer.parseInt(fact.key().substring("check-".length()));
        return universe.troubles().stream()
                .anyMatch(trouble ->
                        trouble.check() == check
                                && trouble.overlaps(fact.at() - 12 * MINUTE, fact.at()));
    }
}
