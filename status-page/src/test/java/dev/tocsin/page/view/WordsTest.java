package dev.tocsin.page.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the page says, word by word.
class WordsTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:20:30.987Z");

    private static View view(long ageSeconds) {
        return new View(
                "Status",
                NOW,
                NOW,
                ageSeconds,
                NOW,
                false,
                Status.OPERATIONAL,
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    private static View.Incident incident(
            boolean open, @Nullable Instant ended, int times, boolean maintenance) {
        return incident(open, NOW.minusSeconds(600), ended, 0, times, maintenance);
    }

    private static View.Incident incident(
            boolean open,
            Instant since,
            @Nullable Instant ended,
            long failingMs,
            int times,
            boolean maintenance) {
        return new View.Incident(
                "i1",
                "Shop",
                Status.MAJOR_OUTAGE,
                open,
                null,
                "critical",
                NOW.minusSeconds(600),
                since,
                ended,
                failingMs,
                List.of("Store"),
                List.of("eu", "us"),
                List.of(),
                times,
                maintenance,
                List.of());
    }

    @Test
    void aTimeSaysItsDayWhereThatIsNotToday() {
        var view = view(3);
        assertThat(view.time(null)).isEqualTo("never");
        assertThat(view.time(NOW.minusSeconds(60))).isEqualTo("10:19:30 UTC");
        assertThat(view.time(NOW.minusSeconds(86_400))).isEqualTo("2026-11-23 10:20:30 UTC");
        assertThat(view.age()).isEqualTo("3 s");
        assertThat(view.percent(null)).isEqualTo("no data");
    }

    @Test
    void anIncidentSaysSinceWhenUntilWhenForHowLongAndHowOften() {
        var view = view(0);
        assertThat(view.when(incident(true, null, 1, false))).isEqualTo("Since 10:10:30 UTC");
        assertThat(view.when(incident(true, null, 2, true)))
                .isEqualTo("Since 10:10:30 UTC; number 2 in 30 days; announced maintenance");
        assertThat(view.when(incident(false, NOW.minusSeconds(480), 1, false)))
                .isEqualTo("Since 10:10:30 UTC, until 10:12:30 UTC (2 min)");
        assertThat(view.where(incident(true, null, 1, false))).isEqualTo("Failing in eu, us");
        assertThat(view.where(incident(false, NOW, 1, false))).isEqualTo("Failed in eu, us");
    }

    @Test
    void anIncidentThatReopenedSaysSinceWhenItFailsAndHowLongItDidInAll() {
        var view = view(0);
        var again = NOW.minusSeconds(60);
        assertThat(view.when(incident(true, again, null, 90_000, 1, false)))
                .isEqualTo("Since 10:19:30 UTC, the first time 10:10:30 UTC");
        assertThat(view.when(incident(false, again, NOW, 120_000, 1, false)))
                .isEqualTo("Since 10:10:30 UTC, until 10:20:30 UTC (failing 2 min in all)");
        assertThat(view.when(incident(false, NOW.minusSeconds(600), NOW, 600_000, 1, false)))
                .isEqualTo("Since 10:10:30 UTC, until 10:20:30 UTC (10 min)");
    }

    @ParameterizedTest
    @CsvSource({
        "OPERATIONAL, UNKNOWN, UNKNOWN",
        "MAJOR_OUTAGE, PARTIAL_OUTAGE, MAJOR_OUTAGE",
        "OPERATIONAL, UNDER_MAINTENANCE, UNDER_MAINTENANCE"
    })
    void theWorseOfTwoIsSaid(Status one, Status other, Status worse) {
        assertThat(one.worse(other)).isEqualTo(worse);
        assertThat(other.worse(one)).isEqualTo(worse);
    }
}
