package dev.tocsin.incident.engine.outage;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// When an outage was.
///
/// @param startedAt the first failure of all its times, `since` of this one
/// @param openedAt when that was decided; `closedAt` likewise
/// @param failedBefore how long it failed in its earlier times
/// @param endedAt when the last of it recovered; null while it is open
public record Span(
        Instant startedAt,
        Instant openedAt,
        Instant since,
        Duration failedBefore,
        @Nullable Instant endedAt,
        @Nullable Instant closedAt) {
    static Span opened(Instant since, Instant now) {
        return new Span(since, now, since, Duration.ZERO, null, null);
    }

    boolean open() {
        return closedAt == null;
    }

    /// Whether a failure from `begin` on, which is heard of now, belongs to what was closed, and reopens it (rule 3). What was hidden for
    /// long, as by maintenance, reopens nothing for ever.
    boolean again(Instant begin, Instant now, Duration within) {
        if (closedAt == null) {
            return false;
        }
        var until = closedAt.plus(within);
        return !begin.isAfter(until) && !now.isAfter(until.plus(within));
    }

    Span closed(Instant ended, Instant now) {
        return new Span(
                startedAt,
                openedAt,
                since,
                failedBefore,
                ended.isBefore(since) ? since : ended,
                now);
    }

    Span reopened(Instant begin, Instant now) {
        return new Span(startedAt, openedAt, begin, failed(now), null, null);
    }

    /// How long in all, up to its end or to now.
    public Duration failed(Instant now) {
        var until = endedAt == null ? now : endedAt;
        return until.isBefore(since)
                ? failedBefore
                : failedBefore.plus(Duration.between(since, until));
    }
}
