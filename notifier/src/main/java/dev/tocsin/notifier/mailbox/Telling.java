package dev.tocsin.notifier.mailbox;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a target was told of a conversation so far.
///
/// @param told null while nothing was
/// @param number of messages that it took
/// @param at when it took the last one
/// @param rang whether a first word was due since, or anything was sent, which it may have heard
/// @param notes that it was not told, the oldest first, at most five
public record Telling(
        @Nullable Said told, int number, @Nullable Instant at, boolean rang, List<String> notes) {
    static final Telling NOTHING = new Telling(null, 0, null, false, List.of());
    private static final int NOTES = 5;
    private static final int NOTE_AT_MOST = 1000;

    public Telling {
        notes = List.copyOf(notes);
    }

    Telling rung() {
        return new Telling(told, number, at, true, notes);
    }

    /// By a clock that says `now`.
    Telling noLaterThan(Instant now) {
        return at == null || !at.isAfter(now) ? this : new Telling(told, number, now, rang, notes);
    }

    Telling noted(String note) {
        var all = new ArrayList<>(notes);
        all.add(note.substring(0, Math.min(note.length(), NOTE_AT_MOST)));
        return new Telling(
                told, number, at, rang, all.subList(Math.max(0, all.size() - NOTES), all.size()));
    }

    /// @param with the notes among it
    Telling heard(Said said, List<String> with, Instant when) {
        var left = new ArrayList<>(notes);
        left.removeAll(with);
        return new Telling(said, number + 1, when, false, left);
    }
}
