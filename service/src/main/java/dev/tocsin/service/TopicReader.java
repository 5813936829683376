package dev.tocsin.service;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/// Reads whole topics from their beginning, committed records only, without a group: every reader sees every record.
/// Construction does no I/O. One thread, but for [#wakeup].
public final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, Object> properties;
    private final List<String> topics;
    private final @Nullable Duration back;
    private volatile @Nullable KafkaConsumer<String, byte[]> consumer;
    private @Nullable Map<TopicPartition, Long> ends;
    private boolean caughtUp;

    /// @param topics full names, prefix included
    public TopicReader(KafkaSettings kafka, List<String> topics) {
        this(kafka, topics, null);
    }

    /// @param back where to begin: so long before now by the records' stamps; null for the beginning
    public TopicReader(KafkaSettings kafka, List<String> topics, @Nullable Duration back) {
        this.topics = List.copyOf(topics);
        this.back = back;
        properties =
                kafka.client(
                        Map.of(
                                "reconnect.backoff.max.ms",
                                "5000",
                                "default.api.timeout.ms",
                                "10000"),
                        Map.of(
                                "key.deserializer",
                                StringDeserializer.class.getName(),
                                "value.deserializer",
                                ByteArrayDeserializer.class.getName(),
                                "isolation.level",
                                "read_committed",
                                "enable.auto.commit",
                                "false",
                                "auto.offset.reset",
                                "earliest"));
    }

    /// Hands over every record that is there now, and returns.
    ///
    /// @throws org.apache.kafka.common.errors.RetriableException as [#poll]
    public static void readAll(
            KafkaSettings kafka,
            List<String> topics,
            Consumer<ConsumerRecord<String, byte[]>> seen) {
        try (var reader = new TopicReader(kafka, topics)) {
            while (!reader.caughtUp()) {
                reader.poll(POLL).forEach(seen);
            }
        }
    }

    /// The next records; the first call finds the partitions.
    ///
    /// @throws org.apache.kafka.common.errors.RetriableException when Kafka does not answer or a topic does not exist
    ///     (yet): a later call may go through
    public ConsumerRecords<String, byte[]> poll(Duration timeout) {
        var reading = consumer;
        if (reading == null) {
            reading = KafkaSettings.connect(() -> new KafkaConsumer<String, byte[]>(properties));
            consumer = reading;
        }
        if (ends == null) {
            ends = assign(reading);
        }
        return reading.poll(timeout);
    }

    private Map<TopicPartition, Long> assign(KafkaConsumer<String, byte[]> reading) {
        var partitions = new HashMap<TopicPartition, Long>();
        for (var topic : topics) {
            var found = reading.partitionsFor(topic);
            if (found == null || found.isEmpty()) {
                throw new UnknownTopicOrPartitionException("topic " + topic + " does not exist");
            }
            found.forEach(p -> partitions.put(new TopicPartition(topic, p.partition()), 0L));
        }
        reading.assign(partitions.keySet());
        var end = reading.endOffsets(partitions.keySet());
        if (back == null) {
            reading.seekToBeginning(partitions.keySet());
        } else {
            long since = System.currentTimeMillis() - back.toMillis();
            partitions.replaceAll((_, _) -> since);
            reading.offsetsForTimes(partitions)
                    .forEach((partition, found) ->
                            reading.seek(
                                    partition,
                                    found == null
                                            ? end.getOrDefault(partition, 0L)
                                            : found.offset()));
        }
        return end;
    }

    /// Whether everything that was there at the first [#poll] has been handed over.
    public boolean caughtUp() {
        var reading = consumer;
        if (!caughtUp && ends != null && reading != null) {
            caughtUp =
                    ends.entrySet().stream()
                            .allMatch(end -> reading.position(end.getKey()) >= end.getValue());
        }
        return caughtUp;
    }

    /// Ends a [#poll] under way with a [org.apache.kafka.common.errors.WakeupException]. Any thread.
    public void wakeup() {
        var reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
    }

    @Override
    public void close() {
        var reading = consumer;
        if (reading != null) {
            reading.close();
        }
    }
}
