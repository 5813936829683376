package dev.tocsin.incident.engine.check;

import static dev.tocsin.incident.engine.check.Vote.DEGRADED;
import static dev.tocsin.incident.engine.check.Vote.DOWN;
import static dev.tocsin.incident.engine.check.Vote.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IncidentEngineTest {
    @Test
    void aHealthyCheckTouchesNothing() {
        var world = World.of("us", "eu", "ap").rounds(0, 600, UP);
        world.vote(600, "us", UP);
        assertThat(world.touched).isFalse();
        assertThat(world.events).isEmpty();
    }

    @Test
    void rule1ThreeFailuresInARowMakeARegionFailAndTwoPassesClearThem() {
        var world = World.of("us").rounds(0, 30, UP).vote(30, "us", DOWN).vote(40, "us", DOWN);
        assertThat(world.state.region("us").verdict()).isEqualTo(Verdict.PASSING);
        world.vote(50, "us", DOWN);
        assertThat(world.state.region("us").verdict()).isEqualTo(Verdict.FAILING);
        assertThat(world.state.region("us").since()).isEqualTo(World.START.plusSeconds(30));
        world.vote(60, "us", UP).vote(70, "us", UP);
        assertThat(world.state.region("us").verdict()).isEqualTo(Verdict.PASSING);
        assertThat(world.state.region("us").passingSince()).isEqualTo(World.START.plusSeconds(60));
    }

    @Test
    void rule1APassBetweenFailuresStartsTheCountAgain() {
        var world = World.of("us").rounds(0, 30, UP);
        world.vote(30, "us", DOWN)
                .vote(40, "us", DOWN)
                .vote(50, "us", UP)
                .vote(60, "us", DOWN)
                .vote(70, "us", DOWN);
        assertThat(world.events).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "majority,1,1,1", "majority,2,2,2", "majority,3,3,2", "majority,3,2,2", "majority,3,1,2",
                "majority,4,4,3",
        "majority,4,2,2", "majority,5,5,3", "majority,155,155,78", "majority,155,3,2", "any,5,5,1",
                "all,5,4,4",
        "2,5,5,2", "50%,4,4,2", "50%,5,5,3", "1%,155,155,2"
    })
    void rule2NeedFollowsTheTable(String quorum, int configured, int voting, int need) {
        assertThat(Quorum.parse(quorum).need(configured, voting)).isEqualTo(need);
    }

    @Test
    void rule2AMajorityThatFailsIsDownAndGlobal() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP);
        for (int second = 30; second <= 50; second += 10) {
            world.vote(second, "us", DOWN).vote(second, "eu", DOWN).vote(second, "ap", UP);
        }
        assertThat(world.told()).containsExactly("OPENED DOWN");
        var opened = world.events.getFirst();
        assertThat(opened.incident().times().startedAt()).isEqualTo(World.START.plusSeconds(30));
        assertThat(opened.decision().explanation()).contains("3 of 3 regions vote", "2 fail");
    }

    @Test
    void rule2HalfOfTwoRegionsIsNotDown() {
        var world = World.of("us", "eu").rounds(0, 30, UP);
        for (int second = 30; second <= 80; second += 10) {
            world.vote(second, "us", DOWN).vote(second, "eu", UP);
        }
        assertThat(world.events).isEmpty();
    }

    @Test
    void rule2OneRegionBelowQuorumIsARegionalIncidentThatGrowsIntoTheGlobalOne() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP);
        for (int second = 30; second <= 120; second += 10) {
            world.vote(second, "us", DOWN)
                    .vote(second, "eu", UP)
                    .vote(second, "ap", UP)
                    .tick(second);
        }
        assertThat(world.told()).containsExactly("OPENED PARTIAL");
        for (int second = 130; second <= 150; second += 10) {
            world.vote(second, "us", DOWN)
                    .vote(second, "eu", DOWN)
                    .vote(second, "ap", UP)
                    .tick(second);
        }
        assertThat(world.told()).containsExactly("OPENED PARTIAL", "UPDATED DOWN");
        assertThat(world.events.getLast().incident().id())
                .isEqualTo(world.events.getFirst().incident().id());
    }

    @Test
    void rule2DeadRegionsDoNotVoteForEver() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP);
        for (int second = 30; second <= 50; second += 10) {
            world.vote(second, "us", DOWN);
        }
        world.vote(90, "eu", UP).vote(90, "ap", UP).tick(200);
        assertThat(Decision.of(world.state, world.policy, World.START.plusSeconds(200)).voting())
                .isZero();
    }

    @Test
    void rule2SilenceIsNoDataAndNeverUp() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP);
        for (int second = 30; second <= 130; second++) {
            world.tick(second);
        }
        assertThat(world.told()).containsExactly("OPENED NO_DATA");
        world.rounds(140, 200, UP);
        assertThat(world.told()).containsExactly("OPENED NO_DATA", "CLOSED NO_DATA");
    }

    @Test
    void rule2DegradedRegionsMakeADegradedIncident() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP).rounds(30, 60, DEGRADED).tick(51);
        assertThat(world.told())
                .containsExactly("OPENED DEGRADED", "UPDATED DEGRADED"); // the third region joins
        world.rounds(60, 120, UP);
        assertThat(world.told()).endsWith("CLOSED DEGRADED");
    }

    @Test
    void rule3ClosesOnlyWhenEveryRegionThatFailedPassesForAWhile() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP).rounds(30, 60, DOWN);
        for (int second = 60; second <= 100; second += 10) {
            world.vote(second, "us", UP)
                    .vote(second, "eu", UP)
                    .vote(second, "ap", DOWN)
                    .tick(second);
        }
        assertThat(world.told()).doesNotContain("CLOSED DOWN");
        world.rounds(110, 150, UP);
        assertThat(world.told()).endsWith("CLOSED DOWN");
        assertThat(world.events.getLast().incident().times().endedAt())
                .isEqualTo(World.START.plusSeconds(110));
    }

    @Test
    void rule3ARegionThatFellSilentKeepsTheIncidentOpen() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP).rounds(30, 60, DOWN);
        for (int second = 60; second <= 300; second += 10) {
            world.vote(second, "us", UP).vote(second, "eu", UP).tick(second);
        }
        assertThat(world.told()).doesNotContain("CLOSED DOWN");
        assertThat(world.events.getLast().reason()).contains("evidence_lost", "ap");
    }

    @Test
    void rule3AFailureSoonAfterTheCloseReopensAndALaterOneIsTheSecond() {
        var world =
                World.of("us")
                        .rounds(0, 30, UP)
                        .rounds(30, 60, DOWN)
                        .rounds(60, 120, UP)
                        .rounds(120, 150, DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN", "REOPENED DOWN");
        var later =
                World.of("us")
                        .rounds(0, 30, UP)
                        .rounds(30, 60, DOWN)
                        .rounds(60, 900, UP)
                        .rounds(900, 930, DOWN);
        assertThat(later.told()).containsExactly("OPENED DOWN", "CLOSED DOWN", "OPENED DOWN");
        assertThat(later.events.getLast().incident().past().previousId())
                .isEqualTo(later.events.getFirst().incident().id());
        assertThat(later.events.getLast().incident().past().in30Days()).isEqualTo(2);
    }

    @Test
    void rule4FlappingIsToldOnceAndEndsInTheTrueState() {
        var world = World.of("us").rounds(0, 30, UP);
        for (int turn = 0; turn < 6; turn++) {
            world.rounds(30 + turn * 100, 60 + turn * 100, DOWN)
                    .rounds(60 + turn * 100, 130 + turn * 100, UP);
        }
        assertThat(world.told())
                .startsWith(
                        "OPENED DOWN",
                        "CLOSED DOWN",
                        "REOPENED DOWN",
                        "CLOSED DOWN",
                        "REOPENED DOWN",
                        "FLAPPING_STARTED DOWN");
        // Flapping is a word about telling: what is measured goes on to be told to whoever shows
        // it.
        assertThat(world.events.subList(6, world.events.size()))
                .hasSize(7)
                .allMatch(e -> e.type() == EventType.UPDATED && e.incident().flapping());
        world.rounds(630, 1700, UP);
        assertThat(world.told()).endsWith("FLAPPING_STOPPED DOWN", "CLOSED DOWN");
    }

    @Test
    void rule6AfterAStandstillTheSilenceIsCountedAnew() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP);
        world.resumed(3600);
        for (int second = 3601; second < 3691; second++) {
            world.tick(second); // 30 s until they count as silent, 60 s until that is told
        }
        assertThat(world.events).isEmpty();
        world.tick(3691);
        assertThat(world.told()).containsExactly("OPENED NO_DATA");
    }

    @Test
    void aFutureStampIsTakenAsNow() {
        var world = World.of("us").vote(9999, 10, "us", DOWN, "a");
        assertThat(world.state.region("us").lastVoteAt()).isEqualTo(World.START.plusSeconds(10));
    }

    /// A region that was cut off delivers its hour: `from` to `to`, all at once, at `arrives`.
    private static World delivers(
            World world, String region, int from, int to, int arrives, Vote vote) {
        for (int second = from; second < to; second += 10) {
            world.vote(second, arrives, region, vote, "late" + second);
        }
        return world;
    }

    @Test
    void rule5AnHourDeliveredLateCorrectsWhatIsOverAndOpensNothing() {
        var world = World.of("us", "eu", "ap");
        for (int second = 0; second < 4000; second += 10) {
            var vote = second >= 300 && second < 600 ? DOWN : UP;
            world.vote(second, "us", vote).vote(second, "eu", vote).tick(second);
        }
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
        var closed = world.events.getLast().incident();
        assertThat(closed.places().failed()).containsExactlyInAnyOrder("us", "eu");

        world.vote(4000, "ap", UP);
        delivers(world, "ap", 0, 270, 4001, UP);
        delivers(world, "ap", 270, 620, 4001, DOWN);
        delivers(world, "ap", 620, 4000, 4001, UP);
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN", "UPDATED DOWN");
        var correction = world.events.getLast();
        assertThat(correction.reason())
                .startsWith(
                        "late_evidence: ap failed, too, from 2026-11-24T00:04:30Z on; it began at");
        assertThat(correction.incident().places().failed())
                .containsExactlyInAnyOrder("us", "eu", "ap");
        assertThat(correction.incident().times().startedAt())
                .isEqualTo(World.START.plusSeconds(270));
        assertThat(correction.incident().times().closedAt()).isEqualTo(closed.times().closedAt());
        assertThat(world.state.late()).isEmpty();
    }

    @Test
    void rule5LateFailuresOfAnotherTimeCorrectNothing() {
        var world = World.of("us", "eu", "ap").rounds(0, 2000, UP).rounds(2000, 2100, DOWN);
        world.rounds(2100, 2200, UP);
        delivers(world, "ap", 0, 100, 2201, DOWN);
        assertThat(world.told()).endsWith("CLOSED DOWN");
    }

    @Test
    void rule5LateFailuresAnHourApartAreNoStreak() {
        var world = World.of("us", "eu", "ap");
        for (int second = 0; second < 6000; second += 10) {
            var vote = second >= 4000 && second < 4300 ? DOWN : UP;
            world.vote(second, "us", vote).vote(second, "eu", vote).tick(second);
        }
        world.vote(6000, "ap", UP);
        delivers(world, "ap", 100, 130, 6001, DOWN); // and then its spool had a hole
        delivers(world, "ap", 4010, 4040, 6001, DOWN);
        var correction = world.events.getLast();
        assertThat(correction.reason())
                .startsWith("late_evidence: ap failed, too, from 2026-11-24T01:06:50Z");
        assertThat(correction.incident().times().startedAt())
                .isEqualTo(World.START.plusSeconds(4000));
    }

    @Test
    void rule5ASingleLateFailureIsNoFailingRegion() {
        var world = World.of("us", "eu", "ap");
        for (int second = 0; second < 2000; second += 10) {
            var vote = second >= 300 && second < 600 ? DOWN : UP;
            world.vote(second, "us", vote).vote(second, "eu", vote).tick(second);
        }
        delivers(world, "ap", 310, 330, 2001, DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
    }

    @Test
    void resultsTooOldOpenNothing() {
        var world = World.of("us").rounds(0, 30, UP);
        for (int i = 0; i < 3; i++) {
            world.vote(30 + i, 2000, "us", DOWN, "late" + i);
        }
        assertThat(world.events).isEmpty();
    }

    @Test
    void rule11RemovalCloses() {
        var world = World.of("us").rounds(0, 30, UP).rounds(30, 60, DOWN);
        world.apply(new Input.Removed(World.START.plusSeconds(70)));
        assertThat(world.events.getLast().resolution()).isEqualTo("config_removed");
    }

    @Test
    void rule9EveryEventSaysWhyAndSoDoesWhatOpenedNothing() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP);
        world.vote(30, "us", DOWN).vote(33, "us", DOWN).vote(36, "us", DOWN);
        var quiet = Decision.of(world.state, world.policy, World.START.plusSeconds(40));
        assertThat(world.events).isEmpty();
        assertThat(quiet.explanation())
                .isEqualTo(
                        "PARTIAL: 3 of 3 regions vote, 1 fail, 0 degraded; 2 failing of at least 2 voting are needed");
        assertThat(quiet.standings().get("us"))
                .isEqualTo(
                        new Decision.Standing(
                                Verdict.FAILING,
                                null,
                                World.START.plusSeconds(30),
                                World.START.plusSeconds(36),
                                Vote.DOWN,
                                "CONNECT refused"));
        world.rounds(40, 70, DOWN);
        var opened = world.events.getFirst();
        assertThat(opened.decision().failing()).isEqualTo(2); // enough, before the third was heard
        assertThat(opened.reason()).isEqualTo(opened.decision().explanation());
        assertThat(opened.decision().standings()).containsOnlyKeys("us", "eu", "ap");
    }
}
