package dev.tocsin.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WaitsTest {
    private static final Instant START = Instant.parse("2026-11-26T00:00:00Z");
    private Instant now = START;

    private Waits waits(Instant end) {
        return new Waits(end, Duration.ofSeconds(60), () -> now, time -> now = now.plus(time));
    }

    @Test
    void aStepThatIsDisturbedSaysWhatItWaitedFor() {
        assertThatThrownBy(() -> waits(Instant.MAX).until("the outage to open", () -> false))
                .isInstanceOf(Waits.DisturbedException.class)
                .hasMessage("waited 60 s in vain for the outage to open");
        assertThat(now).isBetween(START.plusSeconds(60), START.plusSeconds(61));
    }

    @Test
    void goesOnWhenItIsSoAndWhenTheDayIsOver() throws Exception {
        var looks = new AtomicInteger();
        waits(Instant.MAX).until("it", () -> looks.incrementAndGet() == 3);
        assertThat(now).isEqualTo(START.plusMillis(200));
        waits(START.plusSeconds(5)).until("it", () -> false);
        assertThat(now).isBetween(START.plusSeconds(5), START.plusSeconds(6));
    }

    @Test
    void aPauseEndsWithTheDay() throws Exception {
        waits(START.plusSeconds(3)).pause(Duration.ofSeconds(30));
        waits(START.plusSeconds(3)).toTheEnd();
        assertThat(now).isEqualTo(START.plusSeconds(3));
    }
}
