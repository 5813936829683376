package dev.tocsin.service.progress;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the consumers of a process stand. Each tells it on its own thread, anybody may ask.
public final class Positions {
    private static final Logger LOG = LoggerFactory.getLogger(Positions.class);
    private static final long EACH_NANOS = Duration.ofMillis(500).toNanos();

    private record Told(long atNanos, Map<TopicPartition, Long> positions) {}

    private final Map<Object, Told> byConsumer = new ConcurrentHashMap<>();

    /// After a poll; looks at most twice a second.
    public void follow(Consumer<?, ?> consumer) {
        var told = byConsumer.get(consumer);
        long now = System.nanoTime();
        if (told != null && now - told.atNanos < EACH_NANOS) {
            return;
        }
        var positions = new HashMap<TopicPartition, Long>();
        for (var partition : consumer.assignment()) {
            try {
                positions.put(partition, consumer.position(partition, Duration.ZERO));
            } catch (KafkaException e) {
                // Known after a later poll. Thrown on, Streams might take it for what the poll
                // said,
                // and what that gave would be lost.
                LOG.trace("where {} is read is not known", partition, e);
            }
        }
        byConsumer.put(consumer, new Told(now, Map.copyOf(positions)));
    }

    /// It reads no more.
    public void forget(Consumer<?, ?> consumer) {
        byConsumer.remove(consumer);
    }

    public Map<TopicPartition, Long> all() {
        var all = new HashMap<TopicPartition, Long>();
        byConsumer.values().forEach(told -> all.putAll(told.positions));
        return all;
    }
}
