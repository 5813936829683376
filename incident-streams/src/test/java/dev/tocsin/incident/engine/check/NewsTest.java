package dev.tocsin.incident.engine.check;

import static dev.tocsin.incident.engine.check.Vote.DOWN;
import static dev.tocsin.incident.engine.check.Vote.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.Command;
import java.util.List;
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

    private List<String> asides() {
        return world.asides.stream()
                .map(aside ->
                        aside.known().incident().heard()
                                + " at "
                                + (aside.known().at().getEpochSecond()
                                        - World.START.getEpochSecond()))
                .toList();
    }

    @Test
    void thatItPassesIsToldAsideBeforeItIsToldAndThatItFailsAgain() {
        down();
        world.all(60, UP).all(65, UP);
        assertThat(asides()).containsExactly("PASSES at 60");
        assertThat(world.told()).containsExactly("OPENED DOWN");
        world.vote(70, "us", DOWN).vote(73, "us", DOWN);
        assertThat(asides()).hasSize(1);
        world.vote(76, "us", DOWN);
        assertThat(asides()).containsExactly("PASSES at 60", "FAILS at 76");
        world.fails(80, 130);
        assertThat(world.told()).endsWith("CLOSED DOWN");
        assertThat(asides()).containsExactly("PASSES at 60", "FAILS at 76", "PASSES at 80");
        assertThat(world.asides.stream().map(Aside::id)).doesNotHaveDuplicates();
    }

    @Test
    void whereOneRegionFailsItDoesNotPass() {
        down();
        world.fails(60, 200, "us");
        assertThat(asides()).isEmpty();
    }

    /// Its failures are those of before.
    @Test
    void whoPassesWhereItIsHeardPassesWhileAnotherRegionIsStillToBeHeard() {
        down();
        world.state = world.state.unheard();
        world.resumed(100);
        for (int second = 100; second < 130; second += 10) {
            world.vote(second, "us", UP).vote(second, "ap", UP).tick(second);
        }
        assertThat(asides()).containsExactly("PASSES at 100");
        world.vote(121, "eu", UP);
        assertThat(asides()).as("one pass is no failure").hasSize(1);
    }

    @Test
    void whatIsHeardNowhereIsWhatItWas() {
        down();
        world.state = world.state.unheard();
        world.resumed(100).tick(110).tick(131).tick(200);
        assertThat(asides()).isEmpty();
    }

    /// Nobody but the clock sees that: what its group decides until then still takes it for failing.
    @Test
    void whereAloneAVoteOfABacklogFailsItPassesWithTheTickThatFindsItOld() {
        down();
        world.state = world.state.unheard();
        world.resumed(85).vote(86, "us", UP).vote(60, 87, "eu", DOWN, "late");
        assertThat(asides()).containsExactly("PASSES at 86", "FAILS at 87");
        assertThat(world.deadline).isEqualTo(World.START.plusSeconds(90).plusMillis(1));
        world.tick(90);
        assertThat(asides()).hasSize(2);
        world.tick(91);
        assertThat(asides()).containsExactly("PASSES at 86", "FAILS at 87", "PASSES at 91");
    }
}
