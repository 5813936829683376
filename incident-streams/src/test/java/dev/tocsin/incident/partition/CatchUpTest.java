package dev.tocsin.incident.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class CatchUpTest {
    private final CatchUp catchUp = new CatchUp();

    private static Instant at(double second) {
        return Instant.EPOCH.plusMillis((long) (1000 * (1_000_000 + second)));
    }

    private boolean told(double decided, double told) {
        return catchUp.holds(at(decided), at(told));
    }

    @Test
    void whatComesInTimeIsNotHeld() {
        assertThat(told(0, 5)).isFalse();
        assertThat(told(10, 9)).isFalse();
        catchUp.advance(at(100));
        assertThat(catchUp.holding()).isFalse();
        assertThat(catchUp.over()).isFalse();
    }

    @Test
    void whatIsLateIsHeldUntilNothingLateHasComeForThreeSeconds() {
        assertThat(told(0, 5.001)).isTrue();
        assertThat(told(2, 7.5)).isTrue();
        assertThat(told(9, 9)).as("in time, but behind what is held").isTrue();
        catchUp.advance(at(10.499));
        assertThat(catchUp.over()).isFalse();
        catchUp.advance(at(10.5));
        assertThat(catchUp.over()).isTrue();
        catchUp.taken();
        assertThat(catchUp.over()).isFalse();
        assertThat(told(10, 11)).isFalse();
    }

    @Test
    void nothingIsHeldForMoreThanEightSeconds() {
        for (double now = 100; now < 108; now += 0.5) {
            assertThat(told(now - 50, now)).isTrue();
            assertThat(catchUp.over()).as("%s", now).isFalse();
        }
        assertThat(told(57, 108)).isTrue();
        assertThat(catchUp.over()).isTrue();
        catchUp.taken();
        assertThat(told(58, 109)).isTrue();
        assertThat(catchUp.over()).isFalse();
    }

    /// The partition itself is behind, too: its ticks are old.
    @Test
    void oldTicksEndNothing() {
        told(0, 100);
        catchUp.advance(at(20));
        assertThat(catchUp.over()).isFalse();
        catchUp.advance(at(103));
        assertThat(catchUp.over()).isTrue();
    }

    @Test
    void whatATaskBeganWithIsHeldAsIfItHadJustCome() {
        catchUp.resume();
        assertThat(catchUp.holding()).isTrue();
        assertThat(catchUp.over()).isFalse();
        catchUp.advance(at(20));
        assertThat(told(99, 100)).as("in time").isTrue();
        assertThat(catchUp.over()).isFalse();
        assertThat(told(101, 102.999)).isTrue();
        assertThat(catchUp.over()).isFalse();
        assertThat(told(101, 103)).isTrue();
        assertThat(catchUp.over()).isTrue();
    }

    @Test
    void ifNothingElseIsToldTicksEndWhatATaskBeganWith() {
        catchUp.resume();
        catchUp.advance(at(20));
        catchUp.advance(at(22.999));
        assertThat(catchUp.over()).isFalse();
        catchUp.advance(at(23));
        assertThat(catchUp.over()).isTrue();
        catchUp.taken();
        assertThat(catchUp.holding()).isFalse();
    }
}
