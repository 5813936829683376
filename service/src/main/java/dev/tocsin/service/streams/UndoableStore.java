package dev.tocsin.service.streams;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// A store in which what was written for one record can be taken back, as long as that record is worked on. One thread.
public final class UndoableStore implements KeyValueStore<String, byte[]> {
    private final KeyValueStore<String, byte[]> store;

    /// Keys with what was under them before, the oldest first.
    private final Deque<KeyValue<String, byte[]>> written = new ArrayDeque<>();

    private boolean noting;

    public UndoableStore(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    /// What is written from here on can be taken back, and nothing before it.
    public void begin() {
        written.clear();
        noting = true;
    }

    /// What is written from here on stays: it belongs to no record.
    public void done() {
        written.clear();
        noting = false;
    }

    /// What was, since then.
    public Set<String> keys() {
        return written.stream().map(entry -> entry.key).collect(Collectors.toSet());
    }

    /// Whether anything was, since then.
    public boolean isWritten() {
        return !written.isEmpty();
    }

    public void undo() {
        for (var last = written.pollLast(); last != null; last = written.pollLast()) {
            store.put(last.key, last.value);
        }
    }

    private void note(String key) {
        if (!noting) {
            return;
        }
        written.add(KeyValue.pair(key, store.get(key)));
    }

    @Override
    public void put(String key, byte @Nullable [] value) {
        note(key);
        store.put(key, value);
    }

    @Override
    public byte @Nullable [] putIfAbsent(String key, byte @Nullable [] value) {
        note(key);
        return store.putIfAbsent(key, value);
    }

    @Override
    public void putAll(List<KeyValue<String, byte[]>> entries) {
        entries.forEach(entry -> put(entry.key, entry.value));
    }

    @Override
    public byte @Nullable [] delete(String key) {
        note(key);
        return store.delete(key);
    }

    @Override
    public byte @Nullable [] get(String key) {
        return store.get(key);
    }

    @Override
    public KeyValueIterator<String, byte[]> range(@Nullable String from, @Nullable String to) {
        return store.range(from, to);
    }

    @Override
    public KeyValueIterator<String, byte[]> reverseRange(
            @Nullable String from, @Nullable String to) {
        return store.reverseRange(from, to);
    }

    @Override
    public KeyValueIterator<String, byte[]> all() {
        return store.all();
    }

    @Override
    public KeyValueIterator<String, byte[]> reverseAll() {
        return store.reverseAll();
    }

    @Override
    public <P extends Serializer<Q>, Q> KeyValueIterator<String, byte[]> prefixScan(
            Q prefix, P serializer) {
        return store.prefixScan(prefix, serializer);
    }

    @Override
    public long approximateNumEntries() {
        return store.approximateNumEntries();
    }

    @Override
    public String name() {
        return store.name();
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        store.init(context, root);
    }

    @Override
    @SuppressWarnings("deprecation") // of the interface
    public void flush() {
        store.flush();
    }

    @Override
    public void close() {
        store.close();
    }

    @Override
    public boolean persistent() {
        return store.persistent();
    }

    @Override
    public boolean isOpen() {
        return store.isOpen();
    }
}
