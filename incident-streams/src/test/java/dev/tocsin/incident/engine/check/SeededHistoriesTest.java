package dev.tocsin.incident.engine.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Rules 2 to 5 over random histories of three regions: outages and lone failures, gaps, and results that come up to two intervals late.
class SeededHistoriesTest {
    private static final String[] REGIONS = {"us", "eu", "ap"};
    private static final int INTERVAL = 10;
    private static final int LENGTH = 3000;

    /// A result, and how long it was on its way.
    record Result(int at, int late, String region, Vote vote, String id) {
        int arrives() {
            return at + late;
        }
    }

    private static List<Result> history(RandomGenerator random) {
        var results = new ArrayList<Result>();
        var down = new HashMap<String, Boolean>();
        int id = 0;
        for (int second = 0; second < LENGTH; second += INTERVAL) {
            if (random.nextInt(60) == 0) {
                boolean to = random.nextBoolean();
                Set.of(REGIONS).forEach(region -> down.put(region, to));
            }
            for (var region : REGIONS) {
                if (random.nextInt(40) == 0) {
                    down.merge(region, true, (was, _) -> !was);
                }
                boolean fails = down.getOrDefault(region, false) ^ (random.nextInt(50) == 0);
                if (random.nextInt(30) != 0) {
                    results.add(
                            new Result(
                                    second,
                                    random.nextInt(2 * INTERVAL + 1),
                                    region,
                                    fails ? Vote.DOWN : Vote.UP,
                                    "r" + id++));
                }
            }
        }
        return results;
    }

    /// Plays them as they arrive, with a tick each second.
    private static World play(List<Result> results, int copies) {
        var world = World.of(REGIONS);
        var arriving = new ArrayList<>(results);
        arriving.sort(Comparator.comparingInt(Result::arrives));
        int tick = 0;
        for (var result : arriving) {
            for (; tick < result.arrives(); tick++) {
                world.tick(tick);
            }
            for (int copy = 0; copy < copies; copy++) {
                world.vote(
                        result.at(), result.arrives(), result.region(), result.vote(), result.id());
            }
        }
        for (; tick < LENGTH + 3 * INTERVAL; tick++) {
            world.tick(tick);
        }
        return world;
    }

    /// And then everything is fine for long.
    private static World recovered(World world) {
        for (int second = LENGTH + 3 * INTERVAL; second < LENGTH + 3000; second += INTERVAL) {
            world.all(second, Vote.UP).tick(second);
        }
        return world;
    }

    @Test
    void incidentsOpenOnceCloseOnceAndCountWithoutGaps() {
        Property.holds(SeededHistoriesTest::history, results -> wrong(play(results, 1).events));
    }

    private static @Nullable String wrong(List<Event> events) {
        Map<String, Long> lastSeq = new HashMap<>();
        var open = new HashSet<String>();
        for (var event : events) {
            var id = event.incident().id();
            if (event.incident().seq() != lastSeq.merge(id, 1L, Long::sum)) {
                return "a gap before " + event;
            }
            boolean allowed =
                    switch (event.type()) {
                        case OPENED, REOPENED -> open.isEmpty() && open.add(id);
                        case CLOSED -> open.remove(id);
                        case ANNOTATED -> true;
                        case UPDATED ->
                                open.contains(id) || event.reason().startsWith("late_evidence");
                        case ACKNOWLEDGED,
                                UNACKNOWLEDGED,
                                SNOOZED,
                                SUPPRESSED,
                                UNSUPPRESSED,
                                FLAPPING_STARTED,
                                FLAPPING_STOPPED ->
                                open.contains(id);
                    };
            if (!allowed) {
                return event.type() + " while open are " + open;
            }
        }
        return null;
    }

    @Test
    void theSameInputGivesTheSameEventsAndDuplicatesChangeNothing() {
        Property.holds(
                SeededHistoriesTest::history,
                results -> {
                    var once = play(results, 1).events;
                    return !play(results, 1).events.equals(once)
                            ? "another run tells something else"
                            : play(results, 3).events.equals(once) ? null : "duplicates change it";
                });
    }

    @Test
    void whatRecoversForGoodIsClosed() {
        Property.holds(
                SeededHistoriesTest::history,
                results -> {
                    var incident = recovered(play(results, 1)).state.incident();
                    return incident != null && incident.open() ? "still open" : null;
                });
    }

    /// Each region's results in their own order, as one producer sends them; the regions' against each other as they come.
    private static List<Result> regionsInOrder(List<Result> results) {
        var arrived = new HashMap<String, Integer>();
        return results.stream()
                .map(r -> {
                    int at = Math.max(r.arrives(), arrived.getOrDefault(r.region(), 0));
                    arrived.put(r.region(), at);
                    return new Result(r.at(), at - r.at(), r.region(), r.vote(), r.id());
                })
                .toList();
    }

    /// Begin and end of each global incident.
    private static Set<List<Instant>> spans(World world) {
        var spans = new HashMap<String, List<Instant>>();
        for (var event : world.events) {
            var incident = event.incident();
            var ended = incident.times().endedAt();
            if (event.type() == EventType.CLOSED && incident.kind() == Kind.DOWN && ended != null) {
                spans.put(
                        incident.id() + incident.times().openedAt(),
                        List.of(incident.times().startedAt(), ended));
            }
        }
        return Set.copyOf(spans.values());
    }

    /// Outages of two or three regions, well apart; lone failures and lone passes between; no gaps. Where verdicts of two regions just touch, what is
    /// open depends on which came first, and must: to wait for the later one would delay every alarm.
    private static List<Result> clearHistory(RandomGenerator random) {
        var results = new ArrayList<Result>();
        int id = 0;
        int second = 0;
        while (second < LENGTH) {
            int healthyUntil = second + (15 + random.nextInt(90)) * INTERVAL;
            int failingUntil = healthyUntil + (8 + random.nextInt(20)) * INTERVAL;
            int fine = random.nextInt(REGIONS.length + 1); // of all: none is
            for (; second < failingUntil && second < LENGTH; second += INTERVAL) {
                for (int region = 0; region < REGIONS.length; region++) {
                    boolean fails = second >= healthyUntil && region != fine;
                    boolean lone = (second / INTERVAL + region) % 6 == 0 && random.nextInt(3) == 0;
                    results.add(
                            new Result(
                                    second,
                                    random.nextInt(2 * INTERVAL + 1),
                                    REGIONS[region],
                                    fails ^ lone ? Vote.DOWN : Vote.UP,
                                    "r" + id++));
                }
            }
        }
        return results;
    }

    @Test
    void clearHistoriesHaveIncidents() {
        assertThat(spans(recovered(play(clearHistory(new java.util.Random(1)), 1))))
                .hasSizeGreaterThan(1);
    }

    @Test
    void rule5OrderWithinTwoIntervalsDoesNotChangeWhenIncidentsBeganAndEnded() {
        Property.holds(
                SeededHistoriesTest::clearHistory,
                history -> {
                    var results = regionsInOrder(history);
                    var inOrder =
                            results.stream()
                                    .map(r -> new Result(r.at(), 0, r.region(), r.vote(), r.id()))
                                    .toList();
                    var expected = spans(recovered(play(inOrder, 1)));
                    var found = spans(recovered(play(results, 1)));
                    return found.equals(expected)
                            ? null
                            : "in order " + expected + ", late " + found;
                });
    }

    /// The short way that most results take: a vote that is taken to say nothing new says nothing new, and left out changes nothing later.
    @Test
    void whatIsTakenToSayNothingNewSaysNothingNew() {
        Property.holds(
                SeededHistoriesTest::history,
                results -> {
                    var world = World.of(REGIONS);
                    var quick = World.of(REGIONS);
                    int skipped = 0;
                    var arriving = new ArrayList<>(results);
                    arriving.sort(Comparator.comparingInt(Result::arrives));
                    int tick = 0;
                    for (var result : arriving) {
                        for (; tick <= result.arrives(); tick++) {
                            world.tick(tick);
                            quick.tick(tick);
                        }
                        world.vote(
                                result.at(),
                                result.arrives(),
                                result.region(),
                                result.vote(),
                                result.id());
                        skipped += quick.quickly(result) ? 1 : 0;
                    }
                    if (!told(quick).equals(told(world))) {
                        return "differs: " + told(quick) + " for " + told(world);
                    }
                    return skipped == 0 && results.size() > 100 ? "nothing was skipped" : null;
                });
    }

    /// What matters of it: all but the text of the newest failure.
    private static List<String> told(World world) {
        return world.events.stream()
                .map(e ->
                        e.id()
                                + e.type()
                                + e.incident().kind()
                                + e.incident().places()
                                + e.incident().times()
                                + e.reason())
                .toList();
    }

    @Test
    void aFailingHistoryIsShrunkToWhatMatters() {
        var history = new ArrayList<Integer>();
        for (int i = 0; i < 1000; i++) {
            history.add(i);
        }
        assertThat(Property.shrink(history, h -> h.contains(7) && h.contains(700) ? "both" : null))
                .containsExactly(7, 700);
    }
}
