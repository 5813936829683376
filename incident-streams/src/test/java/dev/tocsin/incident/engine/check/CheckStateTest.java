package dev.tocsin.incident.engine.check;

import static dev.tocsin.incident.engine.check.Vote.DOWN;
import static dev.tocsin.incident.engine.check.Vote.UP;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What is known of a check, as those ask for it that keep it.
class CheckStateTest {

    private static World well() {
        return World.of("us", "eu", "ap").rounds(0, 30, UP);
    }

    @Test
    void whoFailsAlone() {
        assertThat(well().state.failsAlone()).isNull();
        var one = well().fails(30, 60, "us").state;
        assertThat(one.failsAlone()).isEqualTo("us");
        assertThat(one.failingSince("us")).isEqualTo(World.START.plusSeconds(30));
        assertThat(well().fails(30, 60, "us", "eu").state.failsAlone()).isNull();
    }

    @Test
    void whatIsUnderWay() {
        assertThat(well().state.busy()).isFalse();
        assertThat(well().vote(30, "us", DOWN).state.busy()).as("a failure").isTrue();
        var open = well().fails(30, 60, "us", "eu", "ap");
        open.fails(60, 80);
        assertThat(open.state.regions().values()).allMatch(Region::quiet);
        assertThat(open.state.busy()).as("an open incident").isTrue();
        open.rounds(80, 110, UP);
        assertThat(open.told()).endsWith("CLOSED DOWN");
        assertThat(open.state.busy()).as("a closed one").isFalse();
        assertThat(well().tick(61).state.busy()).as("a countdown of silence").isTrue();
    }

    @Test
    void whenItWasHeardIsAddedAndTakenAway() {
        var state = well().state;
        assertThat(state.unheard()).isSameAs(CheckState.EMPTY);
        long[] heard = {World.START.plusSeconds(99).toEpochMilli(), 0, 1};
        var with = state.heard(List.of("us", "eu", "ap"), heard);
        assertThat(with.lastHeard("us")).isEqualTo(World.START.plusSeconds(99));
        assertThat(with.lastHeard("eu")).as("no news").isEqualTo(World.START.plusSeconds(20));
        assertThat(with.lastHeard("ap")).as("older news").isEqualTo(World.START.plusSeconds(20));
        assertThat(CheckState.EMPTY.heard(List.of("us"), new long[1]).regions()).isEmpty();
    }

    @Test
    void nothingIsKeptOfWhatEndedLongAgo() {
        var world = well().fails(30, 60, "us", "eu", "ap").fails(60, 110).tick(110);
        assertThat(world.told()).endsWith("CLOSED DOWN");
        var forgotten = world.state.forgotten();
        assertThat(forgotten.incident()).isNull();
        assertThat(forgotten.turns()).isEmpty();
        assertThat(forgotten.regions()).isEqualTo(world.state.regions());
    }

    @Test
    void aFailureSaysNothingMoreOnceItsRegionIsPartOfWhatWasTold() {
        var partial = well().fails(30, 60, "us");
        assertThat(partial.state.settled("us")).as("counted, and time alone decides").isTrue();
        assertThat(partial.state.settled("xx")).as("of no region that votes").isFalse();
        partial.vote(60, "us", UP);
        assertThat(partial.state.settled("us")).as("the next failure may decide").isFalse();
        var down = well().fails(30, 60, "us", "eu");
        assertThat(down.state.settled("us")).isTrue();
        assertThat(down.state.settled("ap")).as("it does not fail").isFalse();
        down.vote(60, "us", UP).vote(60, "eu", DOWN);
        assertThat(down.state.settled("eu")).as("it is down whatever follows").isTrue();
    }

    @Test
    void afterALostRegionIsBackItsFailureIsNews() {
        var world = well().fails(30, 60, "us", "eu", "ap").tick(62);
        world.vote(70, "us", DOWN).vote(70, "eu", DOWN).tick(85);
        world.vote(90, "us", DOWN).vote(90, "eu", DOWN).tick(95);
        assertThat(world.incident().places().lost()).containsExactly("ap");
        assertThat(world.state.settled("ap")).isFalse();
        assertThat(world.state.settled("us")).isTrue();
    }

    @Test
    void whatARestartMustKnow() {
        var state = well().fails(30, 60, "us").state;
        assertThat(state.remembersAs(state)).isTrue();
        assertThat(well().state.remembersAs(state)).isFalse();
        assertThat(state.remembersAs(well().state)).isFalse();
        var more = well();
        more.fails(30, 60, "us").vote(60, "us", DOWN);
        assertThat(more.state.remembersAs(state)).as("one more failure").isTrue();
        var late = state.withLate("eu", state.region("us"));
        assertThat(late.remembersAs(state)).isFalse();
        assertThat(state.remembersAs(late)).isFalse();
        var later = state.withLate("eu", well().vote(30, "us", DOWN).state.region("us"));
        assertThat(later.remembersAs(late)).isFalse();
        assertThat(state.counting(null, null).remembersHeadAs(state)).isFalse();
        assertThat(
                        state.with(List.of(new dev.tocsin.incident.engine.Turn(World.START, true)))
                                .remembersHeadAs(state))
                .isFalse();
    }
}
