package dev.tocsin.incident.engine;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// @param startedAt the first failure of the streak
/// @param openedAt when that was decided; `closedAt` likewise
/// @param endedAt the first pass of the streak that may close it; null while it fails
/// @param changedAt when it last turned between failing and fine; the quiet of flapping counts from here
public record Times(
        Instant startedAt,
        Instant openedAt,
        @Nullable Instant endedAt,
        @Nullable Instant closedAt,
        Instant changedAt) {
    /// Whether a failure from `since` on belongs to what was closed, and reopens it (rule 3).
    public boolean again(Instant since, Duration within) {
        return closedAt != null && !since.isAfter(closedAt.plus(within));
    }

    public Times reopened(Instant now) {
        return new Times(startedAt, openedAt, null, null, now);
    }

    public Times closed(@Nullable Instant ended, Instant now) {
        return new Times(startedAt, openedAt, ended, now, now);
    }
}
