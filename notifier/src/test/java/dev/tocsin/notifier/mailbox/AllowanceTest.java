package dev.tocsin.notifier.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowanceTest {
    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");
    private static final Duration EACH = Duration.ofSeconds(12);

    @ParameterizedTest
    @CsvSource({
        "2,11,2,0",
        "2,12,3,12",
        "2,35,4,24",
        "2,36,5,36",
        "2,40,5,40",
        "5,7,5,7",
        "4,12,5,12"
    })
    void oneMoreMayBeSentEachTwelveSecondsUpToAHandful(int left, int seconds, int then, int at) {
        assertThat(new Allowance(left, START).refilled(START.plusSeconds(seconds), 5, EACH))
                .isEqualTo(new Allowance(then, START.plusSeconds(at)));
    }

    @Test
    void aClockThatGoesBackGivesNothing() {
        var two = new Allowance(2, START);
        assertThat(two.refilled(START.minusSeconds(60), 5, EACH)).isEqualTo(two);
    }
}
