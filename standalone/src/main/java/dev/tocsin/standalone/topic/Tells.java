package dev.tocsin.standalone.topic;

import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.DeliveryAttempt;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.SerializationException;

/// Has targets told of an event by their mailboxes, the way that alerts take, and hears what came of it.
public final class Tells {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaSettings kafka;
    private final String topic;

    public Tells(KafkaSettings kafka) {
        this.kafka = kafka;
        topic = Topics.DELIVERY_ATTEMPTS.named(kafka.topicPrefix());
    }

    /// @param deliveries of one event, by target
    /// @param seen each try that is made meanwhile
    /// @return whether all have taken it within that time
    public boolean tell(
            Map<String, Delivery> deliveries, Duration patience, Consumer<DeliveryAttempt> seen)
            throws ExecutionException, InterruptedException {
        var waiting = new HashSet<>(deliveries.keySet());
        try (var avro = AvroSerdes.deserializer(kafka.properties(), DeliveryAttempt.class);
                var reader = new TopicReader(kafka, List.of(topic), Duration.ZERO)) {
            do {
                reader.poll(POLL); // what was tried before is no answer
            } while (!reader.caughtUp());
            TopicWriter.write(kafka, Topics.DELIVERIES, deliveries);
            var end = Instant.now().plus(patience);
            while (!waiting.isEmpty() && Instant.now().isBefore(end)) {
                for (var record : reader.poll(POLL)) {
                    DeliveryAttempt made;
                    try {
                        made = avro.deserialize(topic, record.value());
                    } catch (SerializationException e) {
                        continue; // no answer to us, whatever it is
                    }
                    var asked = made == null ? null : deliveries.get(made.getTargetId());
                    if (asked != null && asked.getIncidentId().equals(made.getIncidentId())) {
                        seen.accept(made);
                        if (made.getOutcome().equals("delivered")) {
                            waiting.remove(made.getTargetId());
                        }
                    }
                }
            }
        }
        return waiting.isEmpty();
    }

    /// For the mailbox of one target.
    public static Delivery.Builder delivery(String target, IncidentEvent event, String reason) {
        return Delivery.newBuilder()
                .setDeliveryId(UUID.randomUUID().toString())
                .setTargetId(target)
                .setIncidentId(event.getIncidentId())
                .setEventId(event.getEventId())
                .setSeq(event.getSeq())
                .setReason(reason)
                .setCreatedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .setEvent(event);
    }
}
