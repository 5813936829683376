package dev.tocsin.incident.stream;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// A store that says what its changelog would have cost.
final class MapStore implements KeyValueStore<String, byte[]> {
    final TreeMap<String, byte[]> entries = new TreeMap<>();
    long bytes;
    long writes;
    int largest;

    @Override
    public void put(String key, byte @Nullable [] value) {
        int size = key.length() + (value == null ? 0 : value.length);
        bytes += size;
        writes++;
        largest = Math.max(largest, size);
        if (value == null) {
            entries.remove(key);
        } else {
            entries.put(key, value);
        }
    }

    @Override
    public byte @Nullable [] delete(String key) {
        var was = entries.get(key);
        if (was != null) {
            put(key, null);
        }
        return was;
    }

    @Override
    public byte @Nullable [] putIfAbsent(String key, byte[] value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void putAll(List<KeyValue<String, byte[]>> all) {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte @Nullable [] get(String key) {
        return entries.get(key);
    }

    @Override
    public KeyValueIterator<String, byte[]> range(String from, String to) {
        throw new UnsupportedOperationException();
    }

    @Override
    public KeyValueIterator<String, byte[]> all() {
        return new Entries(new ArrayList<>(entries.entrySet()).iterator());
    }

    private record Entries(Iterator<Map.Entry<String, byte[]>> all)
            implements KeyValueIterator<String, byte[]> {
        @Override
        public boolean hasNext() {
            return all.hasNext();
        }

        @Override
        public KeyValue<String, byte[]> next() {
            var entry = all.next();
            return new KeyValue<>(entry.getKey(), entry.getValue());
        }

        @Override
        public String peekNextKey() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    @Override
    public long approximateNumEntries() {
        return entries.size();
    }

    @Override
    public String name() {
        return "map";
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {}

    @Override
    public void close() {}

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return true;
    }
}
