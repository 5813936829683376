package dev.tocsin.incident.stream;

import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is stored and cannot be used by this build: it is counted, named, and left there, and the rest is begun with.
final class LeftOut {
    private static final Logger LOG = LoggerFactory.getLogger(LeftOut.class);

    private final Counters counters;

    LeftOut(Counters counters) {
        this.counters = counters;
    }

    /// Reads all of a store, each entry for itself.
    ///
    /// @param read throws for an entry that it cannot use, and has taken nothing of it then
    void each(KeyValueStore<String, byte[]> store, Consumer<KeyValue<String, byte[]>> read) {
        try (var all = store.all()) {
            all.forEachRemaining(entry -> {
                try {
                    read.accept(entry);
                } catch (RuntimeException e) {
                    found(store.name() + " " + entry.key, e);
                }
            });
        }
    }

    /// @throws KafkaException when it was Kafka or the registry that is away, and not what is stored
    void found(String what, RuntimeException why) {
        if (why instanceof KafkaException && !(why instanceof SerializationException)) {
            throw why;
        }
        counters.leftOut();
        LOG.atError()
                .addKeyValue("what", what.replace('\0', '/'))
                .addKeyValue("why", why.toString())
                .log("what is stored cannot be used: it is left out, and left there");
    }
}
