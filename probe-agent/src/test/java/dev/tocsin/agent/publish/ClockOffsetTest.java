package dev.tocsin.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClockOffsetTest {
    @Test
    void theClockOffsetIsThatOfTheQuickestAnswer() {
        var offset = new ClockOffset();
        offset.sample(1000, 3010, 1020);
        offset.sample(2000, 4500, 3000);
        assertThat(offset.value()).isEqualTo(Duration.ofSeconds(2));
    }
}
