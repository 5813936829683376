package dev.tocsin.incident.engine.check;

import static dev.tocsin.incident.engine.check.Vote.DOWN;
import static dev.tocsin.incident.engine.check.Vote.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.Command;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// When a check is looked at next, if nothing is heard of it: exactly when something would come of it.
class DeadlineTest {
    private static @Nullable Double next(World world) {
        var at = world.deadline;
        return at == null ? null : (at.toEpochMilli() - World.START.toEpochMilli()) / 1000.0;
    }

    @Test
    void theRegionThatWillBeSilentFirst() {
        var world = World.of("us", "eu").vote(0, "us", UP).vote(7, "eu", UP).tick(8);
        assertThat(next(world)).isEqualTo(30.001);
        world.tick(31);
        assertThat(next(world)).as("the next one").isEqualTo(37.001);
        world.resumed(36);
        assertThat(next(world)).isEqualTo(37.001);
        world.tick(38);
        assertThat(next(world)).as("from when time went on").isEqualTo(66.001);
    }

    @Test
    void whatIsNewHasItsChance() {
        var world = World.of("us");
        var policy = world.policy;
        world.policy =
                policy.under(policy.around(), policy.near().since(World.START.plusSeconds(3)));
        assertThat(next(world.tick(4))).isEqualTo(33.001);
    }

    @Test
    void nothingIsAwaitedWhereNothingWasEverHeard() {
        assertThat(next(World.of("us").stalled(true).tick(5))).isNull();
        var world = World.of("us");
        world.policy = world.policy.under(Around.NOTHING.resumed(java.time.Instant.MAX));
        assertThat(next(world.tick(5))).as("before time goes on").isNull();
    }

    @Test
    void theEndOfACountdown() {
        var partial = World.of("us", "eu", "ap").rounds(0, 30, UP);
        for (int second = 30; second <= 50; second += 10) {
            partial.vote(second, "us", DOWN).vote(second, "eu", UP).vote(second, "ap", UP);
        }
        // Partial since 50, for 60 s; before that a region may be silent.
        assertThat(next(partial)).isEqualTo(80.001);
        for (int second = 60; second <= 90; second += 10) {
            partial.vote(second, "us", DOWN).vote(second, "eu", UP).vote(second, "ap", UP);
        }
        assertThat(next(partial)).isEqualTo(110);
        var silent = World.of("us").vote(0, "us", UP).tick(31);
        assertThat(next(silent)).as("no data for 60 s").isEqualTo(91);
    }

    private static World down() {
        return World.of("us").rounds(0, 30, UP).rounds(30, 60, DOWN);
    }

    @Test
    void theCloseOnceARecoveryHasLasted() {
        var world = down().vote(60, "us", UP).vote(65, "us", UP).tick(66);
        assertThat(world.incident().times().endedAt()).isEqualTo(World.START.plusSeconds(60));
        assertThat(next(world)).isEqualTo(80);
    }

    @Test
    void whatIsGatheredForASecond() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP);
        world.all(30, DOWN).all(40, DOWN).all(50, DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN");
        assertThat(next(world)).isEqualTo(51);
        world.tick(51);
        assertThat(world.told()).containsExactly("OPENED DOWN", "UPDATED DOWN");
        assertThat(next(world)).isEqualTo(80.001);
    }

    @Test
    void aRecoveryOfOneRegionThatIsToBeSaid() {
        var world = World.of("us", "eu").rounds(0, 30, UP).rounds(30, 60, DOWN);
        world.vote(60, "us", UP).vote(60, "eu", DOWN).vote(65, "us", UP).vote(65, "eu", DOWN);
        world.vote(85, "us", UP).vote(85, "eu", DOWN);
        assertThat(next(world)).as("after 1.5 times recover-for").isEqualTo(90);
    }

    @Test
    void aChangeOfScopeThatIsToBeSaid() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP);
        for (int second = 30; second <= 50; second += 10) {
            world.vote(second, "ap", second == 50 ? DOWN : UP);
            world.vote(second, "us", DOWN).vote(second, "eu", DOWN);
        }
        world.vote(62, "ap", UP).vote(70, "us", DOWN).vote(70, "eu", DOWN).vote(72, "ap", UP);
        assertThat(next(world)).as("after 1.5 times recover-for").isEqualTo(92);
    }

    @Test
    void maintenanceThatBeginsOrEnds() {
        assertThat(next(down().maintenance(61, 70).tick(60))).isEqualTo(61);
        assertThat(next(down().maintenance(40, 70).tick(60))).isEqualTo(70);
    }

    @Test
    void theEndOfASnooze() {
        assertThat(next(down().command(61, "c1", Command.Kind.SNOOZE, 75))).isEqualTo(75);
    }

    @Test
    void whatFlapsAndSettles() {
        var world = World.of("us").rounds(0, 30, UP);
        int second = world.flaps(30);
        assertThat(world.incident().flapping()).isTrue();
        int changed =
                (int)
                        (world.incident().times().changedAt().getEpochSecond()
                                - World.START.getEpochSecond());
        int almost = changed + 15 * 60 - 5;
        for (; second <= almost; second += 10) {
            world.vote(second, "us", UP).tick(second);
        }
        world.vote(almost, "us", UP).tick(almost);
        assertThat(next(world)).isEqualTo(changed + 15 * 60.0);
    }

    @Test
    void theVerdictOfAParentIsAwaitedAndARoundAfterItsRecovery() {
        var world = World.of("us").dependsOn("dns").rounds(0, 30, UP).rounds(30, 60, DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN");
        assertThat(next(world)).as("from 50 on, for 8 s").isEqualTo(58);
        world.parent(56, "dns", true, true, "us");
        world.vote(60, "us", DOWN);
        assertThat(next(world)).isEqualTo(90.001);
        world.parent(62, "dns", true, false, "us");
        assertThat(next(world)).isEqualTo(70);
    }

    @Test
    void everyCheckOfASecondIsOne() {
        // The same deadline whatever else is known of it.
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP);
        var first = next(world.tick(24));
        world.isolated("ap").tick(25);
        assertThat(List.of(first, next(world))).allMatch(at -> at.equals(50.001));
    }
}
