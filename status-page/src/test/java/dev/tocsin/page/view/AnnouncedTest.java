package dev.tocsin.page.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tocsin.page.board.Board;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.TrustedRecords;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the page says of announced work: when it is next, and nothing of what is over.
class AnnouncedTest {
    static {
        TrustedRecords.trust();
    }

    /// A Sunday, 02:00 to 04:00 in Berlin, in winter.
    private static final Instant FIRST = Instant.parse("2026-12-06T01:00:00Z");

    private static final Instant ENDS = Instant.parse("2026-12-06T03:00:00Z");

    private final Board board = new Board();

    private void window(
            String id, Instant from, Instant to, @Nullable String rrule, @Nullable String zone) {
        board.window(
                id,
                MaintenanceWindow.newBuilder()
                        .setWindowId(id)
                        .setTitle(id)
                        .setStartsAt(from)
                        .setEndsAt(to)
                        .setRrule(rrule)
                        .setTimeZone(zone)
                        .build());
    }

    private List<View.Maintenance> at(String now) {
        return Viewer.view("Status", board, Instant.parse(now)).maintenance();
    }

    @Test
    void whatComesAgainIsAnnouncedByItsNextTimeInItsZone() {
        window("backup", FIRST, ENDS, "FREQ=WEEKLY;BYDAY=SU", "Europe/Berlin");
        assertThat(at("2026-12-01T00:00:00Z"))
                .extracting(View.Maintenance::when)
                .containsExactly("2026-12-06 02:00 to 04:00 Europe/Berlin, and again later");
        assertThat(at("2026-12-06T01:00:00Z"))
                .extracting(View.Maintenance::when)
                .containsExactly("2026-12-06 02:00 to 04:00 Europe/Berlin, now, and again later");
        // In summer it begins at midnight UTC, and at two all the same.
        assertThat(at("2027-07-01T00:00:00Z"))
                .extracting(View.Maintenance::startsAt, View.Maintenance::when)
                .containsExactly(
                        tuple(
                                Instant.parse("2027-07-04T00:00:00Z"),
                                "2027-07-04 02:00 to 04:00 Europe/Berlin, and again later"));
    }

    @Test
    void theLastTimeSaysThatItIsAndAfterItNothingIsAnnounced() {
        window("twice", FIRST, ENDS, "FREQ=WEEKLY;COUNT=2", null);
        window("until", FIRST, ENDS, "FREQ=WEEKLY;UNTIL=20261214T000000Z", null);
        assertThat(at("2026-12-06T03:00:00Z"))
                .extracting(View.Maintenance::id, View.Maintenance::when)
                .containsExactly(
                        tuple("twice", "2026-12-13 01:00 to 03:00 UTC"),
                        tuple("until", "2026-12-13 01:00 to 03:00 UTC"));
        assertThat(at("2026-12-13T02:59:59Z")).hasSize(2).allMatch(View.Maintenance::now);
        assertThat(at("2026-12-13T03:00:00Z")).isEmpty();
    }

    @Test
    void whatComesOnceIsAnnouncedUntilItIsOverTheNextFirst() {
        window("b", FIRST, ENDS.plusSeconds(86_400), null, null);
        window("a", FIRST.plusSeconds(60), ENDS, null, null);
        assertThat(at("2026-12-06T01:00:30Z"))
                .extracting(View.Maintenance::when)
                .containsExactly(
                        "2026-12-06 01:00 to 2026-12-07 03:00 UTC, now",
                        "2026-12-06 01:01 to 03:00 UTC");
        assertThat(at("2026-12-07T03:00:00Z")).isEmpty();
    }
}
