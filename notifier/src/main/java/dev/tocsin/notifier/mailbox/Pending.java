package dev.tocsin.notifier.mailbox;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which conversations have something to tell, and when: those that are due by weight, the others by time.
final class Pending {
    private record Entry(String id, Instant at, boolean light, boolean old) {}

    private static final Comparator<Entry> BY_TIME =
            Comparator.comparing(Entry::at).thenComparing(Entry::id);

    private static final Entry FIRST_LIGHT = new Entry("", Instant.MIN, true, false);

    private final Map<String, Entry> all = new HashMap<>();
    private final TreeSet<Entry> waiting = new TreeSet<>(BY_TIME);

    /// What merely changed, and what is old, gives way to what begins or ends.
    private final TreeSet<Entry> ready =
            new TreeSet<>(Comparator.comparing(Entry::light).thenComparing(BY_TIME));

    /// @param due null when there is nothing to tell
    void put(String id, Conversation.@Nullable Due due) {
        remove(id);
        if (due != null) {
            var entry =
                    new Entry(
                            id,
                            due.at(),
                            due.old() || due.what().compareTo(What.FLAPPING) >= 0,
                            due.old());
            all.put(id, entry);
            waiting.add(entry);
        }
    }

    void remove(String id) {
        var old = all.remove(id);
        if (old != null && !waiting.remove(old)) {
            ready.remove(old);
        }
    }

    /// Finds what is due.
    void ready(Instant now) {
        while (!waiting.isEmpty() && !waiting.first().at().isAfter(now)) {
            ready.add(waiting.removeFirst());
        }
    }

    /// Those that are due, the weightiest first.
    List<String> due(int most) {
        return ready.stream().limit(most).map(Entry::id).toList();
    }

    /// Those of them that are old.
    List<String> old(int most) {
        return ready.stream().filter(Entry::old).limit(most).map(Entry::id).toList();
    }

    boolean anyDue() {
        return !ready.isEmpty();
    }

    /// When the next of those that wait is due; null when none waits.
    @Nullable Instant next() {
        return waiting.isEmpty() ? null : waiting.first().at();
    }

    /// When the first of those became due that are due by now; null when none is. Asked with each message: never looks at all of them.
    @Nullable Instant dueSince(Instant now) {
        var weighty = ready.isEmpty() ? null : ready.first();
        return Stream.<@Nullable Entry>of(
                        weighty,
                        ready.ceiling(FIRST_LIGHT),
                        waiting.isEmpty() ? null : waiting.first())
                .filter(Objects::nonNull)
                .map(Entry::at)
                .filter(at -> !at.isAfter(now))
                .min(Instant::compareTo)
                .orElse(null);
    }

    int size() {
        return all.size();
    }
}
