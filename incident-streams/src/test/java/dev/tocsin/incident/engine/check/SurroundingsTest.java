package dev.tocsin.incident.engine.check;

import static dev.tocsin.incident.engine.check.Vote.DOWN;
import static dev.tocsin.incident.engine.check.Vote.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.Severity;
import org.junit.jupiter.api.Test;

/// What is known of the agents, and what users say, as one check takes it (rules 1, 2 and 10).
class SurroundingsTest {
    private static World oneRegionFails(World world, int from, int to) {
        for (int second = from; second < to; second += 10) {
            world.vote(second, "us", DOWN)
                    .vote(second, "eu", UP)
                    .vote(second, "ap", UP)
                    .tick(second);
        }
        return world;
    }

    @Test
    void rule1AnIsolatedRegionDoesNotVote() {
        var world = oneRegionFails(World.of("us", "eu", "ap").isolated("us"), 0, 600);
        assertThat(world.told()).isEmpty();
        var decision = Decision.of(world.state, world.policy, World.START.plusSeconds(600));
        assertThat(decision.voting()).isEqualTo(2);
        assertThat(decision.explanation())
                .startsWith("UP: 2 of 3 regions vote (1 cut off), 0 fail");
    }

    @Test
    void rule1IsolationIsNoMissingDataOfEveryCheck() {
        var world = World.of("us", "eu").isolated("us");
        for (int second = 0; second < 600; second += 10) {
            world.vote(second, "us", DOWN).vote(second, "eu", UP).tick(second);
        }
        assertThat(world.told()).isEmpty();
    }

    @Test
    void rule1WhatFailedInARegionThatIsIsolatedSinceStaysOpenUntilItIsBack() {
        var world = oneRegionFails(World.of("us", "eu", "ap"), 0, 100);
        assertThat(world.told()).containsExactly("OPENED PARTIAL");
        oneRegionFails(world.isolated("us"), 100, 200);
        assertThat(world.told()).containsExactly("OPENED PARTIAL", "UPDATED PARTIAL");
        assertThat(world.events.getLast().reason()).startsWith("evidence_lost");
        world.isolated().rounds(200, 240, UP);
        assertThat(world.told()).endsWith("CLOSED PARTIAL");
    }

    @Test
    void rule1AFailureIsAloneOnlyWhereTheOthersSeeTheTargetUp() {
        var world = oneRegionFails(World.of("us", "eu", "ap"), 0, 30);
        var now = World.START.plusSeconds(30);
        assertThat(Decision.of(world.state, world.policy, now).failsAlone()).isEqualTo("us");
        for (int second = 30; second < 60; second += 10) {
            world.vote(second, "eu", DOWN);
        }
        assertThat(Decision.of(world.state, world.policy, World.START.plusSeconds(60)).failsAlone())
                .isNull();
        var unheard = World.of("us", "eu").vote(0, "us", DOWN).vote(1, "us", DOWN);
        unheard.vote(2, "us", DOWN);
        assertThat(
                        Decision.of(unheard.state, unheard.policy, World.START.plusSeconds(3))
                                .failsAlone())
                .isNull();
    }

    @Test
    void rule2AStallIsToldOnceAndNotByEveryCheck() {
        var world = World.of("us", "eu").rounds(0, 50, UP);
        for (int second = 50; second < 90; second++) {
            world.tick(second);
        }
        world.stalled(true);
        for (int second = 90; second < 600; second++) {
            world.tick(second);
        }
        assertThat(world.told()).isEmpty();
        world.stalled(false);
        for (int second = 600; second < 660; second++) {
            world.tick(second);
        }
        assertThat(world.told()).isEmpty();
        world.tick(660); // what is still not heard is this check's own
        assertThat(world.told()).containsExactly("OPENED NO_DATA");
    }

    @Test
    void rule10ReportsOpenNothingAlone() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP).reported(30, 500);
        world.rounds(40, 400, UP);
        assertThat(world.told()).isEmpty();
    }

    @Test
    void rule10ReportsAreEvidenceOnAnOpenIncidentAndRaiseAPartialByOne() {
        var world = oneRegionFails(World.of("us", "eu", "ap"), 0, 100);
        assertThat(world.events.getFirst().incident().severity()).isEqualTo(Severity.WARNING);
        world.reported(100, 5);
        assertThat(world.told()).containsExactly("OPENED PARTIAL", "UPDATED PARTIAL");
        assertThat(world.events.getLast().reason())
                .isEqualTo("now PARTIAL, ERROR; reported by 5 users within 5 minutes");
        assertThat(world.events.getLast().incident().context().reportedBy()).isEqualTo(5);
        world.reported(101, 5);
        assertThat(world.told()).hasSize(2);
    }

    @Test
    void rule10ReportsOfBeforeRaiseWhatOpensWithinFiveMinutesAndNotLater() {
        var soon = World.of("us", "eu", "ap").reported(0, 9);
        oneRegionFails(soon, 0, 100);
        assertThat(soon.events.getFirst().incident().severity()).isEqualTo(Severity.ERROR);
        var late = World.of("us", "eu", "ap").reported(0, 9);
        oneRegionFails(late, 400, 500);
        assertThat(late.events.getFirst().incident().severity()).isEqualTo(Severity.WARNING);
    }
}
