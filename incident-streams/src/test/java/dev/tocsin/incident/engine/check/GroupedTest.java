package dev.tocsin.incident.engine.check;

import static dev.tocsin.incident.engine.check.Vote.DOWN;
import static dev.tocsin.incident.engine.check.Vote.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.Command;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Rule 8: what is known of an incident's place in its group.
class GroupedTest {
    private final World world = World.of("us", "eu", "ap").rounds(0, 30, UP);

    private void opens() {
        world.fails(30, 60, "us", "eu");
        assertThat(told()).containsExactly("OPENED ? null");
    }

    private void alone(int second, int askedAt) {
        var id = world.incident().id();
        world.apply(
                new Input.Alone(
                        World.START.plusSeconds(second), id, World.START.plusSeconds(askedAt)));
    }

    private void joins(int second, @Nullable String outage) {
        var now = World.START.plusSeconds(second);
        world.apply(new Input.Joined(now, world.incident().id(), outage, now));
    }

    private List<String> told() {
        return world.events.stream()
                .map(event -> {
                    var context = event.incident().context();
                    return event.type() + (context.grouped() ? " ! " : " ? ") + context.outageId();
                })
                .toList();
    }

    @Test
    void rule8TheAnswerIsToldOnceAndIsNoNewsToTheGroup() {
        opens();
        alone(61, 60);
        alone(62, 60);
        assertThat(told()).containsExactly("OPENED ? null", "UPDATED ! null");
        var event = world.events.getLast();
        assertThat(event.reason()).isEqualTo("alone in its group for now");
        assertThat(event.news()).isFalse();
        assertThat(event.incident().seq()).isEqualTo(2);
        assertThat(world.touched).isTrue();
    }

    @Test
    void rule8WhatIsToldLaterSaysSoToo() {
        opens();
        alone(61, 60);
        world.command(62, "c1", Command.Kind.ACK, 0).fails(70, 130).tick(130);
        assertThat(told())
                .containsExactly(
                        "OPENED ? null", "UPDATED ! null", "ACKNOWLEDGED ! null", "CLOSED ! null");
    }

    @Test
    void rule8ThatItIsPartOfAnOutageIsAnAnswerWithoutAnEventOfItsOwn() {
        opens();
        joins(61, "o1");
        alone(62, 62);
        assertThat(told()).containsExactly("OPENED ? null", "UPDATED ! o1");
    }

    @Test
    void rule8WhoWasAloneMayJoinAndLeaveAndIsAskedNothingAgain() {
        opens();
        alone(61, 60);
        joins(62, "o1");
        alone(63, 60);
        joins(64, null);
        alone(65, 64);
        assertThat(told())
                .containsExactly(
                        "OPENED ? null", "UPDATED ! null", "UPDATED ! o1", "UPDATED ! null");
    }

    @Test
    void rule8ThatAnOutageIsOverOfWhichItWasNoPartIsNoAnswer() {
        opens();
        joins(61, null);
        assertThat(told()).containsExactly("OPENED ? null");
        assertThat(world.incident().context().grouped()).isFalse();
    }

    @Test
    void rule8AnAnswerToAnotherIncidentOrToOneThatIsClosedSaysNothing() {
        opens();
        var now = World.START.plusSeconds(61);
        world.apply(new Input.Alone(now, "another", now));
        assertThat(told()).containsExactly("OPENED ? null");
        world.fails(70, 130).tick(130);
        alone(131, 131);
        assertThat(told()).containsExactly("OPENED ? null", "CLOSED ? null");
        assertThat(World.of("us").apply(new Input.Alone(now, "i1", now)).events).isEmpty();
    }

    @Test
    void rule8WhatReopensIsAskedForAgainAndTheAnswerOfBeforeSaysNothing() {
        opens();
        alone(61, 60);
        world.fails(70, 130).tick(130).fails(140, 170, "us", "eu");
        alone(171, 60);
        assertThat(told())
                .containsExactly(
                        "OPENED ? null", "UPDATED ! null", "CLOSED ! null", "REOPENED ? null");
        alone(172, 170);
        assertThat(told()).endsWith("REOPENED ? null", "UPDATED ! null");
    }

    @Test
    void rule8WhatWasPartOfAnOutageIsAskedForAgainToo() {
        opens();
        joins(61, "o1");
        world.fails(70, 130).tick(130).fails(140, 170, "us", "eu");
        assertThat(told()).endsWith("CLOSED ! o1", "REOPENED ? null");
    }

    @Test
    void rule8TheNextIncidentIsAskedForAgain() {
        opens();
        alone(61, 60);
        world.fails(70, 900).fails(900, 930, "us", "eu");
        assertThat(told()).endsWith("CLOSED ! null", "OPENED ? null");
    }

    @Test
    void rule8WhatWaitedToBeToldGoesWithTheAnswer() {
        for (int second = 30; second < 50; second += 10) {
            world.all(second, DOWN);
        }
        world.vote(50, "us", DOWN).vote(50, "eu", DOWN).vote(50, "ap", DOWN);
        assertThat(told()).containsExactly("OPENED ? null");
        alone(50, 50);
        assertThat(world.events.getLast().reason())
                .isEqualTo("alone in its group for now; also failing: ap");
        assertThat(world.events.getLast().news()).isTrue();
        world.tick(70);
        assertThat(world.events).hasSize(2);
    }

    @Test
    void rule8WhatIsSuppressedFromItsOpeningWaitsForItsAnswer() {
        world.maintenance(20, 80).fails(30, 60, "us", "eu");
        world.fails(60, 100, "us", "eu");
        assertThat(told()).containsExactly("OPENED ? null", "UNSUPPRESSED ? null");
        alone(101, 100);
        assertThat(told()).endsWith("UPDATED ! null");
    }

    @Test
    void rule8AnAnswerThatComesWhenItIsHiddenIsTaken() {
        opens();
        world.command(61, "c1", Command.Kind.SNOOZE, 100);
        alone(62, 60);
        world.fails(70, 110, "us", "eu");
        assertThat(told())
                .containsExactly(
                        "OPENED ? null", "SNOOZED ? null", "UPDATED ! null", "UNSUPPRESSED ! null");
    }

    @Test
    void rule8WhatFlapsIsAnswered() {
        int second = world.flaps(30);
        assertThat(told())
                .containsSequence("REOPENED ? null", "FLAPPING_STARTED ? null")
                .noneMatch(said -> said.contains("!"));
        alone(second, second);
        assertThat(told()).endsWith("UPDATED ! null");
        alone(second, second);
        assertThat(told()).filteredOn(said -> said.contains("!")).hasSize(1);
    }
}
