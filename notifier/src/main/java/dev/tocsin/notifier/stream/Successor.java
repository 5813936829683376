package dev.tocsin.notifier.stream;

import dev.tocsin.notifier.mailbox.DeliveryResult.Delivered;
import dev.tocsin.notifier.send.Outgoing.Answer;
import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.Heard;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.KafkaSettings;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whoever has a target next. A task that is closed has committed what it knew; what its targets answer then is told by a record in their mailboxes' topic, which
/// its successor reads before it sends anything. Best effort, and for all of them two seconds: what is not told is sent again, under its id. Thread-safe; what writes is made when it is first needed.
public final class Successor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Successor.class);

    /// A hand-over is to take three seconds at most (DESIGN section 7).
    private static final Duration AT_MOST = Duration.ofSeconds(2);

    private final String deliveries;
    private final Serializer<Delivery> format;
    private final Supplier<Producer<String, byte[]>> connect;
    private volatile @Nullable Producer<String, byte[]> producer;

    /// @param connect to Kafka; not in transactions, for another may own the task by then
    public Successor(
            String prefix,
            Serializer<Delivery> format,
            Supplier<Producer<String, byte[]>> connect) {
        deliveries = Topics.DELIVERIES.named(prefix);
        this.format = format;
        this.connect = connect;
    }

    public static Successor by(KafkaSettings kafka, Formats formats) {
        var atMost = Long.toString(AT_MOST.toMillis());
        var config =
                kafka.client(
                        Map.of(),
                        Map.of(
                                "acks",
                                "all",
                                "enable.idempotence",
                                "true",
                                "linger.ms",
                                "0",
                                "max.block.ms",
                                atMost,
                                "request.timeout.ms",
                                atMost,
                                "delivery.timeout.ms",
                                atMost));
        return new Successor(
                kafka.topicPrefix(),
                formats.delivery(),
                () ->
                        KafkaSettings.connect(() ->
                                new KafkaProducer<>(
                                        config,
                                        new StringSerializer(),
                                        new ByteArraySerializer())));
    }

    /// Returns when it is written, or that was not to be.
    synchronized void told(List<Flight.Arrived> unseen) {
        var taken =
                unseen.stream().filter(one -> one.answer().result() instanceof Delivered).toList();
        if (taken.isEmpty()) {
            return;
        }
        long until = System.nanoTime() + AT_MOST.toNanos();
        var failed = new AtomicBoolean();
        try {
            var sending = producer == null ? connect.get() : producer;
            producer = sending;
            for (var one : taken) {
                if (failed.get() || System.nanoTime() - until > 0) {
                    break; // each would wait as long as the first
                }
                var record =
                        new ProducerRecord<>(
                                deliveries,
                                one.target(),
                                format.serialize(deliveries, heard(one.target(), one.answer())));
                var _ =
                        sending.send(
                                record,
                                (_, failure) -> {
                                    if (failure != null && failed.compareAndSet(false, true)) {
                                        lost(failure);
                                    }
                                });
            }
            sending.flush();
        } catch (KafkaException | IllegalStateException e) {
            lost(e); // IllegalStateException: it was closed meanwhile
        }
    }

    private static void lost(Exception failure) {
        LOG.atWarn()
                .addKeyValue("why", failure.toString())
                .log(
                        "what a target has taken could not be handed over: it may be told twice, under the same id");
    }

    private static Delivery heard(String target, Answer answer) {
        var result = (Delivered) Objects.requireNonNull(answer.result());
        return Delivery.newBuilder()
                .setDeliveryId(answer.message())
                .setTargetId(target)
                .setIncidentId("")
                .setEventId("")
                .setSeq(0)
                .setReason("taken as it was handed over")
                .setCreatedAt(answer.ended().truncatedTo(ChronoUnit.MILLIS))
                .setHeard(
                        Heard.newBuilder()
                                .setMessageId(answer.message())
                                .setBegunAt(answer.begun().truncatedTo(ChronoUnit.MILLIS))
                                .setDurationMs(
                                        Duration.between(answer.begun(), answer.ended()).toMillis())
                                .setStatus(result.status())
                                .setDetail(result.detail())
                                .build())
                .build();
    }

    /// By its successor.
    static Answer answer(Heard heard) {
        return new Answer(
                heard.getMessageId(),
                new Delivered(heard.getStatus(), heard.getDetail()),
                heard.getBegunAt(),
                heard.getBegunAt().plusMillis(heard.getDurationMs()));
    }

    @Override
    public void close() {
        var made = producer;
        if (made != null) {
            made.close(Duration.ZERO); // what it had is flushed; whoever still waits in it is woken
        }
    }
}
