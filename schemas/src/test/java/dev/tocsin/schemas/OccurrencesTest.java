package dev.tocsin.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OccurrencesTest {
    private static Occurrences daily(String rrule) {
        var start = Instant.parse("2026-10-01T00:15:00Z"); // 02:15 in Berlin
        return Occurrences.of(
                MaintenanceWindow.newBuilder()
                        .setWindowId("w")
                        .setTitle("w")
                        .setStartsAt(start)
                        .setEndsAt(start.plus(Duration.ofHours(1)))
                        .setTimeZone("Europe/Berlin")
                        .setRrule(rrule)
                        .build());
    }

    /// The hour from two to three comes twice that night.
    @Test
    void aWindowGoesOnAlsoInTheNightThatHasAnHourTwice() {
        var times = daily("FREQ=DAILY");
        var first = times.endingAfter(Instant.parse("2026-10-25T00:00:00Z"));
        assertThat(first).isNotNull();
        for (var now = first.startsAt();
                now.isBefore(first.endsAt());
                now = now.plus(Duration.ofMinutes(1))) {
            assertThat(times.endingAfter(now)).as(now.toString()).isEqualTo(first);
        }
        var next = times.endingAfter(first.endsAt());
        assertThat(next).isNotNull();
        assertThat(next.startsAt()).isEqualTo(Instant.parse("2026-10-26T01:15:00Z"));
    }

    @Test
    void whatIsCountedOneByOneIsNotWithoutEnd() {
        assertThatThrownBy(() -> daily("FREQ=HOURLY;COUNT=1000000000"))
                .hasMessageContaining("more than 10000 times: say UNTIL");
        assertThat(daily("FREQ=DAILY;COUNT=3").endingAfter(Instant.parse("2026-10-04T03:00:00Z")))
                .isNull();
    }
}
