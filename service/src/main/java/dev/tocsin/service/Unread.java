package dev.tocsin.service;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads records for whoever follows a whole topic and goes on with what it had: one that cannot be read is counted, and of each key is said
/// once what it is. Thread-safe.
public final class Unread {
    private static final Logger LOG = LoggerFactory.getLogger(Unread.class);

    /// Keys that are remembered, so that they are not named again.
    private static final int AT_MOST = 1000;

    /// A key may be as long as a record, and what is wrong with it names it.
    private static final int WHY_AT_MOST = 500;

    private final MeterRegistry metrics;
    private final Set<String> named =
            Collections.newSetFromMap(
                    new LinkedHashMap<>() {
                        @Override
                        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                            return size() > AT_MOST;
                        }
                    });

    /// @param metrics where they are counted as `tocsin_unread_records_total`, by topic
    public Unread(MeterRegistry metrics) {
        this.metrics = metrics;
    }

    /// Whatever a read throws, but for what is none of the record's fault, is a [SerializationException].
    public static <T> T read(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (KafkaException e) {
            throw e; // of reading, or of who is away
        } catch (IllegalArgumentException e) {
            throw new SerializationException(e.getMessage(), e);
        } catch (RuntimeException | StackOverflowError e) { // of how deep it is
            throw new SerializationException("cannot be read: " + e, e);
        }
    }

    /// Reads a record, and hands on what it says.
    ///
    /// @param reading of all that can be wrong with it: bytes, type, key, and what our own rules refuse
    /// @param taking what it throws is no fault of the record
    /// @param passed told why it was passed over
    /// @throws KafkaException of who is away: the record may be as good as any
    public <V> void take(
            String topic,
            @Nullable String key,
            Supplier<@Nullable V> reading,
            Consumer<@Nullable V> taking,
            Consumer<String> passed) {
        Optional<V> read;
        try {
            read = read(() -> Optional.ofNullable(reading.get()));
        } catch (SerializationException e) {
            found(topic, String.valueOf(key), e);
            passed.accept(why(e));
            return;
        }
        taking.accept(read.orElse(null));
    }

    /// @return whether it is named, since it was not lately
    public synchronized boolean found(String topic, String key, RuntimeException why) {
        Counter.builder("tocsin_unread_records_total")
                .description("Records that could not be read and were passed over.")
                .tag("topic", topic)
                .register(metrics)
                .increment();
        boolean first = named.add(topic + "/" + Clip.to(200, key));
        if (first) {
            LOG.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("key", line(Clip.to(200, key)))
                    .addKeyValue("why", why(why))
                    .log("cannot be read: passed over, and what was there before stays");
        }
        return first;
    }

    private static String why(RuntimeException e) {
        return line(Clip.to(WHY_AT_MOST, String.valueOf(e.getMessage())));
    }

    /// Whoever may write a key could else write lines of our log.
    private static String line(String text) {
        return text.replaceAll("[\\p{Cntrl}\\x{85}\\x{2028}\\x{2029}]", " ");
    }
}
