package dev.tocsin.incident.stream;

import dev.tocsin.service.streams.Faults;
import java.util.function.Consumer;
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
            all.forEachRemaining(
                    entry -> read(store.name() + " " + entry.key, () -> read.accept(entry)));
        }
    }

    /// @param reading throws for what it cannot use, and has taken nothing of it then
    /// @return whether it could
    boolean read(String what, Runnable reading) {
        try {
            reading.run();
            return true;
        } catch (RuntimeException e) {
            found(what, e);
            return false;
        }
    }

    /// Throws on what says that Kafka or the registry is away, and nothing of what is stored.
    void found(String what, RuntimeException why) {
        if (Faults.isAway(why)) {
            throw why;
        }
        counters.leftOut();
        LOG.atError()
                .addKeyValue("what", what.replace('\0', '/'))
                .addKeyValue("why", why.toString())
                .log("what is stored cannot be used: it is left out, and left there");
    }
}
