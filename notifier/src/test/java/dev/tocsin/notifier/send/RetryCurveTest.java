package dev.tocsin.notifier.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.channel.DeliveryResult.Rejected;
import dev.tocsin.notifier.channel.DeliveryResult.Retry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryCurveTest {
    @Test
    void theRetryCurveIsDenseThenLongThenEnds() {
        var retry = new Retry(503, "", null);
        assertThat(RetryCurve.next(retry, 1, 0)).contains(Duration.ofSeconds(2));
        assertThat(RetryCurve.next(retry, 1, 1)).contains(Duration.ofMillis(2400));
        assertThat(RetryCurve.next(retry, 16, 0)).contains(Duration.ofHours(8));
        assertThat(RetryCurve.next(retry, 17, 0)).isEmpty();
        assertThat(RetryCurve.next(new Retry(429, "", Duration.ofSeconds(7)), 3, 1))
                .contains(Duration.ofSeconds(7));
        assertThat(RetryCurve.next(new Rejected(400, "", false), 2, 0))
                .contains(Duration.ofMinutes(8));
        assertThat(RetryCurve.next(new Rejected(400, "", false), 3, 0)).isEmpty();
        assertThat(RetryCurve.next(new Rejected(410, "", true), 1, 0)).isEmpty();
    }
}
