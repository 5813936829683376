package dev.tocsin.notifier.mailbox;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Since when there is something to tell, whether it waits, is on its way, or was given up.
final class Untold {
    private record Entry(String id, Instant since) {}

    private final Map<String, Entry> all = new HashMap<>();
    private final TreeSet<Entry> byTime =
            new TreeSet<>(Comparator.comparing(Entry::since).thenComparing(Entry::id));

    /// @param since null when there is nothing to tell
    void put(String id, @Nullable Instant since) {
        var before = since == null ? all.remove(id) : all.put(id, new Entry(id, since));
        if (before != null) {
            byTime.remove(before);
        }
        if (since != null) {
            byTime.add(new Entry(id, since));
        }
    }

    int size() {
        return all.size();
    }

    /// Null when there is nothing to tell.
    @Nullable Instant oldest() {
        return byTime.isEmpty() ? null : byTime.first().since();
    }
}
