package dev.tocsin.incident.engine.check;

import static dev.tocsin.incident.engine.check.Vote.DEGRADED;
import static dev.tocsin.incident.engine.check.Vote.DOWN;
import static dev.tocsin.incident.engine.check.Vote.UP;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// When a result is only heard, to the millisecond. That nothing is lost by it [SeededHistoriesTest] shows.
class ExpectedTest {
    private static final long NOW = 1_000_000;

    private static final Patience PATIENCE =
            new Patience(List.of("us", "eu"), 50_000, 30_000, 600_000);

    private static boolean isPass(Expected expected, long last, long at) {
        return expected.is(UP, "", last, at, NOW, PATIENCE);
    }

    private static boolean isFailure(Expected expected, long last, long at) {
        return expected.is(DOWN, "CONNECT refused", last, at, NOW, PATIENCE);
    }

    private static Expected fails(boolean told) {
        return new Expected(false, true, told, Long.MIN_VALUE, "CONNECT refused: by 203.0.113.7");
    }

    @Test
    void aPassWhereAllIsWell() {
        assertThat(isPass(Expected.WELL, 0, NOW)).isTrue();
        assertThat(isPass(Expected.WELL, 0, NOW + 1)).as("from the future").isFalse();
        assertThat(isPass(Expected.WELL, 0, NOW - 600_000)).isTrue();
        assertThat(isPass(Expected.WELL, 0, NOW - 600_001)).as("too old").isFalse();
        assertThat(isPass(Expected.WELL, NOW, NOW - 50_000)).isTrue();
        assertThat(isPass(Expected.WELL, NOW, NOW - 50_001)).as("too late").isFalse();
        assertThat(isFailure(Expected.WELL, NOW, NOW)).isFalse();
        assertThat(Expected.WELL.is(DEGRADED, "", NOW, NOW, NOW, PATIENCE)).isFalse();
        assertThat(isPass(fails(true), NOW, NOW)).isFalse();
    }

    @Test
    void nothingBeforeWhatIsSettled() {
        var settled = new Expected(true, false, false, NOW - 10, "");
        assertThat(isPass(settled, 0, NOW - 10)).isFalse();
        assertThat(isPass(settled, 0, NOW - 9)).isTrue();
    }

    @Test
    void aFailureInOrderOfARegionWhoseFailureWasTold() {
        assertThat(isFailure(fails(true), NOW - 10_000, NOW)).isTrue();
        assertThat(isFailure(fails(true), NOW, NOW)).isTrue();
        assertThat(isFailure(fails(true), NOW, NOW - 1)).as("out of order").isFalse();
        assertThat(isFailure(fails(true), 0, NOW)).as("never heard").isFalse();
        assertThat(isFailure(fails(true), NOW - 30_000, NOW)).isTrue();
        assertThat(isFailure(fails(true), NOW - 30_001, NOW)).as("after a gap").isFalse();
        assertThat(isFailure(fails(false), NOW - 10_000, NOW)).as("still to be told").isFalse();
        assertThat(fails(true).is(DOWN, "DNS nxdomain", NOW, NOW, NOW, PATIENCE))
                .as("of another failure")
                .isFalse();
        assertThat(fails(true).is(DEGRADED, "", NOW, NOW, NOW, PATIENCE)).isFalse();
    }

    @Test
    void aFailureOfARegionThatWasSilentAndStillIs() {
        assertThat(isFailure(fails(false), NOW - 40_000, NOW - 30_001)).isTrue();
        assertThat(isFailure(fails(false), NOW - 40_000, NOW - 30_000)).isFalse();
        assertThat(isFailure(fails(true), NOW - 40_000, NOW - 30_000))
                .as("it votes again with that")
                .isFalse();
    }

    @Test
    void whatIsExpectedFollowsFromTheState() {
        var world = World.of("us", "eu").rounds(0, 30, UP);
        assertThat(Expected.of(world.state, "us").pass()).isTrue();
        world.vote(30, "us", DOWN);
        assertThat(Expected.of(world.state, "us").pass()).as("a streak may begin").isFalse();
        assertThat(Expected.of(world.state, "eu").pass()).isTrue();
        world.rounds(40, 100, DOWN);
        assertThat(Expected.of(world.state, "us"))
                .isEqualTo(new Expected(false, true, true, Long.MIN_VALUE, "CONNECT refused"));
        world.rounds(100, 150, UP);
        assertThat(Expected.of(world.state, "us").settledMs())
                .isEqualTo(World.START.plusSeconds(110).toEpochMilli());
    }
}
