package dev.tocsin.incident.stream;

import dev.tocsin.schemas.IncidentEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Which incidents have ended when, so that what is kept of them ends some day, too (DESIGN section 4: 90 days after the close).
final class ClosedIncidents {
    static final String STORE = "closed-incidents";
    private static final Duration KEPT = Duration.ofDays(90);

    /// An in-memory store copies its keys for each look at them: seldom, and then many.
    private static final int EACH_TICKS = 60;

    private static final int AT_ONCE = 5000;

    /// @param key of the incident's events
    record Gone(String incidentId, String key) {}

    private final KeyValueStore<String, byte[]> store;
    private final Outbox outbox;
    private @Nullable String cursor;
    private int ticks;

    ClosedIncidents(KeyValueStore<String, byte[]> store, Outbox outbox) {
        this.store = store;
        this.outbox = outbox;
    }

    /// The key of the events of an incident that is noted.
    static String key(byte[] noted) {
        var text = StoredText.of(noted);
        return text.substring(text.indexOf('/') + 1);
    }

    /// What is about to be told.
    void note(List<IncidentEvent> told) {
        told.forEach(this::note);
    }

    private void note(IncidentEvent event) {
        var id = event.getIncidentId();
        var closedAt = event.getClosedAt();
        if (closedAt != null) {
            store.put(id, StoredText.of(closedAt.toEpochMilli() + "/" + event.getKey()));
        } else if (store.get(id) != null) {
            store.delete(id); // it was reopened
        }
    }

    /// Asked at each tick: some of those that ended so long ago. Their tombstones are in the outbox, and they are no longer known
    /// afterwards.
    List<Gone> sweep(Instant now) {
        if (++ticks % EACH_TICKS != 0) {
            return List.of();
        }
        var gone = new ArrayList<Gone>();
        int seen = 0;
        String last = null;
        try (var all = store.range(cursor, null)) {
            while (all.hasNext() && seen < AT_ONCE) {
                var entry = all.next();
                seen++;
                last = entry.key;
                var text = StoredText.of(entry.value);
                int slash = text.indexOf('/');
                var closedAt = Instant.ofEpochMilli(Long.parseLong(text, 0, slash, 10));
                if (!now.isBefore(closedAt.plus(KEPT))) {
                    gone.add(new Gone(entry.key, text.substring(slash + 1)));
                }
            }
        }
        cursor = seen < AT_ONCE ? null : last;
        for (var one : gone) {
            store.delete(one.incidentId());
            outbox.forgotten(one.incidentId(), now);
        }
        return gone;
    }
}
