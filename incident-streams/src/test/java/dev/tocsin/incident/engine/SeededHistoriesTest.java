package dev.tocsin.incident.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Random histories of several regions, replayable by `-Dseed=`: what must hold for every one of them.
class SeededHistoriesTest {
    private static final int HISTORIES = 100;

    private record Told(int at, int arrives, String region, Vote vote, String id) {}

    private static List<Told> history(RandomGenerator random, String... regions) {
        var votes = new ArrayList<Told>();
        var down = new HashMap<String, Boolean>();
        int id = 0;
        for (int second = 0; second < 3000; second += 10) {
            for (var region : regions) {
                if (random.nextInt(40) == 0) {
                    down.merge(region, true, (was, _) -> !was);
                }
                var vote = down.getOrDefault(region, false) ? Vote.DOWN : Vote.UP;
                if (random.nextInt(30) != 0) {
                    votes.add(
                            new Told(
                                    second, second + random.nextInt(15), region, vote, "r" + id++));
                }
            }
        }
        votes.sort(java.util.Comparator.comparingInt(Told::arrives));
        return votes;
    }

    private static World play(List<Told> votes, boolean duplicates, String... regions) {
        var world = World.of(regions);
        int tick = 0;
        for (var vote : votes) {
            for (; tick < vote.arrives(); tick++) {
                world.tick(tick);
            }
            world.vote(vote.at(), vote.arrives(), vote.region(), vote.vote(), vote.id());
            if (duplicates) {
                world.vote(vote.at(), vote.arrives(), vote.region(), vote.vote(), vote.id());
            }
        }
        return world;
    }

    private static Iterable<Long> seeds() {
        var given = Long.getLong("seed");
        if (given != null) {
            return List.of(given);
        }
        var seeds = new ArrayList<Long>();
        for (long seed = 1; seed <= HISTORIES; seed++) {
            seeds.add(seed);
        }
        return seeds;
    }

    @Test
    void incidentsOpenOnceCloseOnceAndCountWithoutGaps() {
        for (long seed : seeds()) {
            var regions = new String[] {"us", "eu", "ap"};
            var world = play(history(new Random(seed), regions), false, regions);
            Map<String, Long> lastSeq = new HashMap<>();
            var open = new HashSet<String>();
            for (var event : world.events) {
                var id = event.incident().id();
                assertThat(event.incident().seq())
                        .as("seed %d: seq of %s", seed, id)
                        .isEqualTo(lastSeq.getOrDefault(id, 0L) + 1);
                lastSeq.put(id, event.incident().seq());
                switch (event.type()) {
                    case OPENED, REOPENED -> {
                        assertThat(open).as("seed %d: two open incidents", seed).isEmpty();
                        open.add(id);
                    }
                    case CLOSED ->
                            assertThat(open.remove(id))
                                    .as("seed %d: closed what was not open", seed)
                                    .isTrue();
                    case UPDATED,
                            ACKNOWLEDGED,
                            UNACKNOWLEDGED,
                            SNOOZED,
                            SUPPRESSED,
                            UNSUPPRESSED,
                            FLAPPING_STARTED,
                            FLAPPING_STOPPED,
                            ANNOTATED ->
                            assertThat(open)
                                    .as("seed %d: %s of a closed incident", seed, event.type())
                                    .contains(id);
                }
            }
        }
    }

    @Test
    void theSameInputGivesTheSameEventsAndDuplicatesChangeNothing() {
        for (long seed : seeds()) {
            var votes = history(new Random(seed), "us", "eu");
            var once = play(votes, false, "us", "eu");
            assertThat(play(votes, false, "us", "eu").events)
                    .as("seed %d: replay", seed)
                    .isEqualTo(once.events);
            assertThat(play(votes, true, "us", "eu").events)
                    .as("seed %d: duplicates", seed)
                    .isEqualTo(once.events);
        }
    }

    @Test
    void whatRecoversForGoodIsClosed() {
        for (long seed : seeds()) {
            var regions = new String[] {"us", "eu", "ap"};
            var world = play(history(new Random(seed), regions), false, regions);
            for (int second = 3020; second < 6000; second += 10) {
                world.all(second, Vote.UP).tick(second);
            }
            assertThat(world.state.incident() == null || !world.state.incident().open())
                    .as("seed %d: closed", seed)
                    .isTrue();
        }
    }
}
