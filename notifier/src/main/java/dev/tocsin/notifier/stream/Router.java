package dev.tocsin.notifier.stream;

import dev.tocsin.notifier.route.Route;
import dev.tocsin.notifier.route.Routing;
import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.DeliveryState;
import dev.tocsin.schemas.HeldDelivery;
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
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
public final class Router implements AutoCloseable {
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
    private final GroupSizes groupSizes;
    private final Map<String, Notified> notified = new HashMap<>();

    public Router(KafkaSettings kafka, String instance, List<Route> routes, Health health) {
        this.routes = routes;
        this.health = health;
        this.kafka = kafka;
        prefix = kafka.topicPrefix();
        consumer = NotifierKafka.consumer(kafka, "tocsin-router", instance);
        producer =
                NotifierKafka.producer(
                        kafka,
                        Map.of(
                                "transactional.id",
                                prefix + "tocsin-router-" + instance,
                                "transaction.timeout.ms",
                                "10000"));
        groupSizes = new GroupSizes(kafka);
        events = AvroSerdes.deserializer(kafka.properties());
        deliveries = AvroSerdes.serializer(kafka.properties());
        notifiedSerializer = AvroSerdes.serializer(kafka.properties());
        notifiedDeserializer = AvroSerdes.deserializer(kafka.properties());
    }

    /// Until `closing` says so; any exception means that this router is done with and a new one should go on.
    public void run(java.util.function.BooleanSupplier closing) {
        producer.initTransactions();
        NotifierKafka.subscribe(
                consumer,
                Topics.INCIDENTS.named(prefix),
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
            groupSizes.update();
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
            read(record).ifPresent(this::route);
            offsets.put(
                    new TopicPartition(record.topic(), record.partition()),
                    new OffsetAndMetadata(record.offset() + 1));
        }
        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
        producer.commitTransaction();
    }

    private Optional<IncidentEvent> read(ConsumerRecord<String, byte[]> record) {
        try {
            return Optional.ofNullable(events.deserialize(record.topic(), record.value()));
        } catch (SerializationException e) {
            NotifierKafka.deadLetter(producer, record, e);
            return Optional.empty();
        }
    }

    private void route(IncidentEvent event) {
        var before = notified.get(event.getIncidentId());
        if (before != null && before.getLastSeq() >= event.getSeq()) {
            return;
        }
        var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        var group = event.getGroup() == null ? "" : event.getGroup();
        var plan = Routing.plan(event, routes, before, groupSizes.checks(group), now);
        var held = new ArrayList<HeldDelivery>();
        plan.targets()
                .forEach((target, reason) -> {
                    var delivery =
                            Delivery.newBuilder()
                                    .setDeliveryId(deliveryId(event, target))
                                    .setTargetId(target)
                                    .setIncidentId(event.getIncidentId())
                                    .setEventId(event.getEventId())
                                    .setSeq(event.getSeq())
                                    .setState(DeliveryState.PENDING)
                                    .setReason(reason)
                                    .setCreatedAt(now)
                                    .setNextAttemptAt(
                                            plan.heldUntil() == null
                                                    ? null
                                                    : plan.heldUntil().plus(Routing.MARGIN))
                                    .setEvent(event)
                                    .build();
                    write(delivery);
                    if (plan.heldUntil() != null) {
                        held.add(
                                new HeldDelivery(
                                        delivery.getDeliveryId(),
                                        target,
                                        event.getEventId(),
                                        event.getSeq()));
                    }
                });
        for (var taken : plan.superseded()) {
            write(
                    Delivery.newBuilder()
                            .setDeliveryId(taken.getDeliveryId())
                            .setTargetId(taken.getTargetId())
                            .setIncidentId(event.getIncidentId())
                            .setEventId(taken.getEventId())
                            .setSeq(taken.getSeq())
                            .setState(DeliveryState.SUPERSEDED)
                            .setReason("told as outage " + event.getOutageId())
                            .setCreatedAt(now)
                            .build());
        }
        var after = Routing.after(event, plan, before, held);
        var topic = Topics.NOTIFIED.named(prefix);
        var _ =
                producer.send(
                        new ProducerRecord<>(
                                topic,
                                event.getIncidentId(),
                                notifiedSerializer.serialize(topic, after)));
        notified.put(event.getIncidentId(), after);
    }

    private static String deliveryId(IncidentEvent event, String target) {
        return UUID.nameUUIDFromBytes(
                        (event.getEventId() + "/" + target).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private void write(Delivery delivery) {
        var topic = Topics.DELIVERIES.named(prefix);
        int partition =
                NotifierKafka.partition(
                        delivery.getTargetId(), producer.partitionsFor(topic).size());
        var _ =
                producer.send(
                        new ProducerRecord<>(
                                topic,
                                partition,
                                delivery.getDeliveryId(),
                                deliveries.serialize(topic, delivery)));
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        consumer.close();
        groupSizes.close();
    }
}
