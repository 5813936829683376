package dev.tocsin.notifier.mailbox;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a target has answered of late: its circuit breaker.
///
/// @param failures in a row
/// @param failingSince when the first of them was
/// @param pausedUntil nothing is sent before; null when nothing keeps it
/// @param gone what the target was when it said that it wants nothing more (410); null while it does
/// @param alarm what other targets were told of that; null when nothing
public record Line(
        int failures,
        @Nullable Instant failingSince,
        @Nullable Instant pausedUntil,
        @Nullable String gone,
        @Nullable Raised alarm) {
    public static final Line GOOD = new Line(0, null, null, null, null);

    /// @param seq of the last
    /// @param to ids of the targets that heard it, which hear its end, too
    public record Raised(Instant since, int seq, List<String> to) {
        public Raised {
            to = List.copyOf(to);
        }
    }

    /// From so many failures in a row on one message at a time is tried, and less and less often.
    public static final int OPEN_AT = 5;

    /// As channels bound what a target may ask for.
    private static final Duration PAUSE_ASKED_AT_MOST = Duration.ofHours(1);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);
    static final Duration PAUSE_AT_MOST = Duration.ofMinutes(10);

    /// Whether only one message at a time may try it.
    boolean broken() {
        return failures >= OPEN_AT;
    }

    boolean paused(Instant now) {
        return pausedUntil != null && now.isBefore(pausedUntil);
    }

    /// By a clock that says `now`: one that was wrong when a pause began must not make it last for ever.
    Line noLaterThan(Instant now) {
        var latest = now.plus(PAUSE_ASKED_AT_MOST);
        boolean late = pausedUntil != null && pausedUntil.isAfter(latest);
        boolean ahead = failingSince != null && failingSince.isAfter(now);
        return late || ahead
                ? new Line(
                        failures,
                        ahead ? now : failingSince,
                        late ? latest : pausedUntil,
                        gone,
                        alarm)
                : this;
    }

    /// @param pause that the target asked for, or that whoever tried gives it; the breaker's may be longer
    Line failed(Instant at, Duration pause) {
        if (broken() && paused(at)) {
            // It was sent before the pause began: one failure of many at once, not one more.
            var until = at.plus(pause);
            return !paused(until) ? new Line(failures, failingSince, until, gone, alarm) : this;
        }
        int made = failures + 1;
        var breaker = breaker(made);
        var longest = pause.compareTo(breaker) > 0 ? pause : breaker;
        var until = at.plus(longest);
        return new Line(
                made,
                failingSince == null ? at : failingSince,
                longest.isZero() || paused(until) ? pausedUntil : until,
                gone,
                alarm);
    }

    private static Duration breaker(int failures) {
        if (failures < OPEN_AT) {
            return Duration.ZERO;
        }
        var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - OPEN_AT, 5));
        return pause.compareTo(PAUSE_AT_MOST) > 0 ? PAUSE_AT_MOST : pause;
    }

    /// What was sent before a pause began says nothing of the pause, and what was sent before it was gone nothing of that.
    ///
    /// @param is what the target is now
    Line taken(Instant at, String is) {
        return new Line(
                0, null, paused(at) ? pausedUntil : null, is.equals(gone) ? gone : null, alarm);
    }

    Line gone(String target) {
        return new Line(failures, failingSince, null, target, alarm);
    }

    Line with(@Nullable Raised raised) {
        return new Line(failures, failingSince, pausedUntil, gone, raised);
    }
}
