package dev.tocsin.notifier.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.mailbox.DeliveryResult.Rejected;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryCurveTest {
    @ParameterizedTest
    @CsvSource({
        "1,0,2000",
        "2,0,5000",
        "2,1,6000",
        "2,-1,4000",
        "16,0,28800000",
        "17,0.5,31680000"
    })
    void aPauseIsTheStepAndAFifthOfItMoreOrLess(int made, double jitter, long millis) {
        assertThat(RetryCurve.pause(new Retry(503, "", null), made, jitter))
                .isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({"1,120", "2,600", "3,1800", "4,3600", "40,3600"})
    void whatIsSetUpWrongIsTriedMoreSlowly(int made, long seconds) {
        assertThat(RetryCurve.pause(new Rejected(401, "", false), made, 0))
                .isEqualTo(Duration.ofSeconds(seconds));
    }
}
