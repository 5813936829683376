package dev.tocsin.schemas.serde;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.SerializationException;

/// Ids of schemas that cannot be used, for a while: not each bad record may cost a question. Thread-safe.
final class Refused {
    private static final Duration REMEMBERED = Duration.ofSeconds(5);
    private static final int AT_MOST = 1000;

    private record Refusal(long atNanos, String why) {}

    private final LongSupplier nanos;

    /// The oldest first.
    private final Map<Integer, Refusal> byId = new LinkedHashMap<>();

    Refused(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /// @throws SerializationException as it was refused, if it was
    synchronized void rethrow(int id) {
        var refusal = byId.get(id);
        if (refusal == null) {
            return;
        }
        if (nanos.getAsLong() - refusal.atNanos() < REMEMBERED.toNanos()) {
            throw new SerializationException(refusal.why());
        }
        byId.remove(id);
    }

    synchronized SerializationException remember(int id, SerializationException why) {
        byId.remove(id);
        if (byId.size() >= AT_MOST) {
            byId.remove(byId.keySet().iterator().next());
        }
        byId.put(id, new Refusal(nanos.getAsLong(), String.valueOf(why.getMessage())));
        return why;
    }
}
