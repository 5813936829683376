package dev.tocsin.incident.stream;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.state.KeyValueStore;

/// The time of a partition: the latest append to its results, ticks among them. No other topic moves it, and no clock but the broker's.
/// What is decided on before the first result of a process is decided at the time of the last one of its predecessor.
final class TaskClock {
    static final String STORE = "clock";
    private static final String KEY = "now";
    private static final Duration STORED_EACH = Duration.ofSeconds(10);

    private final KeyValueStore<String, byte[]> store;
    private Instant now;
    private Instant storedAt;

    TaskClock(KeyValueStore<String, byte[]> store) {
        this.store = store;
        var bytes = store.get(KEY);
        now =
                bytes == null
                        ? Instant.EPOCH
                        : Instant.ofEpochMilli(ByteBuffer.wrap(bytes).getLong());
        storedAt = now;
    }

    Instant now() {
        return now;
    }

    void advance(long appendedMs) {
        if (appendedMs > now.toEpochMilli()) {
            now = Instant.ofEpochMilli(appendedMs);
        }
    }

    /// From time to time, so that a process that follows knows how late it is.
    void store() {
        if (!now.isBefore(storedAt.plus(STORED_EACH))) {
            storeNow();
        }
    }

    /// With whatever is told: nothing may be decided before it later.
    void storeNow() {
        if (now.isAfter(storedAt)) {
            store.put(KEY, ByteBuffer.allocate(Long.BYTES).putLong(now.toEpochMilli()).array());
            storedAt = now;
        }
    }
}
