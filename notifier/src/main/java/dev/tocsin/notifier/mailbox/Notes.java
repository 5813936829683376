package dev.tocsin.notifier.mailbox;

import java.util.ArrayList;
import java.util.List;

/// What people wrote to an incident and a target was not told.
///
/// @param texts the newest of them, at most five, the oldest first
/// @param left how many older ones there are, of which only the number is known
/// @param last number of the newest that there ever was, counted from 1
public record Notes(List<String> texts, int left, long last) {
    public static final Notes NONE = new Notes(List.of(), 0, 0);
    private static final int AT_MOST = 5;
    private static final int TEXT_AT_MOST = 1000;

    public Notes {
        texts = List.copyOf(texts);
    }

    Notes with(String text) {
        var all = new ArrayList<>(texts);
        all.add(Text.clipped(text, TEXT_AT_MOST));
        int over = Math.max(0, all.size() - AT_MOST);
        return new Notes(all.subList(over, all.size()), left + over, last + 1);
    }

    /// What is left of these once those were told.
    Notes after(Notes told) {
        int newer = (int) (last - told.last);
        int kept = Math.min(newer, texts.size());
        return new Notes(texts.subList(texts.size() - kept, texts.size()), newer - kept, last);
    }

    /// How many there are, those included of which only the number is known.
    public int size() {
        return texts.size() + left;
    }

    public boolean isEmpty() {
        return texts.isEmpty();
    }
}
