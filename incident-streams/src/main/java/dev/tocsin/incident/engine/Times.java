package dev.tocsin.incident.engine;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// When an incident began, was told, and ended; also over several times of failing, where it was reopened.
///
/// @param startedAt the first failure of all
/// @param failingSince the first failure of this time: `startedAt`, unless it was reopened since
/// @param failedBefore how long it failed in its times before this one
/// @param openedAt when it was first decided to open; `closedAt` likewise
/// @param endedAt the first pass of the streak that may close it; null while it fails
/// @param changedAt when it last turned between failing and fine; the quiet of flapping counts from here
public record Times(
        Instant startedAt,
        Instant failingSince,
        Duration failedBefore,
        Instant openedAt,
        @Nullable Instant endedAt,
        @Nullable Instant closedAt,
        Instant changedAt) {

    public static Times opened(Instant startedAt, Instant now) {
        return new Times(startedAt, startedAt, Duration.ZERO, now, null, null, now);
    }

    public boolean open() {
        return closedAt == null;
    }

    /// Whether a failure from `since` on, which is decided on now, belongs to what was closed, and reopens it (rule 3). A streak that
    /// began before the close, and was hidden by silence, reopens nothing for ever.
    public boolean again(Instant since, Instant now, Duration within) {
        if (closedAt == null) {
            return false;
        }
        var until = closedAt.plus(within);
        return !since.isAfter(until) && (since.isAfter(closedAt) || !now.isAfter(until));
    }

    public Times reopened(Instant since, Instant now) {
        return new Times(startedAt, since, failedFor(now), openedAt, null, null, now);
    }

    public Times closed(@Nullable Instant ended, Instant now) {
        return new Times(
                startedAt,
                failingSince,
                failedBefore,
                openedAt,
                ended == null ? now : ended,
                now,
                now);
    }

    /// Fine since `ended`, or failing (null).
    public Times ended(@Nullable Instant ended, Instant now) {
        return new Times(startedAt, failingSince, failedBefore, openedAt, ended, closedAt, now);
    }

    /// It began earlier than was known when it opened.
    public Times began(Instant earlier) {
        boolean first = failingSince.equals(startedAt);
        return new Times(
                earlier,
                first ? earlier : failingSince,
                failedBefore,
                openedAt,
                endedAt,
                closedAt,
                changedAt);
    }

    /// It also failed in a time before it began, and was fine in between.
    public Times failedBefore(Instant from, Instant to) {
        return new Times(
                from,
                failingSince,
                failedBefore.plus(Duration.between(from, to)),
                openedAt,
                endedAt,
                closedAt,
                changedAt);
    }

    /// How long it has failed in all.
    public Duration failedFor(Instant now) {
        var until = endedAt != null ? endedAt : closedAt != null ? closedAt : now;
        return failedBefore.plus(
                until.isAfter(failingSince)
                        ? Duration.between(failingSince, until)
                        : Duration.ZERO);
    }
}
