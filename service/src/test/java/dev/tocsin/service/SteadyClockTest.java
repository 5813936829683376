package dev.tocsin.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");

    private Instant wall = START;
    private long nanos = 17;
    private final SteadyClock clock = new SteadyClock(() -> wall, () -> nanos);

    private void pass(Duration time) {
        wall = wall.plus(time);
        nanos += time.toNanos();
    }

    @Test
    void itGoesWithTheMachinesClock() {
        pass(Duration.ofHours(1));
        assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofHours(1)));
    }

    @Test
    void aStepBackIsFollowedSlowlyAndItNeverStepsBackItself() {
        wall = wall.minus(Duration.ofMinutes(10));
        assertThat(clock.instant()).isEqualTo(START);
        pass(Duration.ofSeconds(100));
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(99));
        for (int i = 0; i < 1000; i++) {
            pass(Duration.ofMinutes(10));
            clock.instant();
        }
        assertThat(clock.instant()).isEqualTo(wall);
    }

    @Test
    void aLeapOfADayIsFollowedSlowlyToo() {
        wall = wall.plus(Duration.ofDays(1));
        pass(Duration.ofSeconds(100));
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(101));
    }
}
