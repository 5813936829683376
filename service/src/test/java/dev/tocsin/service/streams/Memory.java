package dev.tocsin.service.streams;

import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/// Stores in memory, and a task that has them, without Kafka.
final class Memory {
    final MockProcessorContext<String, byte[]> task = new MockProcessorContext<>(new Properties());

    KeyValueStore<String, byte[]> store(String name) {
        var store =
                Stores.keyValueStoreBuilder(
                                Stores.inMemoryKeyValueStore(name),
                                Serdes.String(),
                                Serdes.ByteArray())
                        .withLoggingDisabled()
                        .build();
        store.init(task.getStateStoreContext(), store);
        task.addStateStore(store);
        return store;
    }

    static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    /// What is stored, by key.
    static List<String> all(KeyValueStore<String, byte[]> store) {
        var all = new java.util.ArrayList<String>();
        try (var entries = store.all()) {
            entries.forEachRemaining(entry -> all.add(text(entry)));
        }
        return all;
    }

    static String text(KeyValue<String, byte[]> entry) {
        return entry.key + "=" + new String(entry.value, java.nio.charset.StandardCharsets.UTF_8);
    }
}
