package dev.tocsin.notifier;

import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.DeliveryState;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Notified;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/// Turns each event into one delivery per target, in one transaction with its offset and with `notified`: after a crash
/// either all of it happened or none. Runs in one thread, and ends by an exception when a transaction fails; whoever runs
/// it starts a new one, which reads `notified` again.
final class Router implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final List<Route> routes;
    private final Health health;
    private final KafkaSettings kafka;
    private final String prefix;
    private final KafkaConsumer<String, byte[]> consumer;
    private final KafkaProducer<String, byte[]> producer;
    private final Deserializer<IncidentEvent> events;
    private final Serializer<Delivery> deliveries;
    private final Serializer<Notified> notifiedSerializer;
    private final Deserializer<Notified> notifiedDeserializer;
    private final Map<String, Notified> notified = new HashMap<>();

    Router(KafkaSettings kafka, String instance, List<Route> routes, Health health) {
        this.routes = routes;
        this.health = health;
        this.kafka = kafka;
        prefix = kafka.topicPrefix();
        consumer = NotifierKafka.consumer(kafka, "tocsin-router");
        producer =
                NotifierKafka.producer(
                        kafka,
                        Map.of(
                                "transactional.id",
                                prefix + "tocsin-router-" + instance,
                                "transaction.timeout.ms",
                                "10000"));
        events = AvroSerdes.deserializer(kafka.properties());
        deliveries = AvroSerdes.serializer(kafka.properties());
        notifiedSerializer = AvroSerdes.serializer(kafka.properties());
        notifiedDeserializer = AvroSerdes.deserializer(kafka.properties());
    }

    /// Until `closing` says so; any exception means that this router is done with and a new one should go on.
    void run(java.util.function.BooleanSupplier closing) {
        producer.initTransactions();
        consumer.subscribe(
                List.of(Topics.INCIDENTS.named(prefix)),
                new ConsumerRebalanceListener() {
                    @Override
                    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

                    @Override
                    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                        readNotified();
                    }
                });
        health.fine("router");
        while (!closing.getAsBoolean()) {
            var records = consumer.poll(POLL);
            if (!records.isEmpty()) {
                route(records);
            }
        }
    }

    /// Reads `notified` to its end: whoever was told by this or another router.
    private void readNotified() {
        notified.clear();
        var topic = Topics.NOTIFIED.named(prefix);
        var unreadable = new ArrayList<Runnable>();
        TopicReader.readAll(
                kafka,
                List.of(topic),
                record -> {
                    try {
                        var value = notifiedDeserializer.deserialize(topic, record.value());
                        if (value == null) {
                            notified.remove(record.key());
                        } else {
                            notified.put(record.key(), value);
                        }
                    } catch (SerializationException e) {
                        unreadable.add(() -> NotifierKafka.deadLetter(producer, record, e));
                    }
                });
        if (!unreadable.isEmpty()) {
            producer.beginTransaction();
            unreadable.forEach(Runnable::run);
            producer.commitTransaction();
        }
    }

    private void route(ConsumerRecords<String, byte[]> records) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        producer.beginTransaction();
        for (var record : records) {
            try {
                route(events.deserialize(record.topic(), record.value()));
            } catch (SerializationException e) {
                NotifierKafka.deadLetter(producer, record, e);
            }
            offsets.put(
                    new TopicPartition(record.topic(), record.partition()),
                    new OffsetAndMetadata(record.offset() + 1));
        }
        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
        producer.commitTransaction();
    }

    private void route(@org.jspecify.annotations.Nullable IncidentEvent event) {
        if (event == null) {
            return;
        }
        var before = notified.get(event.getIncidentId());
        var targets = Routing.targets(event, routes, before);
        var topic = Topics.DELIVERIES.named(prefix);
        int partitions = producer.partitionsFor(topic).size();
        targets.forEach((target, reason) -> {
            var delivery =
                    Delivery.newBuilder()
                            .setDeliveryId(
                                    UUID.nameUUIDFromBytes(
                                                    (event.getEventId() + "/" + target)
                                                            .getBytes(StandardCharsets.UTF_8))
                                            .toString())
                            .setTargetId(target)
                            .setIncidentId(event.getIncidentId())
                            .setEventId(event.getEventId())
                            .setSeq(event.getSeq())
                            .setState(DeliveryState.PENDING)
                            .setReason(reason)
                            .setCreatedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                            .setEvent(event)
                            .build();
            var _ =
                    producer.send(
                            new ProducerRecord<>(
                                    topic,
                                    NotifierKafka.partition(target, partitions),
                                    delivery.getDeliveryId(),
                                    deliveries.serialize(topic, delivery)));
        });
        if (before == null || before.getLastSeq() < event.getSeq()) {
            var all = new TreeSet<>(targets.keySet());
            if (before != null) {
                all.addAll(before.getTargets());
            }
            var now = new Notified(event.getIncidentId(), event.getSeq(), List.copyOf(all));
            var notifiedTopic = Topics.NOTIFIED.named(prefix);
            var _ =
                    producer.send(
                            new ProducerRecord<>(
                                    notifiedTopic,
                                    event.getIncidentId(),
                                    notifiedSerializer.serialize(notifiedTopic, now)));
            notified.put(event.getIncidentId(), now);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        consumer.close();
    }
}
