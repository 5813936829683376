package dev.tocsin.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.CheckHour;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.TrustedRecords;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HourCountsTest {
    static {
        TrustedRecords.trust();
    }

    private static final Instant TEN = Instant.parse("2026-11-24T10:00:00Z");
    private final HourCounts counts = new HourCounts();

    private void result(int second, Outcome outcome, long micros) {
        counts.count(
                Results.made(second, TEN.plusSeconds(second))
                        .setDurationUs(micros)
                        .setOutcome(outcome)
                        .build());
    }

    private Map<String, CheckHour> tell(boolean taken) {
        var told = new HashMap<String, CheckHour>();
        counts.tell(
                TEN,
                (key, hour) -> {
                    told.put(key, hour);
                    return taken;
                });
        return told;
    }

    @Test
    void anHourIsRewrittenAsItGoesOnAndToldOnlyWhenItChanged() {
        result(1, Outcome.PASS, 900);
        result(2, Outcome.FAIL, 5_000_000);
        var key = "shop|us|us-1|7|2026-11-24T10:00:00Z";
        assertThat(tell(true))
                .hasEntrySatisfying(
                        key,
                        hour ->
                                assertThat(hour.getOutcomes())
                                        .isEqualTo(Map.of("PASS", 1L, "FAIL", 1L)));
        assertThat(tell(true)).isEmpty();
        result(3, Outcome.PASS, 1_500);
        result(3600, Outcome.PASS, 1_500);
        var told = tell(true);
        assertThat(told).hasSize(2);
        assertThat(told)
                .hasEntrySatisfying(
                        key,
                        hour -> {
                            assertThat(hour.getOutcomes())
                                    .isEqualTo(Map.of("PASS", 2L, "FAIL", 1L));
                            assertThat(
                                            hour.getLatency().stream()
                                                    .map(b -> b.getLeUs() + " " + b.getCount()))
                                    .containsExactly("1000 1", "2000 1");
                        });
    }

    @Test
    void whatCouldNotBeToldIsToldLater() {
        result(1, Outcome.PASS, 900);
        assertThat(tell(false)).hasSize(1);
        assertThat(tell(true)).hasSize(1);
        assertThat(tell(true)).isEmpty();
    }

    @Test
    void whoCountsDoesNotWaitForWhatIsBeingTold() {
        result(1, Outcome.PASS, 900);
        counts.tell(
                TEN,
                (_, _) -> {
                    CompletableFuture.runAsync(() -> result(2, Outcome.PASS, 900))
                            .orTimeout(10, TimeUnit.SECONDS)
                            .join();
                    return true;
                });
        assertThat(tell(true).values())
                .extracting(CheckHour::getOutcomes)
                .containsExactly(Map.of("PASS", 2L));
    }

    @Test
    void afterOneThatCouldNotBeToldTheOthersWaitForTheNextTime() {
        result(1, Outcome.PASS, 900);
        result(3600, Outcome.PASS, 900);
        assertThat(tell(false)).hasSize(1);
        assertThat(tell(true)).hasSize(2);
    }

    /// Issue 15: after three hours without Kafka they were gone.
    @Test
    void whatWasNotToldIsNotForgottenHoweverLongItTakes() {
        result(1, Outcome.PASS, 900);
        assertThat(tell(false)).hasSize(1);
        counts.tell(TEN.plusSeconds(86_400), (_, _) -> false);
        assertThat(tell(true)).hasSize(1);
        counts.tell(TEN.plusSeconds(86_400), (_, _) -> false);
        result(2, Outcome.MISSED, 0);
        assertThat(tell(true)).as("it would overwrite what was told").isEmpty();
        result(3_600, Outcome.MISSED, 0);
        assertThat(tell(true)).hasSize(1);
    }

    /// As after the clock was set back.
    @Test
    void anHourThatIsStillKnownGoesOn() {
        result(1, Outcome.PASS, 900);
        result(3_600, Outcome.PASS, 900);
        assertThat(tell(true)).hasSize(2);
        counts.tell(TEN.plusSeconds(4 * 3_600 - 1), (_, _) -> true);
        result(3_601, Outcome.PASS, 900);
        assertThat(tell(true).values())
                .extracting(CheckHour::getOutcomes)
                .containsExactly(Map.of("PASS", 2L));
        result(2, Outcome.PASS, 900);
        assertThat(tell(true)).isEmpty();
    }

    @Test
    void aBoundBelongsToItsBucket() {
        result(1, Outcome.PASS, 1_000);
        result(2, Outcome.DEGRADED, 1_001);
        result(3, Outcome.PASS, 90_000_000);
        assertThat(tell(true).values().iterator().next().getLatency())
                .extracting(b -> b.getLeUs() + " " + b.getCount())
                .containsExactly("1000 1", "2000 1", Long.MAX_VALUE + " 1");
    }
}
