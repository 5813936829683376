package dev.tocsin.incident.stream;

import dev.tocsin.incident.wire.ParentWire;
import dev.tocsin.schemas.IncidentEvent;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueStore;

/// Which checks of this partition others depend on (rule 7). What is told of those goes to every partition once, however many
/// depend on it.
final class Dependents {
    static final String STORE = "dependents";
    private static final char SEPARATOR = '\0';

    private final KeyValueStore<String, byte[]> store;
    private final Outbox outbox;
    private final Map<String, Integer> childrenByParent = new HashMap<>();

    Dependents(KeyValueStore<String, byte[]> store, Outbox outbox, LeftOut leftOut) {
        this.store = store;
        this.outbox = outbox;
        leftOut.each(
                store,
                entry -> {
                    int end = entry.key.indexOf(SEPARATOR);
                    if (end < 0) { // as 0.1.0 kept them: all children in one value
                        for (var child : StoredText.of(entry.value).split("\n")) {
                            set(entry.key, child, true);
                        }
                        store.delete(entry.key);
                    } else {
                        count(entry.key.substring(0, end), 1);
                    }
                });
    }

    /// On whom it says that something depends.
    static String parent(String key) {
        int end = key.indexOf(SEPARATOR);
        return end < 0 ? key : key.substring(0, end);
    }

    void set(String parent, String child, boolean depends) {
        var key = parent + SEPARATOR + child;
        boolean before = store.get(key) != null;
        if (before != depends) {
            store.put(key, depends ? new byte[] {1} : null);
            count(parent, depends ? 1 : -1);
        }
    }

    private void count(String parent, int more) {
        childrenByParent.merge(parent, more, (before, by) -> before + by == 0 ? null : before + by);
    }

    /// Tells what was told of a check, where others depend on it.
    void tell(IncidentEvent event, Instant now) {
        if (childrenByParent.containsKey(event.getKey())) {
            outbox.signal(null, ParentWire.signal(event), now);
        }
    }

    /// Tells the partition of one child alone, which depends on it from now on.
    void tell(String child, IncidentEvent event, Instant now) {
        outbox.signal(child, ParentWire.signal(event), now);
    }
}
