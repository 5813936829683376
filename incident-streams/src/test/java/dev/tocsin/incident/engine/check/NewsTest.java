package dev.tocsin.incident.engine.check;

import static dev.tocsin.incident.engine.check.Vote.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.Command;
import org.junit.jupiter.api.Test;

/// What a group hears of: that by which it judges, and nothing else.
class NewsTest {
    private final World world = World.of("us", "eu", "ap").rounds(0, 30, UP);

    private void down() {
        world.fails(30, 60, "us", "eu");
    }

    private boolean last() {
        return world.events.getLast().news();
    }

    @Test
    void itOpens() {
        down();
        assertThat(world.told()).containsExactly("OPENED DOWN");
        assertThat(last()).isTrue();
    }

    @Test
    void whatPeopleDoIsNone() {
        down();
        world.command(61, "c1", Command.Kind.ACK, 0);
        assertThat(world.told()).endsWith("ACKNOWLEDGED DOWN");
        assertThat(last()).isFalse();
        world.command(62, "c2", Command.Kind.ANNOTATE, 0);
        assertThat(last()).isFalse();
    }

    @Test
    void thatItIsPartOfAnOutageIsNone() {
        down();
        var id = world.incident().id();
        world.apply(new Input.Joined(World.START.plusSeconds(61), id, "o1", World.START));
        assertThat(world.events.getLast().incident().context().outageId()).isNull(); // of before
        world.apply(
                new Input.Joined(
                        World.START.plusSeconds(62), id, "o1", World.START.plusSeconds(62)));
        assertThat(world.events.getLast().incident().context().outageId()).isEqualTo("o1");
        assertThat(last()).isFalse();
    }

    @Test
    void thatItIsHiddenIs() {
        down();
        world.command(61, "c1", Command.Kind.SNOOZE, 100);
        assertThat(world.told()).endsWith("SNOOZED DOWN");
        assertThat(last()).isTrue();
    }

    @Test
    void anotherRegionIs() {
        down();
        world.fails(60, 100, "us", "eu", "ap");
        assertThat(world.told()).endsWith("UPDATED DOWN");
        assertThat(last()).isTrue();
    }

    @Test
    void theCloseIs() {
        down();
        world.fails(60, 120);
        assertThat(world.told()).endsWith("CLOSED DOWN");
        assertThat(last()).isTrue();
        world.fails(120, 150, "us", "eu");
        assertThat(world.told()).endsWith("REOPENED DOWN");
        assertThat(last()).isTrue();
    }

    @Test
    void whatUsersSayIsNone() {
        down();
        world.reported(70, 12);
        assertThat(world.events.getLast().reason()).contains("reported by 12 users");
        assertThat(last()).isFalse();
    }
}
