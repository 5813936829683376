package dev.tocsin.incident.engine.dependency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.check.Vote;
import dev.tocsin.incident.engine.check.World;
import org.junit.jupiter.api.Test;

/// Rule 7, depends-on: who explains whom.
class DependenciesTest {
    private static World child() {
        return World.of("us", "eu").dependsOn("dns").rounds(0, 30, Vote.UP);
    }

    @Test
    void rule7WhatDependsOnSomethingDownIsToldToNobodyAndNamesTheRoot() {
        var world = child().parent(30, "dns", true, true).rounds(30, 60, Vote.DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN");
        var context = world.events.getFirst().incident().context();
        assertThat(context.suppressedBy()).isEqualTo("depends-on:dns");
        assertThat(context.rootIncidentId()).isEqualTo("incident-of-dns");
    }

    @Test
    void rule7WhatReopensUnderSomethingDownIsToldToNobodyEither() {
        var world = child().rounds(30, 70, Vote.DOWN).rounds(70, 120, Vote.UP);
        assertThat(world.told()).endsWith("CLOSED DOWN");
        world.parent(125, "dns", true, true).rounds(130, 170, Vote.DOWN);
        assertThat(world.told()).endsWith("CLOSED DOWN", "REOPENED DOWN");
        var context = world.events.getLast().incident().context();
        assertThat(context.suppressedBy()).isEqualTo("depends-on:dns");
        assertThat(context.rootIncidentId()).isEqualTo("incident-of-dns");
    }

    @Test
    void rule7AChildWaitsForTheVerdictOnItsParent() {
        var world = child().rounds(30, 60, Vote.DOWN);
        assertThat(world.events.getFirst().incident().context())
                .satisfies(waits -> {
                    assertThat(waits.suppressedBy()).isEqualTo("depends-on:dns");
                    assertThat(waits.rootIncidentId()).isNull();
                });
        world.parent(52, "dns", true, true);
        assertThat(world.told()).containsExactly("OPENED DOWN", "SUPPRESSED DOWN");
        assertThat(world.events.getLast().incident().context().rootIncidentId())
                .isEqualTo("incident-of-dns");
        for (int second = 53; second < 80; second++) {
            world.tick(second);
        }
        assertThat(world.told()).hasSize(2);
    }

    @Test
    void rule7WithoutSuchAVerdictItIsToldAfterOneRoundOfRetries() {
        var world = child().rounds(30, 60, Vote.DOWN);
        world.tick(57);
        assertThat(world.told()).containsExactly("OPENED DOWN");
        world.tick(58); // 8 s after the third failure
        assertThat(world.told()).containsExactly("OPENED DOWN", "UNSUPPRESSED DOWN");
    }

    @Test
    void rule7WhatStillFailsARoundAfterItsParentRecoveredIsTold() {
        var world = child().parent(30, "dns", true, true).rounds(30, 90, Vote.DOWN);
        world.parent(90, "dns", true, false).tick(97);
        assertThat(world.told()).containsExactly("OPENED DOWN");
        world.tick(98);
        assertThat(world.told()).containsExactly("OPENED DOWN", "UNSUPPRESSED DOWN");
    }

    @Test
    void rule7WhatRecoversWithItsParentIsNeverTold() {
        var world = child().parent(30, "dns", true, true).rounds(30, 90, Vote.DOWN);
        world.rounds(90, 100, Vote.UP).parent(100, "dns", true, false).rounds(100, 150, Vote.UP);
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
    }

    @Test
    void rule7AParentThatFailsInOneRegionExplainsThatRegionAlone() {
        var world = child().parent(30, "dns", false, true, "us").rounds(30, 60, Vote.DOWN);
        world.tick(58);
        assertThat(world.told()).containsExactly("OPENED DOWN", "UNSUPPRESSED DOWN");
    }

    /// A countdown can run out between two ticks, and what is heard of a parent then opens the incident.
    @Test
    void rule7IncidentsThatOpenAtAParentsWordAreNotTheSame() {
        var world = child();
        for (int from : new int[] {30, 2000}) {
            for (int second = from; second < from + 80; second += 10) {
                world.vote(second, "us", Vote.DOWN).vote(second, "eu", Vote.UP);
            }
            world.parent(from + 85, "dns", false, true, "us");
            world.rounds(from + 90, from + 160, Vote.UP);
        }
        assertThat(world.told())
                .containsExactly(
                        "OPENED PARTIAL", "CLOSED PARTIAL", "OPENED PARTIAL", "CLOSED PARTIAL");
        assertThat(world.events.get(2).incident().id())
                .isNotEqualTo(world.events.getFirst().incident().id());
    }
}
