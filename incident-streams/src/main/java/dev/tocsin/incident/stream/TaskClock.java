package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.check.Standstill;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// The time of a partition: the latest append to its results, ticks among them. No other topic moves it, and no clock but the broker's.
/// What is decided on before the first result of a process is decided at the time of the last one of its predecessor.
final class TaskClock {
    static final String STORE = "clock";
    private static final String KEY = "now";
    private static final String STANDSTILL = "standstill";
    private static final Duration STORED_EACH = Duration.ofSeconds(10);

    private final KeyValueStore<String, byte[]> store;
    private Instant now;
    private Instant storedAt;
    private boolean goesOn;

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

    /// Something was appended that this process has read.
    ///
    /// @return the standstill that is over with that, if time stood still for longer than `gap`: where it is the first one, for longer than
    ///     what is stored may be behind
    @Nullable Standstill advance(long appendedMs, Duration gap) {
        var before = now;
        var longest = goesOn ? gap : gap.plus(STORED_EACH);
        advance(appendedMs);
        goesOn = true;
        return before.equals(Instant.EPOCH) || !now.isAfter(before.plus(longest))
                ? null
                : new Standstill(before, now);
    }

    void advance(long appendedMs) {
        if (appendedMs > now.toEpochMilli()) {
            now = Instant.ofEpochMilli(appendedMs);
        }
    }

    /// What waited for its end may come after the next start.
    void store(Standstill standstill) {
        store.put(
                STANDSTILL,
                ByteBuffer.allocate(2 * Long.BYTES)
                        .putLong(standstill.from().toEpochMilli())
                        .putLong(standstill.to().toEpochMilli())
                        .array());
    }

    @Nullable Standstill standstill() {
        var bytes = store.get(STANDSTILL);
        if (bytes == null) {
            return null;
        }
        var from = ByteBuffer.wrap(bytes);
        return new Standstill(
                Instant.ofEpochMilli(from.getLong()), Instant.ofEpochMilli(from.getLong()));
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
