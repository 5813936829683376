package dev.tocsin.notifier.mailbox;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How often the newest message of a conversation was tried.
///
/// @param first when the first of them began; null before
/// @param next not before that is it tried again; null when it has not failed
/// @param givenUp it is tried no more until something changes, or the target takes messages again
public record Tries(int made, @Nullable Instant first, @Nullable Instant next, boolean givenUp) {
    public static final Tries NONE = new Tries(0, null, null, false);

    /// What all of [RetryCurve] takes.
    static final Duration BUDGET = Duration.ofHours(17);

    /// The longest pause of [RetryCurve], and its jitter.
    private static final Duration LONGEST = Duration.ofHours(10);

    /// By a clock that says `now`.
    Tries noLaterThan(Instant now) {
        var latest = now.plus(LONGEST);
        return next == null || next.isBefore(latest)
                ? this
                : new Tries(
                        made, first == null || first.isAfter(now) ? now : first, latest, givenUp);
    }

    /// @param pause until the next, from the end of this one
    Tries failed(Instant begun, Instant ended, Duration pause) {
        var since = first == null ? begun : first;
        boolean over = !ended.isBefore(since.plus(BUDGET));
        return new Tries(made + 1, since, over ? null : ended.plus(pause), over);
    }
}
