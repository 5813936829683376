package dev.tocsin.notifier.mailbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a target was told of a conversation so far.
///
/// @param told null while nothing was
/// @param number of messages that it took
/// @param at when it took the last one
/// @param rang whether a first word was due since, or anything was sent, which it may have heard
/// @param notes that it was not told
public record Telling(
        @Nullable Said told, int number, @Nullable Instant at, boolean rang, Notes notes) {
    static final Telling NOTHING = new Telling(null, 0, null, false, Notes.NONE);

    Telling rung() {
        return new Telling(told, number, at, true, notes);
    }

    /// As if nothing was told; of what is over, as if it was told that it opened.
    Telling untold(@Nullable Said is) {
        return new Telling(is == null || is.open() ? null : is.opened(), number, at, true, notes);
    }

    /// By a clock that says `now`.
    Telling noLaterThan(Instant now) {
        return at == null || !at.isAfter(now) ? this : new Telling(told, number, now, rang, notes);
    }

    Telling noted(String note) {
        return new Telling(told, number, at, rang, notes.with(note));
    }

    /// It was told that once, and no more than that is known of it.
    Telling knowing(@Nullable Said is) {
        return new Telling(is, number, at, rang, notes);
    }

    Telling handingNotesOver() {
        return new Telling(told, number, at, rang, notes.after(notes));
    }

    /// @param with the notes among it
    Telling heard(Said said, Notes with, Instant when) {
        return new Telling(said, number + 1, when, false, notes.after(with));
    }
}
