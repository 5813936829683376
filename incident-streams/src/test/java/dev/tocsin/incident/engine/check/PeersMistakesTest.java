package dev.tocsin.incident.engine.check;

import static dev.tocsin.incident.engine.check.Vote.DOWN;
import static dev.tocsin.incident.engine.check.Vote.UP;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What others get wrong, with sources in research/incidents.md part B and probing.md parts B and E; each is a test here.
class PeersMistakesTest {
    /// openstatus: "at least half" holds for up and for down at once, so whoever spoke last is right.
    @Test
    void aTieOfTwoRegionsIsNoOutageAndNoRecovery() {
        var world = World.of("us", "eu");
        for (int second = 0; second < 300; second += 10) {
            world.vote(second, "us", DOWN).vote(second, "eu", UP).tick(second);
        }
        assertThat(world.told()).containsExactly("OPENED PARTIAL");
    }

    /// openstatus and others: a region that is gone keeps its last word for ever.
    @Test
    void aRegionThatIsGoneDoesNotVoteOn() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP);
        world.vote(30, "us", DOWN).vote(37, "us", DOWN).vote(44, "us", DOWN); // its last word
        for (int second = 50; second < 900; second += 10) {
            world.vote(second, "eu", UP).vote(second, "ap", UP).tick(second);
        }
        assertThat(world.told()).noneMatch(told -> told.contains("DOWN"));
        assertThat(Decision.of(world.state, world.policy, World.START.plusSeconds(900)).failing())
                .isZero();
    }

    /// OneUptime: no probe at all agrees with everything.
    @Test
    void nobodyWhoVotesIsNoAgreement() {
        var nobody = Decision.of(CheckState.EMPTY, World.of("us", "eu").policy, World.START);
        assertThat(nobody.state()).isEqualTo(Decision.State.UNKNOWN);
        var all = new World("all", 1, "us", "eu");
        assertThat(Decision.of(all.state, all.policy, World.START).state())
                .isEqualTo(Decision.State.UNKNOWN);
    }

    /// Uptime Kuma, Gatus and openstatus show what they do not measure as it was, or green.
    @Test
    void silenceIsToldAndIsNeverUp() {
        var world = World.of("us", "eu").rounds(0, 50, UP);
        for (int second = 50; second < 200; second++) {
            world.tick(second);
        }
        assertThat(world.told()).containsExactly("OPENED NO_DATA");
    }

    /// Nagios: while an object flaps, its recovery is told to nobody.
    @Test
    void aRecoveryIsNotSwallowedByFlapping() {
        var world = World.of("us").rounds(0, 30, UP);
        int second = 30;
        for (int turn = 0; turn < 4; turn++) {
            world.rounds(second, second + 30, DOWN).rounds(second + 30, second + 90, UP);
            second += 90;
        }
        assertThat(world.told()).contains("FLAPPING_STARTED DOWN");
        world.rounds(second, second + 2000, UP);
        assertThat(world.told()).endsWith("FLAPPING_STOPPED DOWN", "CLOSED DOWN");
    }

    /// Alertmanager and Nagios: what recovers within a silence or downtime is never told to have recovered.
    @Test
    void aRecoveryIsNotSwallowedByMaintenance() {
        var world = World.of("us").rounds(0, 30, UP).rounds(30, 60, DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN");
        world.maintenance(60, 900).rounds(60, 130, UP);
        assertThat(world.told()).endsWith("CLOSED DOWN");
    }

    /// uptimepage: a region that fails alone is a dead end: red tile, 100 % uptime, no incident.
    @Test
    void aRegionThatFailsAloneIsAnIncidentOfItsOwn() {
        var world = World.of("us", "eu", "ap");
        for (int second = 0; second < 200; second += 10) {
            world.vote(second, "us", DOWN)
                    .vote(second, "eu", UP)
                    .vote(second, "ap", UP)
                    .tick(second);
        }
        assertThat(world.told()).containsExactly("OPENED PARTIAL");
        assertThat(world.events.getFirst().incident().places().failed()).containsExactly("us");
    }

    /// Gatus restarts all monitoring at a changed file (probing.md E 20): windows are cleared, alerts doubled or missing.
    @Test
    void aChangedPolicyLosesNoOpenIncident() {
        var world = World.of("us", "eu").rounds(0, 60, DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN");
        world.policy = World.of("us", "eu", "ap").policy;
        world.rounds(60, 90, DOWN);
        assertThat(world.told().getFirst()).isEqualTo("OPENED DOWN");
        assertThat(world.told()).doesNotContain("CLOSED DOWN");
        assertThat(List.copyOf(world.state.regions().keySet())).contains("ap");
        world.rounds(90, 160, UP);
        assertThat(world.told()).endsWith("CLOSED DOWN");
    }

    /// Uptime Kuma's proposals and OneUptime before its PR 3122: what depends on something that is down is not measured any more, and its end is
    /// swallowed.
    @Test
    void whatDependsOnSomethingDownIsMeasuredAllTheSameAndItsEndIsTold() {
        var world = World.of("us", "eu").dependsOn("dns").rounds(0, 30, UP);
        world.parent(30, "dns", true, true).rounds(30, 60, DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN");
        assertThat(world.events.getFirst().incident().context().suppressedBy())
                .isEqualTo("depends-on:dns");
        world.rounds(60, 120, UP); // the parent is still down
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
        assertThat(world.events.getLast().incident().times().endedAt())
                .isEqualTo(World.START.plusSeconds(60));
    }

    /// Gatus and Uptime Kuma: an agent without a network calls everything down, once for each check.
    @Test
    void anAgentWithoutANetworkIsNoOutageOfEverything() {
        var world = World.of("us", "eu", "ap").isolated("us");
        for (int second = 0; second < 300; second += 10) {
            world.vote(second, "us", DOWN)
                    .vote(second, "eu", UP)
                    .vote(second, "ap", UP)
                    .tick(second);
        }
        assertThat(world.told()).isEmpty();
    }

    /// openstatus and Vigil: one result from a fast clock blocks every later one.
    @Test
    void aStampFromTheFutureBlocksNothing() {
        var world = World.of("us", "eu").rounds(0, 30, UP);
        world.vote(3600, 30, "us", UP, "ahead").vote(3600, 31, "eu", UP, "ahead, too");
        world.rounds(40, 80, DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN");
    }

    /// Gatus and Kener: counters stand still in a maintenance window, and an outage that goes on after it is found late or never.
    @Test
    void whatStillFailsAfterMaintenanceIsToldAtOnce() {
        var world = World.of("us").maintenance(20, 100).rounds(0, 20, UP).rounds(20, 110, DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN", "UNSUPPRESSED DOWN");
        assertThat(world.events.getLast().at()).isEqualTo(World.START.plusSeconds(100));
    }
}
