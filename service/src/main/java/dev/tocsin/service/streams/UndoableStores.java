package dev.tocsin.service.streams;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;

/// The stores of a task that are written together for one record, and taken back together. One thread.
public final class UndoableStores {
    private final Map<String, UndoableStore> stores = new HashMap<>();

    public UndoableStores(ProcessorContext<?, ?> task, Collection<String> names) {
        names.forEach(name -> {
            KeyValueStore<String, byte[]> store = task.getStateStore(name);
            stores.put(name, new UndoableStore(store));
        });
    }

    public KeyValueStore<String, byte[]> get(String name) {
        return Objects.requireNonNull(stores.get(name));
    }

    /// Before each record.
    public void begin() {
        stores.values().forEach(UndoableStore::begin);
    }

    /// What was written of one of them since then.
    public Set<String> keys(String name) {
        return Objects.requireNonNull(stores.get(name)).keys();
    }

    /// Whether anything was written since then.
    public boolean areWritten() {
        return stores.values().stream().anyMatch(UndoableStore::isWritten);
    }

    public void undo() {
        stores.values().forEach(UndoableStore::undo);
    }
}
