package dev.tocsin.schemas;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.TimeZone;
import org.dmfs.rfc5545.DateTime;
import org.dmfs.rfc5545.recur.Freq;
import org.dmfs.rfc5545.recur.InvalidRecurrenceRuleException;
import org.dmfs.rfc5545.recur.RecurrenceRule;
import org.jspecify.annotations.Nullable;

/// When a window of maintenance goes on: once, or by an iCalendar rule (RFC 5545), at the same time of the day in its zone, summer and winter.
/// Each time lasts as long as the first. A rule counts to the second. Quick also for what began years ago.
public final class Occurrences {
    private static final Duration DAY = Duration.ofDays(1);

    /// They are counted one by one, whoever asks.
    private static final int MOST = 10_000;

    /// As the ids of checks.
    private static final int ID_AT_MOST = 200;

    /// One time of it: until before `endsAt`.
    public record Occurrence(Instant startsAt, Instant endsAt) {
        public boolean covers(Instant now) {
            return !now.isBefore(startsAt) && now.isBefore(endsAt);
        }
    }

    private final Occurrence first;
    private final ZoneId zone;
    private final DateTime start;
    private final @Nullable RecurrenceRule rule;

    private Occurrences(Occurrence first, ZoneId zone, @Nullable String rrule) {
        this.first = first;
        this.zone = zone;
        start = new DateTime(TimeZone.getTimeZone(zone), first.startsAt().toEpochMilli());
        rule = rrule == null ? null : rule(rrule, start);
    }

    /// @throws IllegalArgumentException when its end is not after its start, or its rule or zone cannot be read or
    ///     never happens
    public static Occurrences of(MaintenanceWindow window) {
        var first = new Occurrence(window.getStartsAt(), window.getEndsAt());
        if (!first.startsAt().isBefore(first.endsAt())) {
            throw new IllegalArgumentException(
                    "maintenance %s ends at %s, not after its start %s"
                            .formatted(window.getWindowId(), first.endsAt(), first.startsAt()));
        }
        return new Occurrences(first, zone(window), window.getRrule());
    }

    /// Every event of what it explains has it.
    ///
    /// @throws IllegalArgumentException when it is too long
    public static void checkId(String id) {
        if (id.length() > ID_AT_MOST) {
            throw new IllegalArgumentException(
                    "a window's id has at most %d characters, and not %d"
                            .formatted(ID_AT_MOST, id.length()));
        }
    }

    private static ZoneId zone(MaintenanceWindow window) {
        var name = window.getTimeZone();
        try {
            return ZoneId.of(name == null ? "UTC" : name);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "maintenance %s: \"%s\" is no time zone; write one such as Europe/Berlin"
                            .formatted(window.getWindowId(), name),
                    e);
        }
    }

    private static RecurrenceRule rule(String rrule, DateTime start) {
        try {
            var rule = new RecurrenceRule(rrule, RecurrenceRule.RfcMode.RFC5545_STRICT);
            if (rule.getFreq() == Freq.SECONDLY || rule.getFreq() == Freq.MINUTELY) {
                throw new IllegalArgumentException(
                        "\"" + rrule + "\" comes more often than each hour");
            }
            if (rule.getCount() != null && rule.getCount() > MOST) {
                throw new IllegalArgumentException(
                        "\"" + rrule + "\" comes more than " + MOST + " times: say UNTIL");
            }
            if (!rule.iterator(start).hasNext()) {
                throw new IllegalArgumentException("\"" + rrule + "\" never happens");
            }
            return rule;
        } catch (InvalidRecurrenceRuleException e) {
            throw new IllegalArgumentException(
                    "\"" + rrule + "\" is no recurrence rule: " + e.getMessage(), e);
        }
    }

    /// In which it was announced; UTC when none was said.
    public ZoneId zone() {
        return zone;
    }

    /// The one that goes on, or else the next; null when all are over.
    public @Nullable Occurrence endingAfter(Instant now) {
        if (rule == null) {
            return now.isBefore(first.endsAt()) ? first : null;
        }
        var lasts = Duration.between(first.startsAt(), first.endsAt());
        long over = now.minus(lasts).toEpochMilli();
        var starts = rule.iterator(start);
        // By the calendar's time, which the night of a change has twice: a day before, and on by
        // single steps.
        starts.fastForward(over - DAY.toMillis());
        while (starts.hasNext() && starts.peekMillis() <= over) {
            starts.nextMillis();
        }
        if (!starts.hasNext()) {
            return null;
        }
        var next = Instant.ofEpochMilli(starts.nextMillis());
        return new Occurrence(next, next.plus(lasts));
    }
}
