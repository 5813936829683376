package dev.tocsin.incident.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.schemas.MaintenanceWindow;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Rule 7: windows that come once, and windows that come again.
class MaintenanceTest {
    private static MaintenanceWindow window(
            String from, String to, @Nullable String rrule, @Nullable String zone) {
        return MaintenanceWindow.newBuilder()
                .setWindowId("nightly")
                .setTitle("Nightly")
                .setStartsAt(Instant.parse(from))
                .setEndsAt(Instant.parse(to))
                .setRrule(rrule)
                .setTimeZone(zone)
                .build();
    }

    private static boolean covers(MaintenanceWindow window, String at) {
        return Maintenance.schedule(window).covers(Instant.parse(at));
    }

    @Test
    void rule7AWeeklyWindowStaysAtItsTimeOfTheDaySummerAndWinter() {
        // Sundays at 02:30 in Berlin, for an hour; first on a day in winter.
        var weekly =
                window(
                        "2026-01-04T01:30:00Z",
                        "2026-01-04T02:30:00Z",
                        "FREQ=WEEKLY;BYDAY=SU",
                        "Europe/Berlin");
        assertThat(covers(weekly, "2026-01-04T01:30:00Z")).isTrue();
        assertThat(covers(weekly, "2026-01-04T02:30:00Z")).isFalse();
        assertThat(covers(weekly, "2026-01-03T01:45:00Z")).isFalse();
        assertThat(covers(weekly, "2026-07-05T00:45:00Z")).isTrue();
        assertThat(covers(weekly, "2026-07-05T01:45:00Z")).isFalse();
        assertThat(covers(weekly, "2036-07-06T00:45:00Z")).isTrue();
        var schedule = Maintenance.schedule(weekly);
        assertThat(schedule.nextChange(Instant.parse("2026-07-01T00:00:00Z")))
                .isEqualTo(Instant.parse("2026-07-05T00:30:00Z"));
        assertThat(schedule.nextChange(Instant.parse("2026-07-05T00:45:00Z")))
                .isEqualTo(Instant.parse("2026-07-05T01:30:00Z"));
    }

    @Test
    void aRuleIsReadAnewOnlyWhenItMayHaveEnded() {
        var twice =
                window("2026-01-04T01:00:00Z", "2026-01-04T02:00:00Z", "FREQ=DAILY;COUNT=2", null);
        var facts = new Facts();
        facts.maintenance("nightly", twice);
        assertThat(facts.forget(Instant.parse("2026-01-04T00:00:00Z"))).isEmpty();
        twice.put("rrule", "FREQ=NEVER;COUNT=2"); // whoever reads it is found out
        assertThat(facts.forget(Instant.parse("2026-01-05T01:59:59Z"))).isEmpty();
        twice.put("rrule", "FREQ=DAILY;COUNT=2");
        assertThat(facts.forget(Instant.parse("2026-01-06T01:59:59Z"))).isEmpty();
        assertThat(facts.forget(Instant.parse("2026-01-06T02:00:00Z"))).containsExactly("nightly");
        assertThat(facts.forget(Instant.parse("2026-01-07T02:00:00Z"))).isEmpty();
    }

    @Test
    void rule7ARuleThatEndsEnds() {
        var twice =
                window("2026-01-04T01:00:00Z", "2026-01-04T02:00:00Z", "FREQ=DAILY;COUNT=2", null);
        assertThat(covers(twice, "2026-01-05T01:59:59Z")).isTrue();
        assertThat(covers(twice, "2026-01-06T01:30:00Z")).isFalse();
        assertThat(Maintenance.schedule(twice).nextChange(Instant.parse("2026-01-05T02:00:00Z")))
                .isNull();
    }

    @Test
    void aWindowThatMakesNoSenseSaysWhichAndWhy() {
        assertThatThrownBy(() ->
                        Maintenance.schedule(
                                window("2026-01-04T02:00:00Z", "2026-01-04T01:00:00Z", null, null)))
                .hasMessage(
                        "maintenance nightly ends at 2026-01-04T01:00:00Z, not after its start 2026-01-04T02:00:00Z");
        assertThatThrownBy(() ->
                        Maintenance.schedule(
                                window(
                                        "2026-01-04T01:00:00Z",
                                        "2026-01-04T02:00:00Z",
                                        "FREQ=DAILY",
                                        "Europe/Berlyn")))
                .hasMessage(
                        "maintenance nightly: \"Europe/Berlyn\" is no time zone; write one such as Europe/Berlin");
        for (var rule : new String[] {"EVERY DAY", "FREQ=SECONDLY", "FREQ=DAILY;COUNT=x"}) {
            assertThatThrownBy(() ->
                            Maintenance.schedule(
                                    window(
                                            "2026-01-04T01:00:00Z",
                                            "2026-01-04T02:00:00Z",
                                            rule,
                                            null)))
                    .as(rule)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(rule);
        }
    }

    @Test
    void aRuleThatNeverHappensIsSaid() {
        assertThatThrownBy(() ->
                        Maintenance.schedule(
                                window(
                                        "2026-01-04T01:00:00Z",
                                        "2026-01-04T02:00:00Z",
                                        "FREQ=DAILY;UNTIL=20200101T000000Z",
                                        "Europe/Berlin")))
                .hasMessageContaining("never happens");
    }
}
