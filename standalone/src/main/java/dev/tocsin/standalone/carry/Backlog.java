package dev.tocsin.standalone.carry;

import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import dev.tocsin.service.streams.AppState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/// What lies behind the committed offsets of an app that was stopped. Kafka's count of it would not do: markers of transactions and ticks are no
/// records that anybody has to decide on, and some of both always come after the last commit. Nor are those that each partition tells anew.
final class Backlog {
    /// Each partition and each agent tells these when it starts.
    private static final Set<SignalKind> TOLD_ANEW =
            EnumSet.of(SignalKind.EVIDENCE, SignalKind.AGENT, SignalKind.SERVICE);

    private final KafkaSettings kafka;
    private final Admin admin;

    Backlog(KafkaSettings kafka, Admin admin) {
        this.kafka = kafka;
        this.admin = admin;
    }

    /// What the notifier left for its successor when it was stopped: what targets took meanwhile.
    ///
    /// @throws ConfigException when there is anything else, naming where
    List<ConsumerRecord<String, byte[]>> leftBy(AppState app)
            throws ExecutionException, InterruptedException {
        var prefix = kafka.topicPrefix();
        var deliveries = Topics.DELIVERIES.named(prefix);
        var signals = Topics.SIGNALS.named(prefix);
        var left = new ArrayList<ConsumerRecord<String, byte[]>>();
        var undecided =
                new TreeMap<TopicPartition, Long>(
                        Comparator.comparing(TopicPartition::topic)
                                .thenComparingInt(TopicPartition::partition));
        try (var heard = AvroSerdes.deserializer(kafka.properties(), Delivery.class);
                var told = AvroSerdes.deserializer(kafka.properties(), Signal.class)) {
            TopicReader.readAll(
                    kafka,
                    app.inputs().stream().map(topic -> prefix + topic).toList(),
                    committed(app.group(prefix)),
                    record -> {
                        if (record.topic().equals(deliveries) && isHeard(heard, record)) {
                            left.add(record);
                        } else if (!(record.key() == null && record.value() == null)
                                && !(record.topic().equals(signals) && isToldAnew(told, record))) {
                            undecided.merge(
                                    new TopicPartition(record.topic(), record.partition()),
                                    1L,
                                    Long::sum);
                        }
                    });
        }
        if (undecided.isEmpty()) {
            return left;
        }
        var first = undecided.firstEntry();
        throw new ConfigException(
                "%s has not decided on all that it reads: %d records of %s%s; start streams and notifiers under the prefix \"%s\" once more, without agents and pages, and stop them when they have"
                        .formatted(
                                app.group(prefix),
                                first.getValue(),
                                first.getKey(),
                                undecided.size() == 1
                                        ? ""
                                        : " and some of %d other partitions"
                                                .formatted(undecided.size() - 1),
                                prefix));
    }

    private static boolean isHeard(
            Deserializer<Delivery> avro, ConsumerRecord<String, byte[]> record) {
        var delivery = read(avro, record);
        return delivery != null && delivery.getHeard() != null;
    }

    /// While a region is silent its partitions say so each second, and agents go on to: the last of that is never decided on.
    private static boolean isToldAnew(
            Deserializer<Signal> avro, ConsumerRecord<String, byte[]> record) {
        var signal = read(avro, record);
        return signal != null && TOLD_ANEW.contains(signal.getKind());
    }

    /// Null for what cannot be read: it is counted, as whoever would set it aside has not seen it.
    private static <T> @Nullable T read(
            Deserializer<T> avro, ConsumerRecord<String, byte[]> record) {
        try {
            return avro.deserialize(record.topic(), record.value());
        } catch (SerializationException e) {
            return null;
        }
    }

    private Map<TopicPartition, Long> committed(String group)
            throws ExecutionException, InterruptedException {
        var offsets = new HashMap<TopicPartition, Long>();
        try {
            admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, at) -> {
                        if (at != null) {
                            offsets.put(partition, at.offset());
                        }
                    });
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                throw e;
            }
        }
        return offsets;
    }
}
