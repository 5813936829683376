package dev.tocsin.incident.engine.check;

import static dev.tocsin.incident.engine.check.Vote.DEGRADED;
import static dev.tocsin.incident.engine.check.Vote.DOWN;
import static dev.tocsin.incident.engine.check.Vote.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Rule 5 after a standstill: Kafka was away from second 50 to 140, and what was measured meanwhile comes a region at a time.
class HindsightTest {
    private static final int FROM = 50;
    private static final int TO = 140;

    private static Instant second(int second) {
        return World.START.plusSeconds(second);
    }

    private static World before() {
        return World.of("us", "eu", "ap").rounds(0, FROM + 1, UP);
    }

    /// All that a region measured each 10 s while nobody could write, appended at `arrives`: down in [from, to).
    private static World backlog(World world, String region, int arrives, int from, int to) {
        for (int at = FROM + 10; at < TO; at += 10) {
            var vote = at >= from && at < to ? DOWN : UP;
            world.vote(at, arrives, region, vote, region + at);
        }
        return world;
    }

    /// The same of all three.
    private static void backlogs(World world, int arrives, int from, int to) {
        for (var region : REGIONS) {
            backlog(world, region, arrives, from, to);
        }
    }

    /// All is well from then on, and time goes on.
    private static World well(World world, int from, int to) {
        for (int second = from; second <= to; second++) {
            if (second % 10 == 0) {
                world.all(second, UP);
            }
            world.tick(second);
        }
        return world;
    }

    @Test
    void anOutageThatBeganAndEndedMeanwhileIsToldAsItWas() {
        var world = before().stoodStill(FROM, TO);
        backlog(world, "us", 141, 60, 110);
        backlog(world, "eu", 142, 70, 110);
        backlog(world, "ap", 143, 60, 120);
        assertThat(world.told()).isEmpty();
        assertThat(world.deadline).isNotNull().isBeforeOrEqualTo(second(TO + 30));
        well(world, 144, 200);
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
        var opened = world.events.getFirst();
        assertThat(opened.at()).isEqualTo(second(TO + 30));
        assertThat(opened.incident().context().grouped()).isTrue(); // nobody waits for its group
        assertThat(opened.reason())
                .isEqualTo(
                        "late_evidence: measured while nothing could be written, ap, eu, us failed between "
                                + second(60)
                                + " and "
                                + second(120));
        assertThat(opened.decision().state()).isEqualTo(Decision.State.DOWN);
        assertThat(opened.decision().failing()).isEqualTo(3);
        assertThat(opened.decision().voting()).isEqualTo(3);
        assertThat(opened.decision().need()).isEqualTo(2);
        assertThat(opened.decision().standings())
                .hasEntrySatisfying(
                        "eu",
                        eu -> {
                            assertThat(eu.since()).isEqualTo(second(70));
                            assertThat(eu.failure()).isEqualTo("CONNECT refused");
                        });
        assertThat(opened.incident().places().failed()).containsExactly("ap", "eu", "us");
        assertThat(opened.incident().places().fine()).isEmpty();
        var times = world.events.getLast().incident().times();
        assertThat(times.startedAt()).isEqualTo(second(60));
        assertThat(times.endedAt()).isEqualTo(second(120));
        well(world, 201, 900);
        assertThat(world.told()).hasSize(2);
        assertThat(world.state.counts()).isFalse();
    }

    @Test
    void whatIsMeasuredNowMayComeFirst() {
        var world = before().stoodStill(FROM, TO);
        for (int second = TO; second <= TO + 20; second += 10) {
            world.all(second, UP).tick(second);
        }
        backlog(world, "eu", 161, 60, 110);
        backlog(world, "us", 162, 60, 110);
        backlog(world, "ap", 163, 0, 0);
        well(world, 164, 300);
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
        assertThat(world.events.getFirst().incident().places().failed())
                .containsExactly("eu", "us");
        assertThat(world.events.getFirst().incident().places().fine()).containsExactly("ap");
        assertThat(world.events.getLast().incident().times().endedAt()).isEqualTo(second(110));
    }

    @Test
    void whatWasUpInBetweenIsToldTwice() {
        var world = World.of("us", "eu").rounds(0, FROM + 1, UP).stoodStill(FROM, 260);
        for (var region : List.of("us", "eu")) {
            for (int at = 60; at < 260; at += 10) {
                boolean down = (at >= 70 && at < 110) || (at >= 170 && at < 210);
                world.vote(at, 261, region, down ? DOWN : UP, region + at);
            }
        }
        well(world, 262, 400);
        assertThat(world.told())
                .containsExactly("OPENED DOWN", "CLOSED DOWN", "REOPENED DOWN", "CLOSED DOWN");
        assertThat(world.events.get(1).incident().times().endedAt()).isEqualTo(second(110));
        assertThat(world.incident().times().failingSince()).isEqualTo(second(170));
        assertThat(world.incident().times().endedAt()).isEqualTo(second(210));
    }

    @Test
    void regionsThatFailedOneAfterTheOtherWereNoOutage() {
        var world = before().stoodStill(FROM, TO);
        backlog(world, "us", 141, 60, 90);
        backlog(world, "eu", 142, 100, 130);
        backlog(world, "ap", 143, 0, 0);
        well(world, 144, 400);
        assertThat(world.told()).isEmpty();
    }

    @Test
    void aRegionThatFailedAloneWasNoOutage() {
        var world = before().stoodStill(FROM, TO);
        backlog(world, "us", 141, 60, 110);
        backlog(world, "eu", 142, 0, 0);
        backlog(world, "ap", 143, 0, 0);
        well(world, 144, 400);
        assertThat(world.told()).isEmpty();
    }

    @Test
    void whereOthersCouldWriteNothingIsTold() {
        var world = World.of("us", "eu", "ap").rounds(0, FROM + 1, UP);
        for (int second = FROM + 10; second <= TO; second += 10) {
            world.vote(second, "ap", UP).tick(second);
        }
        backlog(world, "us", 141, 60, 110);
        backlog(world, "eu", 142, 60, 110);
        well(world, 143, 400);
        assertThat(world.told()).isEmpty();
    }

    @Test
    void aRegionThatIsCutOffHasNoVoteThereEither() {
        var world = before().isolated("eu").stoodStill(FROM, TO);
        backlog(world, "us", 141, 60, 110);
        backlog(world, "eu", 142, 60, 110);
        backlog(world, "ap", 143, 0, 0);
        well(world, 144, 400);
        assertThat(world.told()).isEmpty();
    }

    @Test
    void whatWasToldBeforeIsToldOnce() {
        var world = World.of("us", "eu", "ap").rounds(0, 20, UP).rounds(20, FROM + 1, DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN", "UPDATED DOWN"); // the third region
        world.stoodStill(FROM, TO);
        backlogs(world, 141, 0, 110);
        well(world, 142, 400);
        assertThat(world.told().stream().filter(told -> !told.startsWith("UPDATED")))
                .containsExactly("OPENED DOWN", "CLOSED DOWN");
        assertThat(world.events).noneMatch(e -> e.reason().startsWith("late_evidence"));
        assertThat(world.incident().times().endedAt()).isEqualTo(second(110));
    }

    @Test
    void whatStillFailsIsToldAsEver() {
        var world = before().stoodStill(FROM, TO);
        backlogs(world, 141, 100, TO);
        assertThat(world.told()).contains("OPENED DOWN");
        world.rounds(TO + 10, TO + 60, DOWN);
        well(world, TO + 60, 500);
        assertThat(world.told()).containsExactly("OPENED DOWN", "UPDATED DOWN", "CLOSED DOWN");
        assertThat(world.events.get(1).reason()).startsWith("also failing: ");
        assertThat(world.incident().times().startedAt()).isEqualTo(second(100));
    }

    @Test
    void ofWhatFailsAgainItIsSaidThatItFailedBefore() {
        var world = before().stoodStill(FROM, TO).rounds(TO + 1, TO + 32, DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN", "UPDATED DOWN"); // the third region
        backlogs(world, 172, 60, 110);
        world.rounds(TO + 41, TO + 72, DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN", "UPDATED DOWN", "UPDATED DOWN");
        assertThat(world.events.getLast().reason()).startsWith("late_evidence: ");
        assertThat(world.incident().times().startedAt()).isEqualTo(second(60));
        assertThat(world.incident().times().failedBefore().toSeconds()).isEqualTo(50);
        well(world, TO + 80, 500);
        assertThat(world.told()).endsWith("UPDATED DOWN", "CLOSED DOWN").hasSize(4);
    }

    @Test
    void whatFailedAloneBeforeCounts() {
        var world = World.of("us", "eu", "ap").rounds(0, 40, UP).fails(40, FROM + 1, "us");
        world.stoodStill(FROM, TO);
        backlog(world, "us", 141, 0, 100);
        backlog(world, "eu", 142, 60, 110);
        backlog(world, "ap", 143, 0, 0);
        well(world, 144, 400);
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
        assertThat(world.incident().times().startedAt()).isEqualTo(second(40));
    }

    @Test
    void whatSeemedToBeOneRegionIsCorrected() {
        var world = World.of("us", "eu", "ap").fails(0, FROM + 1, "us").stoodStill(FROM, TO);
        backlog(world, "us", 141, 0, 125);
        backlog(world, "eu", 142, 60, 110);
        backlog(world, "ap", 143, 0, 0);
        well(world, 144, 400);
        assertThat(world.told())
                .startsWith("OPENED PARTIAL")
                .endsWith("CLOSED PARTIAL", "UPDATED DOWN");
        assertThat(world.incident().severity()).isEqualTo(Severity.CRITICAL);
        assertThat(world.incident().places().failed()).containsExactly("eu", "us");
    }

    /// By votes of half a minute ago nothing is told to fail now.
    @Test
    void whatSeemsToBeOneRegionAndIsOverIsToldAsWhatItWas() {
        var world = World.of("us", "eu", "ap").fails(0, FROM + 1, "us").stoodStill(FROM, TO);
        backlog(world, "us", 141, 0, 110);
        backlog(world, "eu", 142, 60, 110);
        backlog(world, "ap", 143, 0, 0);
        well(world, 144, 400);
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
        assertThat(world.incident().places().failed()).containsExactly("eu", "us");
    }

    @Test
    void announcedMaintenanceOfThatTimeExplainsIt() {
        var world = before().maintenance(55, 120).stoodStill(FROM, TO);
        backlogs(world, 141, 60, 110);
        well(world, 142, 400);
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
        assertThat(world.events.getFirst().incident().context().suppressedBy())
                .isEqualTo("maintenance:upgrade");
        assertThat(world.events.getLast().incident().context().suppressedBy())
                .isEqualTo("maintenance:upgrade");
    }

    @Test
    void whatItDependsOnIsHeardOfFirst() {
        var explained = before().dependsOn("dns").stoodStill(FROM, TO);
        var own = before().dependsOn("dns").stoodStill(FROM, TO);
        for (var region : List.of("us", "eu", "ap")) {
            backlog(explained, region, 141, 60, 110);
            backlog(own, region, 141, 60, 110);
        }
        explained.parent(TO + 30, "dns", true, true).parent(TO + 30, "dns", true, false);
        well(explained, TO + 30, 400);
        assertThat(explained.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
        assertThat(explained.events.getFirst().incident().context().suppressedBy())
                .isEqualTo("depends-on:dns");
        well(own, 142, 400);
        assertThat(own.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
        assertThat(own.events.getFirst().at()).isEqualTo(second(TO + 38));
        assertThat(own.events.getFirst().incident().context().suppressedBy()).isNull();
    }

    @Test
    void whatIsAnnouncedForNowExplainsNothingOfThen() {
        var world = before().maintenance(TO - 10, 400).stoodStill(FROM, TO);
        backlogs(world, 141, 60, 110);
        well(world, 142, 400);
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
        assertThat(world.events.getLast().incident().context().suppressedBy()).isNull();
    }

    @Test
    void whatItDependsOnExplainsNothingWhereItDidNotFail() {
        var world = before().dependsOn("dns").stoodStill(FROM, TO);
        backlogs(world, 141, 60, 110);
        world.parent(TO + 30, "dns", false, false, "ap");
        well(world, TO + 30, 400);
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
        assertThat(world.events.getFirst().incident().context().suppressedBy()).isNull();
    }

    @Test
    void whatIsOpenIsNotMadeWorseByWhatWas() {
        var world = before().stoodStill(FROM, TO);
        world.rounds(TO + 1, TO + 29, DEGRADED);
        assertThat(world.told()).contains("OPENED DEGRADED");
        backlogs(world, TO + 29, 60, 110);
        world.rounds(TO + 31, TO + 100, DEGRADED);
        assertThat(world.told()).doesNotContain("UPDATED DOWN", "OPENED DOWN");
        assertThat(world.events).anyMatch(e -> e.reason().startsWith("late_evidence"));
        assertThat(world.incident().worst().kind()).isEqualTo(Kind.DOWN);
        assertThat(world.incident().times().startedAt()).isEqualTo(second(60));
    }

    @Test
    void ofAnotherStandstillNothingIsLeft() {
        var world = before().isolated("eu").stoodStill(FROM, TO);
        for (var region : List.of("us", "eu")) {
            backlog(world, region, 141, 60, 110);
        }
        well(world, 142, 2000);
        assertThat(world.told()).isEmpty();
        world.isolated().stoodStill(2000, 2100);
        world.vote(2050, 2101, "ap", DOWN, "x").vote(2060, 2101, "ap", UP, "y");
        well(world, 2102, 2300);
        assertThat(world.told()).isEmpty();
        assertThat(world.state.late("us").spells()).isEmpty();
    }

    @Test
    void nothingIsOpenedByWhatIsOlderThanMayBe() {
        int to = FROM + 1000;
        var world = before().stoodStill(FROM, to);
        backlogs(world, to + 1, 60, 110);
        well(world, to + 10, to + 300);
        assertThat(world.told()).isEmpty();
    }

    @Test
    void regionsThatComeLaterAreLookedAtWhenTheyHaveCome() {
        var world = before().stoodStill(FROM, TO);
        backlog(world, "us", 141, 60, 110);
        well(world, 142, 250);
        assertThat(world.told()).isEmpty();
        backlog(world, "eu", 251, 60, 110);
        well(world, 252, 300);
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
        assertThat(world.events.getFirst().at())
                .isEqualTo(second(270)); // 15 s, and to the next five
    }

    /// A region fails in [from, to).
    private record Failure(String region, int from, int to) {
        boolean at(int second) {
            return second >= from && second < to;
        }
    }

    private static final int LONG = 400;
    private static final String[] REGIONS = {"us", "eu", "ap"};

    private static List<Failure> history(RandomGenerator random) {
        var failures = new ArrayList<Failure>();
        for (int count = random.nextInt(1, 6); count > 0; count--) {
            int from = random.nextInt(FROM + 5, LONG - 80);
            int lasts = random.nextInt(5, 120);
            var region = REGIONS[random.nextInt(3)];
            failures.add(new Failure(region, from, Math.min(from + lasts, LONG - 40)));
        }
        return failures;
    }

    private static boolean fails(List<Failure> history, String region, int second) {
        return history.stream().anyMatch(f -> f.region().equals(region) && f.at(second));
    }

    /// Seconds at which so many regions were down for so long before that any order of looking finds it.
    private static List<Integer> surely(List<Failure> history, int before, int after) {
        var seconds = new ArrayList<Integer>();
        for (int second = FROM; second < LONG; second++) {
            int down = 0;
            for (var region : REGIONS) {
                boolean all = true;
                for (int at = second - before; at <= second + after; at++) {
                    all &= fails(history, region, at);
                }
                down += all ? 1 : 0;
            }
            if (down >= 2) {
                seconds.add(second);
            }
        }
        return seconds;
    }

    private static boolean within(Map.Entry<Instant, Instant> time, Instant at) {
        return !at.isBefore(time.getKey()) && !at.isAfter(time.getValue());
    }

    private static @Nullable String wrong(List<Failure> history, long seed) {
        var random = new Random(seed);
        var world = before().stoodStill(FROM, LONG);
        var order = new ArrayList<>(List.of(REGIONS));
        Collections.shuffle(order, random);
        record Arrival(int arrives, String region, int at) {}
        var arriving = new ArrayList<Arrival>();
        int comes = LONG + 1;
        for (var region : order) {
            comes += random.nextInt(20);
            int first = random.nextInt(10);
            for (int at = FROM + first; at < comes; at += 10) {
                arriving.add(new Arrival(comes, region, at));
            }
            for (int at = comes; at < LONG + 200; at++) {
                if (at % 10 == first) {
                    arriving.add(new Arrival(at, region, at)); // beside, and before what waited
                }
            }
        }
        arriving.sort(Comparator.comparingInt(Arrival::arrives));
        int now = LONG;
        for (var arrival : arriving) {
            for (; now < arrival.arrives(); now++) {
                world.tick(now);
            }
            var vote = fails(history, arrival.region(), arrival.at()) ? DOWN : UP;
            var id = arrival.region() + arrival.at();
            world.vote(arrival.at(), arrival.arrives(), arrival.region(), vote, id);
        }
        var closed = new ArrayList<Map.Entry<Instant, Instant>>();
        var told = new ArrayList<Map.Entry<Instant, Instant>>();
        for (var event : world.events) {
            var times = event.incident().times();
            if (event.type() == EventType.CLOSED) {
                closed.add(Map.entry(times.failingSince(), times.endedAt()));
            }
            if (times.endedAt() != null) { // or corrected, to have begun with an earlier one
                told.add(Map.entry(times.startedAt(), times.endedAt()));
            }
        }
        for (int second : surely(history, 40, 10)) {
            if (told.stream().noneMatch(t -> within(t, second(second)))) {
                return "not told: down at " + second + ", told " + told;
            }
        }
        var ever = surely(history, 0, 0);
        for (var one : closed) {
            if (ever.stream().noneMatch(second -> within(one, second(second)))) {
                return "told, and was not: " + one;
            }
        }
        return world.incidentOpen() ? "left open" : null;
    }

    @Test
    void whateverTheOrderInWhichRegionsComeOutagesAreToldAndNothingElse() {
        Property.holds(HindsightTest::history, history -> wrong(history, history.hashCode()));
    }
}
