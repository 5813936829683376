package dev.tocsin.incident.partition;

import dev.tocsin.incident.engine.check.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.TimeZone;
import org.dmfs.rfc5545.DateTime;
import org.dmfs.rfc5545.recur.Freq;
import org.dmfs.rfc5545.recur.InvalidRecurrenceRuleException;
import org.dmfs.rfc5545.recur.RecurrenceRule;
import org.dmfs.rfc5545.recur.RecurrenceRuleIterator;
import org.jspecify.annotations.Nullable;

/// Maintenance that comes again by an iCalendar rule (RFC 5545), at the same time of the day in its zone, summer and winter.
/// Each time lasts as long as the
/// first. To the second.
public final class Recurring implements Schedule {
    private final RecurrenceRule rule;
    private final DateTime start;
    private final Duration lasts;

    /// @throws IllegalArgumentException for a rule that cannot be read or never happens, saying which
    public Recurring(String rrule, ZoneId zone, Instant first, Duration lasts) {
        this.lasts = lasts;
        start = new DateTime(TimeZone.getTimeZone(zone), first.toEpochMilli());
        try {
            rule = new RecurrenceRule(rrule, RecurrenceRule.RfcMode.RFC5545_STRICT);
            if (rule.getFreq() == Freq.SECONDLY || rule.getFreq() == Freq.MINUTELY) {
                throw new IllegalArgumentException(
                        "\"" + rrule + "\" comes more often than each hour");
            }
            if (!rule.iterator(start).hasNext()) {
                throw new IllegalArgumentException("\"" + rrule + "\" never happens");
            }
        } catch (InvalidRecurrenceRuleException e) {
            throw new IllegalArgumentException(
                    "\"" + rrule + "\" is no recurrence rule: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean covers(Instant now) {
        var occurrences = endingAfter(now);
        return occurrences.hasNext() && occurrences.peekMillis() <= now.toEpochMilli();
    }

    @Override
    public @Nullable Instant nextChange(Instant now) {
        var occurrences = endingAfter(now);
        if (!occurrences.hasNext()) {
            return null;
        }
        var begins = Instant.ofEpochMilli(occurrences.nextMillis());
        return begins.isAfter(now) ? begins : begins.plus(lasts);
    }

    private RecurrenceRuleIterator endingAfter(Instant now) {
        long over = now.minus(lasts).toEpochMilli();
        var occurrences = rule.iterator(start);
        occurrences.fastForward(over); // to the second
        while (occurrences.hasNext() && occurrences.peekMillis() <= over) {
            occurrences.nextMillis();
        }
        return occurrences;
    }
}
