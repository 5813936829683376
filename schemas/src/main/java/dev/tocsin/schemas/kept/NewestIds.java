package dev.tocsin.schemas.kept;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// The schema ids in the frames of the newest records of topics.
final class NewestIds {
    /// Of each partition. With a transaction's markers and ticks in between, some are records with a value.
    private static final int NEWEST = 60;

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(100);

    private NewestIds() {}

    /// @param client properties of any client
    /// @return by topic; what cannot be read in ten seconds is left out
    /// @throws org.apache.kafka.common.KafkaException when Kafka is away, or topics may not be read
    static Map<String, Set<Integer>> read(Map<String, Object> client, Collection<String> topics) {
        var ids = new LinkedHashMap<String, Set<Integer>>();
        var properties = new HashMap<>(client);
        // What hangs in a transaction has an id, too.
        properties.putAll(
                Map.of(
                        "isolation.level", "read_uncommitted",
                        "enable.auto.commit", "false",
                        // Of what has ended nothing comes: nobody waits half a second for it.
                        "fetch.max.wait.ms", "20",
                        "default.api.timeout.ms", "10000"));
        var bytes = new ByteArrayDeserializer();
        try (var consumer = new KafkaConsumer<>(properties, bytes, bytes)) {
            var partitions = new HashSet<TopicPartition>();
            for (var topic : topics) {
                consumer.partitionsFor(topic)
                        .forEach(one -> partitions.add(new TopicPartition(topic, one.partition())));
            }
            var begins = consumer.beginningOffsets(partitions);
            var ends = new HashMap<>(consumer.endOffsets(partitions));
            ends.entrySet().removeIf(end -> end.getValue().equals(begins.get(end.getKey())));
            consumer.assign(ends.keySet());
            ends.forEach((partition, end) ->
                    consumer.seek(
                            partition, Math.max(begins.getOrDefault(partition, 0L), end - NEWEST)));
            long until = System.nanoTime() + LIMIT.toNanos();
            while (System.nanoTime() < until
                    && ends.entrySet().stream()
                            .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(POLL)
                        .forEach(record -> {
                            var value = record.value();
                            if (value != null && value.length >= 5 && value[0] == 0) {
                                ids.computeIfAbsent(record.topic(), _ -> new HashSet<>())
                                        .add(ByteBuffer.wrap(value, 1, 4).getInt());
                            }
                        });
                var done =
                        List.copyOf(consumer.assignment()).stream()
                                .filter(one -> consumer.position(one) >= ends.getOrDefault(one, 0L))
                                .toList();
                consumer.pause(done); // what is written meanwhile is not waited for
            }
        }
        return ids;
    }
}
