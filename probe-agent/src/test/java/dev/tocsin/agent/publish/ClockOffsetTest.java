package dev.tocsin.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClockOffsetTest {
    private static final long MS = 1_000_000;

    @Test
    void theClockOffsetIsThatOfTheQuickestAnswer() {
        var offset = new ClockOffset();
        offset.sample(1000, 3010, 1000 * MS, 1020 * MS);
        offset.sample(2000, 4500, 2000 * MS, 3000 * MS);
        assertThat(offset.value()).isEqualTo(Duration.ofSeconds(2));
    }

    /// Measured by the wall clock, a step back made a round trip of no time, and an offset that no later sample could better.
    @Test
    void aClockThatIsSetCostsNoMoreThanOneSample() {
        var offset = new ClockOffset();
        offset.sample(600_000, 600_001, 1000 * MS, 1001 * MS);
        assertThat(offset.value()).isZero();
        offset.sample(1000, 601_050, 2000 * MS, 2100 * MS);
        assertThat(offset.value()).isEqualTo(Duration.ofMinutes(10));
    }
}
