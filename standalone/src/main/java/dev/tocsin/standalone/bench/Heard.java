package dev.tocsin.standalone.bench;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// What a subscriber has heard since it last forgot: when each incident opened and closed, and all that was said of the outage. Any thread.
final class Heard {
    private static final String OUTAGE = "outage:";

    /// One event.
    ///
    /// @param parts of an outage: how many incidents it says that it is made of
    /// @param readMs when the subscriber had it, epoch
    record Word(String key, IncidentEventType type, int parts, long readMs) {
        static Word of(IncidentEvent event, long readMs) {
            return new Word(event.getKey(), event.getType(), event.getChildrenCount(), readMs);
        }
    }

    private final Map<String, Long> openedMs = new HashMap<>();
    private final Map<String, Long> closedMs = new HashMap<>();
    private final List<Word> outage = new ArrayList<>();

    synchronized void forget() {
        openedMs.clear();
        closedMs.clear();
        outage.clear();
    }

    synchronized void hear(Word word) {
        switch (word.type()) {
            // Who fails for the second time within ten minutes has its incident back: as good as a
            // first word.
            case OPENED, REOPENED -> {
                openedMs.putIfAbsent(word.key(), word.readMs());
                closedMs.remove(word.key());
            }
            case CLOSED -> closedMs.put(word.key(), word.readMs());
            case UNKNOWN,
                    UPDATED,
                    ACKNOWLEDGED,
                    UNACKNOWLEDGED,
                    SNOOZED,
                    SUPPRESSED,
                    UNSUPPRESSED,
                    FLAPPING_STARTED,
                    FLAPPING_STOPPED,
                    ANNOTATED -> {
                // neither begins nor ends it
            }
        }
        if (word.key().startsWith(OUTAGE)) {
            outage.add(word);
        }
    }

    /// How many of them have opened.
    synchronized int opened(Collection<String> keys) {
        return count(openedMs, keys);
    }

    /// How many of them are closed now.
    synchronized int closed(Collection<String> keys) {
        return count(closedMs, keys);
    }

    /// From its stamp in `sinceMs` until it was heard to open; only those that have.
    synchronized Map<String, Long> delaysMs(Collection<String> keys, Map<String, Long> sinceMs) {
        var delays = new HashMap<String, Long>();
        for (var key : keys) {
            var opened = openedMs.get(key);
            var since = sinceMs.get(key);
            if (opened != null && since != null) {
                delays.put(key, Math.max(0, opened - since));
            }
        }
        return delays;
    }

    /// When the last of them was heard to open; empty unless all have.
    synchronized OptionalLong lastOpenedMs(Collection<String> keys) {
        return last(openedMs, keys);
    }

    /// When the last of them was heard to close; empty unless all are closed.
    synchronized OptionalLong lastClosedMs(Collection<String> keys) {
        return last(closedMs, keys);
    }

    /// When an outage was first heard to be made of so many incidents.
    synchronized OptionalLong outageOfMs(int parts) {
        return outage.stream()
                .filter(word -> word.parts() >= parts)
                .mapToLong(Word::readMs)
                .findFirst();
    }

    /// The most incidents that an outage was heard to be made of.
    synchronized int outageParts() {
        return outage.stream().mapToInt(Word::parts).max().orElse(0);
    }

    synchronized int outageEvents() {
        return outage.size();
    }

    private static int count(Map<String, Long> heard, Collection<String> keys) {
        return (int) keys.stream().filter(heard::containsKey).count();
    }

    private static OptionalLong last(Map<String, Long> heard, Collection<String> keys) {
        return heard.keySet().containsAll(keys)
                ? keys.stream().mapToLong(heard::get).max()
                : OptionalLong.empty();
    }
}
