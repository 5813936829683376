package dev.tocsin.service;

import dev.tocsin.service.progress.Ends;
import dev.tocsin.service.progress.Positions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/// Reads whole topics from their beginning, committed records only, without a group: every reader sees every record.
/// Construction does no I/O. One thread, but for [#wakeup].
public final class TopicReader implements Reading {
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(10);

    private final Reach kafka;
    private final Positions positions;
    private final List<String> topics;
    private final @Nullable Duration back;
    private final Map<TopicPartition, Long> from;
    private volatile @Nullable Consumer<String, byte[]> consumer;
    private @Nullable Map<TopicPartition, Long> ends;
    private boolean caughtUp;

    /// How Kafka is reached, each when it is first needed.
    ///
    /// @param consumer of committed records, without a group; the reader closes it
    /// @param ends where partitions end, with what is not committed yet
    /// @param clock as the brokers stamp
    public record Reach(
            Supplier<Consumer<String, byte[]>> consumer,
            Function<Set<TopicPartition>, Map<TopicPartition, Long>> ends,
            InstantSource clock) {
        static Reach of(KafkaSettings kafka) {
            return new Reach(
                    () ->
                            KafkaSettings.connect(
                                    () -> new KafkaConsumer<String, byte[]>(properties(kafka))),
                    partitions -> TopicReader.ends(kafka, partitions),
                    InstantSource.system());
        }
    }

    /// @param topics full names, prefix included
    public TopicReader(KafkaSettings kafka, List<String> topics) {
        this(kafka, topics, null);
    }

    /// @param back where to begin: so long before now by the records' stamps; null for the beginning
    public TopicReader(KafkaSettings kafka, List<String> topics, @Nullable Duration back) {
        this(kafka, topics, back, new Positions());
    }

    /// @param back see above
    /// @param positions told how far it is
    public TopicReader(
            KafkaSettings kafka,
            List<String> topics,
            @Nullable Duration back,
            Positions positions) {
        this(Reach.of(kafka), topics, back, Map.of(), positions);
    }

    /// @param from offsets to begin at where `back` is null; the beginning where none is given
    public TopicReader(
            Reach kafka,
            List<String> topics,
            @Nullable Duration back,
            Map<TopicPartition, Long> from,
            Positions positions) {
        this.kafka = kafka;
        this.from = Map.copyOf(from);
        this.positions = positions;
        this.topics = List.copyOf(topics);
        this.back = back;
    }

    private static Map<String, Object> properties(KafkaSettings kafka) {
        return kafka.client(
                Map.of("reconnect.backoff.max.ms", "5000", "default.api.timeout.ms", "10000"),
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

    /// Hands over every record that is there now, and returns; what is not committed yet is waited for.
    ///
    /// @throws TimeoutException naming the address, where Kafka does not answer (any more), and the place, where a transaction stays open
    /// @throws org.apache.kafka.common.errors.RetriableException as [#poll]
    public static void readAll(
            KafkaSettings kafka,
            List<String> topics,
            java.util.function.Consumer<ConsumerRecord<String, byte[]>> seen) {
        readAll(kafka, topics, Map.of(), seen);
    }

    /// The same from these offsets on; where none is given, from the beginning.
    public static void readAll(
            KafkaSettings kafka,
            List<String> topics,
            Map<TopicPartition, Long> from,
            java.util.function.Consumer<ConsumerRecord<String, byte[]>> seen) {
        var reader = new TopicReader(Reach.of(kafka), topics, null, from, new Positions());
        readBatches(kafka, reader, records -> records.forEach(seen));
    }

    /// The same of the last while, by the records' stamps.
    public static void readAll(
            KafkaSettings kafka,
            List<String> topics,
            Duration back,
            java.util.function.Consumer<ConsumerRecord<String, byte[]>> seen) {
        var reader = new TopicReader(kafka, topics, back);
        readBatches(kafka, reader, records -> records.forEach(seen));
    }

    /// The same, from the beginning, as it comes.
    public static void readBatches(
            KafkaSettings kafka,
            List<String> topics,
            java.util.function.Consumer<ConsumerRecords<String, byte[]>> seen) {
        readBatches(kafka, new TopicReader(kafka, topics), seen);
    }

    /// @param nanos monotonic
    void readBatches(
            LongSupplier nanos, java.util.function.Consumer<ConsumerRecords<String, byte[]>> seen) {
        new WholeRead(this, this::requireAnswer, this::missing, nanos).to(seen);
    }

    private static void readBatches(
            KafkaSettings kafka,
            TopicReader reader,
            java.util.function.Consumer<ConsumerRecords<String, byte[]>> seen) {
        try (reader) {
            reader.readBatches(System::nanoTime, seen);
        } catch (TimeoutException | KafkaSettings.UnresolvableException e) {
            throw kafka.unanswered(e);
        }
    }

    /// @throws TimeoutException when Kafka does not say any more where the topics end: without a broker [#poll] gives nothing, for ever
    private void requireAnswer() {
        var reading = consumer;
        if (reading != null) {
            var _ = kafka.ends().apply(reading.assignment());
        }
    }

    /// The first call finds the partitions.
    @Override
    public ConsumerRecords<String, byte[]> poll(Duration timeout) {
        var reading = consumer;
        if (reading == null) {
            reading = kafka.consumer().get();
            consumer = reading;
        }
        if (ends == null) {
            ends = assign(reading);
        }
        var records = reading.poll(timeout);
        positions.follow(reading);
        return records;
    }

    private Map<TopicPartition, Long> assign(Consumer<String, byte[]> reading) {
        var partitions = new HashMap<TopicPartition, Long>();
        for (var topic : topics) {
            var found = reading.partitionsFor(topic);
            if (found == null || found.isEmpty()) {
                throw new UnknownTopicOrPartitionException("topic " + topic + " does not exist");
            }
            found.forEach(p -> partitions.put(new TopicPartition(topic, p.partition()), 0L));
        }
        reading.assign(partitions.keySet());
        var end = kafka.ends().apply(Set.copyOf(partitions.keySet()));
        if (back == null) {
            reading.seekToBeginning(partitions.keySet());
            from.forEach((partition, offset) -> {
                if (partitions.containsKey(partition)) {
                    reading.seek(partition, offset);
                }
            });
        } else {
            // Asked for first: what is committed after that comes behind it, and is read.
            var committed = reading.endOffsets(partitions.keySet());
            long since = kafka.clock().millis() - back.toMillis();
            partitions.replaceAll((_, _) -> since);
            reading.offsetsForTimes(partitions)
                    .forEach((partition, found) ->
                            reading.seek(
                                    partition,
                                    found == null
                                            ? committed.getOrDefault(partition, 0L)
                                            : found.offset()));
        }
        return end;
    }

    /// Also of what is not committed yet: this consumer would take what comes before that for all there is.
    private static Map<TopicPartition, Long> ends(
            KafkaSettings kafka, Set<TopicPartition> partitions) {
        try (var admin = kafka.admin(ENDS_WITHIN)) {
            var ends = new HashMap<TopicPartition, Long>();
            Ends.of(admin, partitions).forEach((partition, end) -> ends.put(partition, end.end()));
            return ends;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException why) {
                throw why;
            }
            throw new IllegalStateException("where topics end", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /// What is not handed over yet, for people.
    private String missing() {
        var reading = consumer;
        return ends == null || reading == null
                ? "nothing could be read"
                : ends.entrySet().stream()
                        .filter(end -> reading.position(end.getKey()) < end.getValue())
                        .map(end ->
                                "%s can be read up to offset %d of %d: a transaction has been open there for too long (kafka-transactions.sh find-hanging, then abort, ends it)"
                                        .formatted(
                                                end.getKey(),
                                                reading.position(end.getKey()),
                                                end.getValue()))
                        .sorted()
                        .findFirst()
                        .orElse("nothing is missing");
    }

    @Override
    public boolean caughtUp() {
        var reading = consumer;
        if (!caughtUp && ends != null && reading != null) {
            caughtUp =
                    ends.entrySet().stream()
                            .allMatch(end -> reading.position(end.getKey()) >= end.getValue());
        }
        return caughtUp;
    }

    @Override
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
            positions.forget(reading);
            reading.close();
        }
    }
}
