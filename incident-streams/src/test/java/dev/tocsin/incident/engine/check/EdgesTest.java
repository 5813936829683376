package dev.tocsin.incident.engine.check;

import static dev.tocsin.incident.engine.check.Vote.DEGRADED;
import static dev.tocsin.incident.engine.check.Vote.DOWN;
import static dev.tocsin.incident.engine.check.Vote.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.Command;
import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Ids;
import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Severity;
import dev.tocsin.incident.engine.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Where one thing turns into another: the last vote that counts, the first that does not.
class EdgesTest {
    private static World of(int regions) {
        return World.of(IntStream.range(0, regions).mapToObj(i -> "r" + i).toArray(String[]::new));
    }

    // Votes

    @Test
    void aPassThatWasOnlyHeardLiesBetweenFailures() {
        var world = World.of("us").vote(90, "us", UP).vote(100, "us", UP);
        world.vote(95, 101, "us", DOWN, "late").vote(105, "us", DOWN).vote(110, "us", DOWN);
        assertThat(world.state.region("us").verdict()).isEqualTo(Verdict.PASSING);
        world.vote(115, "us", DOWN);
        assertThat(world.state.region("us").verdict()).isEqualTo(Verdict.FAILING);
    }

    @Test
    void aFailureThatWasOnlyHeardLiesBetweenPasses() {
        var world = World.of("us").rounds(0, 30, UP).rounds(30, 60, DOWN);
        long heard = World.START.plusSeconds(70).toEpochMilli();
        world.state = world.state.heard(List.of("us"), new long[] {heard});
        world.vote(65, 71, "us", UP, "late").vote(75, "us", UP);
        assertThat(world.state.region("us").verdict()).isEqualTo(Verdict.FAILING);
        world.vote(80, "us", UP);
        assertThat(world.state.region("us").verdict()).isEqualTo(Verdict.PASSING);
    }

    @Test
    void aStreakIsNotLongerThanTheWindow() {
        var within = World.of("us").vote(0, "us", DOWN).vote(25, "us", DOWN).vote(50, "us", DOWN);
        assertThat(within.state.region("us").verdict()).isEqualTo(Verdict.FAILING);
        var longer = World.of("us").vote(0, "us", DOWN).vote(25, "us", DOWN).vote(51, "us", DOWN);
        assertThat(longer.state.region("us").verdict()).isEqualTo(Verdict.PASSING);
    }

    @Test
    void aResultOfTenMinutesAgoIsTheOldestThatCounts() {
        var world = World.of("us");
        world.vote(0, 600, "us", DOWN, "a").vote(1, 602, "us", DOWN, "b");
        assertThat(world.state.region("us").samples()).hasSize(1);
        assertThat(world.state.late("us").samples()).hasSize(1);
    }

    @Test
    void aRegionThatIsNotOneOfTheChecksSaysNothing() {
        var world = World.of("us").vote(10, "mars", DOWN);
        assertThat(world.state).isEqualTo(CheckState.EMPTY);
        assertThat(world.touched).isFalse();
    }

    @Test
    void oneMoreDegradedVoteSaysNothingNew() {
        var world = World.of("us").rounds(0, 30, UP).rounds(30, 60, DEGRADED);
        var before = world.state;
        assertThat(before.region("us").verdict()).isEqualTo(Verdict.DEGRADED);
        assertThat(world.vote(60, "us", DEGRADED).state.remembersAs(before)).isTrue();
        assertThat(Expected.of(world.state, "us").failure()).isFalse();
        assertThat(Expected.of(World.of("us").vote(0, "us", UP).state, "us"))
                .isEqualTo(Expected.WELL);
    }

    // Severity

    @Test
    void aQuarterOfTheRegionsIsAnErrorAndNeverFewerThanTwo() {
        assertThat(severity(of(9), "r0", "r1")).isEqualTo(Severity.ERROR);
        assertThat(severity(of(9), "r0")).isEqualTo(Severity.WARNING);
        assertThat(severity(of(12), "r0", "r1")).isEqualTo(Severity.WARNING);
        assertThat(severity(of(12), "r0", "r1", "r2")).isEqualTo(Severity.ERROR);
        var all = new World("majority", 5, "r0", "r1", "r2", "r3", "r4");
        assertThat(severity(all, "r0", "r1")).isEqualTo(Severity.ERROR);
        var fewer = new World("majority", 6, "r0", "r1", "r2", "r3", "r4");
        assertThat(severity(fewer, "r0", "r1")).isEqualTo(Severity.WARNING);
    }

    private static Severity severity(World world, String... down) {
        world.some(0, 30, UP).some(30, 130, DOWN, down);
        assertThat(world.incident().kind()).isEqualTo(Kind.PARTIAL);
        return world.incident().severity();
    }

    // What an event says

    @Test
    void eventsAreNumberedAndNamedByThat() {
        var world = of(3).some(0, 30, UP).some(30, 60, DOWN, "r0", "r1", "r2").tick(62);
        world.command(63, "c1", Command.Kind.ACK, 0);
        assertThat(world.events).extracting(e -> e.incident().seq()).containsExactly(1L, 2L, 3L);
        var id = world.incident().id();
        assertThat(world.events)
                .extracting(Event::id)
                .containsExactly(Ids.of(id, "1"), Ids.of(id, "2"), Ids.of(id, "3"));
    }

    @Test
    void whatWasToldLastIsAskedFor() {
        assertThat(Event.last(CheckState.EMPTY, of(1).policy, World.START)).isEmpty();
        var world = of(1).some(0, 30, UP).some(30, 60, DOWN, "r0");
        assertThat(Event.last(world.state, world.policy, World.START.plusSeconds(61)))
                .hasValueSatisfying(last -> {
                    assertThat(last.incident()).isEqualTo(world.incident());
                    assertThat(last.decision().failing()).isEqualTo(1);
                    assertThat(last.at()).isEqualTo(World.START.plusSeconds(61));
                });
    }

    @Test
    void whatHidesItIsSaidAsItOpens() {
        var hidden = of(1).maintenance(0, 900).some(0, 30, UP).some(30, 60, DOWN, "r0");
        assertThat(hidden.events.getFirst().reason()).endsWith("; maintenance:upgrade explains it");
        var waits = of(1).dependsOn("dns").some(0, 30, UP).some(30, 60, DOWN, "r0");
        assertThat(waits.events.getFirst().reason())
                .endsWith("; nobody is told before there is a verdict on what it depends on");
        assertThat(Suppression.dependsOn("depends-on:dns")).isEqualTo("dns");
    }

    @Test
    void whyRegionsDoNotVoteIsCounted() {
        var world = of(4).some(0, 30, UP).isolated("r0");
        world.vote(50, "r1", UP).vote(50, "r2", UP).tick(55);
        assertThat(
                        Decision.of(world.state, world.policy, World.START.plusSeconds(55))
                                .explanation())
                .contains("2 of 4 regions vote (1 silent, 1 cut off)");
        var fresh = of(3).resumed(10).vote(11, "r0", UP);
        assertThat(
                        Decision.of(fresh.state, fresh.policy, World.START.plusSeconds(12))
                                .explanation())
                .contains("1 of 3 regions vote (2 not heard yet)");
    }

    @Test
    void missingDataBeginWhenTheyWereMissed() {
        var world = of(2).some(0, 30, UP);
        for (int second = 30; second < 130; second++) {
            world.tick(second);
        }
        assertThat(world.told()).containsExactly("OPENED NO_DATA");
        assertThat(world.incident().times().startedAt()).isEqualTo(World.START.plusSeconds(51));
    }

    @Test
    void aDegradedRegionIsFineWhereOthersAreDownAndNotWhereItIsTheTrouble() {
        var world = of(3).some(0, 30, UP);
        for (int second = 30; second < 80; second += 10) {
            world.vote(second, "r0", DOWN).vote(second, "r1", DOWN).vote(second, "r2", DEGRADED);
            world.tick(second);
        }
        assertThat(world.incident().kind()).isEqualTo(Kind.DOWN);
        assertThat(world.incident().places().fine()).containsExactly("r2");
        var slow = of(3).some(0, 30, UP).some(30, 80, DEGRADED, "r0", "r1");
        assertThat(slow.incident().kind()).isEqualTo(Kind.DEGRADED);
        assertThat(slow.incident().places().fine()).containsExactly("r2");
    }

    @Test
    void whatIsOnlySlowIsNotDownAnyMore() {
        var world = of(1).some(0, 30, UP).some(30, 60, DOWN, "r0");
        world.some(60, 140, DEGRADED, "r0");
        assertThat(world.told()).contains("CLOSED DOWN");
    }

    @Test
    void whatIsSlowStillFailsWhenMaintenanceEnds() {
        var world = of(1).maintenance(0, 100).some(0, 30, UP);
        world.some(30, 110, DEGRADED, "r0");
        assertThat(world.told()).containsExactly("OPENED DEGRADED", "UNSUPPRESSED DEGRADED");
        assertThat(world.events.getLast().reason()).contains("and it still fails");
    }

    @Test
    void threeTurnsInMoreThanHalfAnHourAreNoFlapping() {
        var world = of(1).some(0, 30, UP);
        int second = 30;
        for (int turn = 0; turn < 3; turn++) {
            world.some(second, second + 30, DOWN, "r0");
            world.some(second + 30, second + 910, UP);
            second += 910;
        }
        assertThat(world.events).noneMatch(e -> e.type() == EventType.FLAPPING_STARTED);
    }

    @Test
    void evidenceThatIsLostAgainIsSaidAgain() {
        var world = of(3).some(0, 30, UP).some(30, 60, DOWN, "r0", "r1", "r2").tick(62);
        two(world, 60, 100);
        assertThat(lost(world)).isEqualTo(1);
        two(world, 100, 200);
        assertThat(lost(world)).as("said once").isEqualTo(1);
        world.some(200, 240, DOWN, "r0", "r1", "r2");
        two(world, 240, 290);
        assertThat(lost(world)).isEqualTo(2);
    }

    private static void two(World world, int from, int to) {
        for (int second = from; second < to; second += 10) {
            world.vote(second, "r0", DOWN).vote(second, "r1", DOWN).tick(second);
        }
    }

    private static long lost(World world) {
        return world.events.stream().filter(e -> e.reason().contains("evidence_lost")).count();
    }

    @Test
    void whoeverFailsWithoutAWitnessFailsNotAlone() {
        var alone = of(1).some(0, 30, UP).some(30, 50, DOWN, "r0");
        var step =
                IncidentEngine.step(
                        alone.state,
                        new Input.Voted(
                                World.START.plusSeconds(50),
                                "r0",
                                new Sample(World.START.plusSeconds(50), DOWN, "x", ""),
                                null),
                        alone.policy);
        assertThat(step.judged()).isTrue();
        assertThat(step.failsAlone()).isNull();
    }

    @Test
    void patienceIsThePolicys() {
        assertThat(of(2).policy.patience())
                .isEqualTo(new Patience(List.of("r0", "r1"), 50_000, 30_000, 600_000));
        assertThat(of(2).policy.maxResultAge()).isEqualTo(Duration.ofMinutes(10));
    }

    /// Its countdown began before a restart, and its newest vote is a pass.
    @Test
    void rule2WhatPassesNowIsNotPartial() {
        var world = World.of("us", "eu").rounds(0, 30, UP).fails(30, 60, "us");
        world.state = world.state.unheard();
        world.resumed(100);
        world.vote(100, "eu", UP).vote(110, "eu", UP).vote(115, "us", UP).tick(116).tick(120);
        assertThat(world.told()).isEmpty();
        world.vote(121, "us", DOWN);
        assertThat(world.told()).containsExactly("OPENED PARTIAL");
    }

    /// Time has just gone on, and they come before those of now.
    @Test
    void rule2VotesOfLongAgoOpenNothing() {
        var world = World.of("us", "eu").rounds(0, 30, UP).resumed(100);
        for (int second = 40; second <= 60; second += 10) {
            world.vote(second, 101, "us", DOWN, "us" + second);
            world.vote(second, 101, "eu", DOWN, "eu" + second);
        }
        assertThat(world.told()).isEmpty();
        world.vote(101, "us", DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN");
    }
}
