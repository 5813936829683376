package dev.tocsin.notifier.send;

import dev.tocsin.notifier.channel.Channel;
import dev.tocsin.notifier.channel.DeliveryResult;
import dev.tocsin.notifier.channel.DeliveryResult.Delivered;
import dev.tocsin.notifier.channel.DeliveryResult.Rejected;
import dev.tocsin.notifier.channel.DeliveryResult.Retry;
import dev.tocsin.notifier.stream.NotifierKafka;
import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.DeliveryAttempt;
import dev.tocsin.schemas.DeliveryState;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Owns partitions of `deliveries`, and with them targets. A new owner reads its partitions from the start, to know what
/// is still to be sent, before it sends; no offset ever waits on HTTP. At least once: what was sent and not yet written
/// down when a process died is sent again, under the same delivery id.
public final class DeliveryWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryWorker.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, Channel> targets;
    private final Health health;
    private final String prefix;
    private final KafkaConsumer<String, byte[]> consumer;
    private final KafkaProducer<String, byte[]> producer;
    private final Deserializer<Delivery> reader;
    private final Serializer<Delivery> writer;
    private final Serializer<DeliveryAttempt> attempts;

    /// Of each owned partition: still to be read up to here before anything is sent, and what was found so far.
    private final Map<TopicPartition, Backlog> backlogs = new ConcurrentHashMap<>();

    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
    private final Set<String> taken = ConcurrentHashMap.newKeySet();

    /// Taken back by the router while they waited here.
    private final Set<String> superseded = ConcurrentHashMap.newKeySet();

    private final Set<String> gone = ConcurrentHashMap.newKeySet();
    private final Set<Integer> owned = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private record Backlog(long end, Map<String, Delivery> pending) {}

    public DeliveryWorker(
            KafkaSettings kafka, String instance, Map<String, Channel> targets, Health health) {
        this.targets = targets;
        this.health = health;
        prefix = kafka.topicPrefix();
        consumer = NotifierKafka.consumer(kafka, "tocsin-delivery", instance);
        producer =
                NotifierKafka.producer(
                        kafka, Map.of("delivery.timeout.ms", Integer.toString(Integer.MAX_VALUE)));
        reader = AvroSerdes.deserializer(kafka.properties());
        writer = AvroSerdes.serializer(kafka.properties());
        attempts = AvroSerdes.serializer(kafka.properties());
    }

    public void run(BooleanSupplier closing) {
        NotifierKafka.subscribe(
                consumer,
                Topics.DELIVERIES.named(prefix),
                new ConsumerRebalanceListener() {
                    @Override
                    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                        partitions.forEach(partition -> {
                            owned.remove(partition.partition());
                            backlogs.remove(partition);
                        });
                    }

                    @Override
                    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                        consumer.seekToBeginning(partitions);
                        consumer.endOffsets(partitions)
                                .forEach((partition, end) -> {
                                    owned.add(partition.partition());
                                    backlogs.put(
                                            partition, new Backlog(end, new LinkedHashMap<>()));
                                });
                    }
                });
        health.fine("delivery");
        while (!closing.getAsBoolean()) {
            for (var record : consumer.poll(POLL)) {
                read(record);
            }
            for (var partition : new HashSet<>(backlogs.keySet())) {
                var backlog = backlogs.get(partition);
                if (backlog != null && consumer.position(partition) >= backlog.end()) {
                    backlogs.remove(partition);
                    backlog.pending().values().stream()
                            .sorted(Comparator.comparingLong(Delivery::getSeq))
                            .forEach(this::take);
                }
            }
        }
    }

    private void read(ConsumerRecord<String, byte[]> record) {
        @Nullable Delivery delivery;
        try {
            delivery = reader.deserialize(record.topic(), record.value());
        } catch (SerializationException e) {
            NotifierKafka.deadLetter(producer, record, e);
            return;
        }
        if (delivery == null) {
            return;
        }
        if (delivery.getState() != DeliveryState.PENDING) {
            // Only now: our own record of an earlier try may still have been on its way back to us.
            boolean waits = taken.remove(delivery.getDeliveryId());
            if (waits && delivery.getState() == DeliveryState.SUPERSEDED) {
                superseded.add(delivery.getDeliveryId());
            }
        }
        var backlog = backlogs.get(new TopicPartition(record.topic(), record.partition()));
        boolean pending = delivery.getState() == DeliveryState.PENDING;
        if (backlog == null) {
            if (pending) {
                take(delivery);
            }
        } else if (pending) {
            backlog.pending().put(delivery.getDeliveryId(), delivery);
        } else {
            backlog.pending().remove(delivery.getDeliveryId());
        }
    }

    /// Hands a delivery to its lane, once.
    private void take(Delivery delivery) {
        if (taken.add(delivery.getDeliveryId())) {
            lanes.computeIfAbsent(delivery.getTargetId(), _ -> new Lane(this::deliver))
                    .add(delivery);
        }
    }

    /// Tries until there is an end to it. Blocks its own virtual thread.
    private void deliver(Delivery delivery) {
        var current = delivery;
        var lane = java.util.Objects.requireNonNull(lanes.get(delivery.getTargetId()));
        try {
            while (!closed && current.getState() == DeliveryState.PENDING) {
                waitUntil(current.getNextAttemptAt());
                lane.places().acquire();
                try {
                    if (closed || superseded.remove(delivery.getDeliveryId()) || !owns(current)) {
                        return;
                    }
                    current = attempt(current);
                } finally {
                    lane.places().release();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            if (closed) {
                LOG.debug("ended under way; whoever comes next sends it again", e);
            } else {
                LOG.atError()
                        .addKeyValue("delivery", delivery.getDeliveryId())
                        .setCause(e)
                        .log("bug: a delivery stopped");
                health.failed("delivery", e);
            }
        } finally {
            if (current.getState() == DeliveryState.PENDING) {
                taken.remove(delivery.getDeliveryId());
            }
        }
    }

    private boolean owns(Delivery delivery) {
        int partitions = producer.partitionsFor(Topics.DELIVERIES.named(prefix)).size();
        return owned.contains(NotifierKafka.partition(delivery.getTargetId(), partitions));
    }

    private static void waitUntil(@Nullable Instant due) throws InterruptedException {
        if (due != null) {
            var left = Duration.between(Instant.now(), due);
            if (left.isPositive()) {
                Thread.sleep(left);
            }
        }
    }

    private Delivery attempt(Delivery delivery) {
        var started = Instant.now();
        var event = java.util.Objects.requireNonNull(delivery.getEvent());
        var channel = targets.get(delivery.getTargetId());
        DeliveryResult result;
        if (channel == null || gone.contains(delivery.getTargetId())) {
            result =
                    new Rejected(
                            null,
                            channel == null
                                    ? "the configuration has no such target"
                                    : "disabled: the target answered 410",
                            true);
        } else {
            result =
                    channel.deliver(delivery.getDeliveryId(), event, delivery.getReason(), started);
        }
        var next = next(delivery, result, started);
        record(next, result, started);
        return next;
    }

    private Delivery next(Delivery delivery, DeliveryResult result, Instant now) {
        int made = delivery.getAttempts() + 1;
        double jitter = ThreadLocalRandom.current().nextDouble(-1, 1);
        var pause =
                switch (result) {
                    case Delivered _ -> java.util.Optional.<Duration>empty();
                    case Retry retry -> RetryCurve.next(retry, made, jitter);
                    case Rejected rejected -> {
                        if (rejected.targetGone() && gone.add(delivery.getTargetId())) {
                            LOG.atError()
                                    .addKeyValue("target", delivery.getTargetId())
                                    .log("disabled: " + rejected.detail());
                        }
                        yield RetryCurve.next(rejected, made, jitter);
                    }
                };
        var state =
                result instanceof Delivered
                        ? DeliveryState.DELIVERED
                        : pause.isPresent() ? DeliveryState.PENDING : DeliveryState.DEAD;
        return Delivery.newBuilder(delivery)
                .setAttempts(made)
                .setState(state)
                .setLastError(result instanceof Delivered ? null : result.detail())
                .setNextAttemptAt(
                        pause.map(p -> now.plus(p).truncatedTo(ChronoUnit.MILLIS)).orElse(null))
                .build();
    }

    /// Writes down what came of an attempt; the event goes with it while it may still be needed.
    private void record(Delivery next, DeliveryResult result, Instant started) {
        if (next.getState() == DeliveryState.PENDING) {
            LOG.atWarn()
                    .addKeyValue("target", next.getTargetId())
                    .addKeyValue("attempt", next.getAttempts())
                    .addKeyValue("next", next.getNextAttemptAt())
                    .addKeyValue("why", result.detail())
                    .log("not delivered");
        }
        var topic = Topics.DELIVERIES.named(prefix);
        var partition =
                NotifierKafka.partition(next.getTargetId(), producer.partitionsFor(topic).size());
        if (next.getState() == DeliveryState.DEAD) {
            LOG.atError()
                    .addKeyValue("target", next.getTargetId())
                    .addKeyValue("incident", next.getIncidentId())
                    .addKeyValue("why", result.detail())
                    .log("given up; it is in the dead letters");
            var _ =
                    producer.send(
                            new ProducerRecord<>(
                                    topic + "-dlq",
                                    next.getDeliveryId(),
                                    writer.serialize(topic, next)));
        }
        var kept =
                next.getState() == DeliveryState.PENDING
                        ? next
                        : Delivery.newBuilder(next).setEvent(null).build();
        var _ =
                producer.send(
                        new ProducerRecord<>(
                                topic,
                                partition,
                                next.getDeliveryId(),
                                writer.serialize(topic, kept)));
        var log =
                DeliveryAttempt.newBuilder()
                        .setDeliveryId(next.getDeliveryId())
                        .setTargetId(next.getTargetId())
                        .setIncidentId(next.getIncidentId())
                        .setEventId(next.getEventId())
                        .setSeq(next.getSeq())
                        .setAttempt(next.getAttempts())
                        .setAt(started.truncatedTo(ChronoUnit.MILLIS))
                        .setDurationMs(Duration.between(started, Instant.now()).toMillis())
                        .setOutcome(
                                switch (result) {
                                    case Delivered _ -> "delivered";
                                    case Retry _ -> "retry";
                                    case Rejected _ -> "rejected";
                                })
                        .setStatus(result.status())
                        .setDetail(result.detail())
                        .setNextAttemptAt(next.getNextAttemptAt())
                        .build();
        var attemptsTopic = Topics.DELIVERY_ATTEMPTS.named(prefix);
        var _ =
                producer.send(
                        new ProducerRecord<>(
                                attemptsTopic,
                                next.getTargetId(),
                                attempts.serialize(attemptsTopic, log)));
    }

    @Override
    public void close() {
        closed = true;
        consumer.close();
        producer.close(Duration.ofSeconds(5));
    }
}
