package dev.tocsin.standalone.topic;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.PlainText;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/// Reads `incidents` as any subscriber may.
public final class IncidentFeed {
    private IncidentFeed() {}

    /// Hands over every event from the beginning; to the end of the topic, or with `follow` until `stop` says so, whether Kafka is there or not.
    ///
    /// @throws org.apache.kafka.common.errors.RetriableException where Kafka does not answer (any more), but while it follows
    public static void read(
            KafkaSettings kafka,
            boolean follow,
            BooleanSupplier stop,
            Consumer<IncidentEvent> seen) {
        var topic = Topics.INCIDENTS.named(kafka.topicPrefix());
        try (var events = AvroSerdes.deserializer(kafka.properties(), IncidentEvent.class)) {
            if (!follow) {
                TopicReader.readBatches(
                        kafka, List.of(topic), records -> hand(records, events, seen));
                return;
            }
            try (var reader = new TopicReader(kafka, List.of(topic))) {
                while (!stop.getAsBoolean()) {
                    hand(reader.poll(Duration.ofMillis(200)), events, seen);
                }
            }
        }
    }

    /// What people were told of it as since it began: its own id, and those of the outages that it is or was part of.
    public static Set<String> toldAs(KafkaSettings kafka, IncidentEvent incident, Instant now) {
        var ids = new LinkedHashSet<String>();
        ids.add(incident.getIncidentId());
        since(
                kafka,
                incident,
                now,
                event -> {
                    if (event.getIncidentId().equals(incident.getIncidentId())
                            && event.getOutageId() != null) {
                        ids.add(event.getOutageId());
                    }
                });
        return ids;
    }

    /// What people wrote to an incident since it began, and to the outage that it is part of: a line each, the oldest first.
    public static List<String> notes(KafkaSettings kafka, IncidentEvent incident, Instant now) {
        var notes = new ArrayList<IncidentEvent>();
        since(
                kafka,
                incident,
                now,
                event -> {
                    if (event.getType() == IncidentEventType.ANNOTATED
                            && concerns(event, incident)) {
                        notes.add(event);
                    }
                });
        return notes.stream()
                .sorted(Comparator.comparing(IncidentEvent::getAt))
                .map(note ->
                        note.getAt()
                                + (note.getCheckId() == null ? "  to the outage: " : "  ")
                                + note.getReason())
                .toList();
    }

    /// All events from its beginning on.
    private static void since(
            KafkaSettings kafka,
            IncidentEvent incident,
            Instant now,
            Consumer<IncidentEvent> seen) {
        var topic = Topics.INCIDENTS.named(kafka.topicPrefix());
        try (var events = AvroSerdes.deserializer(kafka.properties(), IncidentEvent.class)) {
            TopicReader.readAll(
                    kafka,
                    List.of(topic),
                    Duration.between(incident.getStartedAt(), now),
                    record -> hand(List.of(record), events, seen));
        }
    }

    private static boolean concerns(IncidentEvent event, IncidentEvent incident) {
        return event.getIncidentId().equals(incident.getIncidentId())
                || event.getIncidentId().equals(incident.getOutageId());
    }

    /// In the order of their time, as far as they came together.
    private static void hand(
            Iterable<ConsumerRecord<String, byte[]>> records,
            Deserializer<IncidentEvent> events,
            Consumer<IncidentEvent> seen) {
        StreamSupport.stream(records.spliterator(), false)
                .sorted(Comparator.comparingLong(ConsumerRecord::timestamp))
                .forEach(record -> {
                    try {
                        var event = events.deserialize(record.topic(), record.value());
                        if (event != null) {
                            seen.accept(event);
                        }
                    } catch (SerializationException e) {
                        System.err.println(
                                record.partition()
                                        + "@"
                                        + record.offset()
                                        + " is no incident event: "
                                        + e.getMessage());
                    }
                });
    }

    /// One line for people; of the incident's id its first 8 characters.
    public static String line(IncidentEvent event) {
        return PlainText.shown(
                "%s  %.8s  %-16s %-8s %-9s %s: %s  [%s]%s"
                        .formatted(
                                event.getAt(),
                                event.getIncidentId(),
                                event.getType(),
                                event.getSeverity().name().toLowerCase(java.util.Locale.ROOT),
                                event.getKind().name().toLowerCase(java.util.Locale.ROOT),
                                event.getName(),
                                event.getReason(),
                                regions(event),
                                event.getRecurrence().getIn30Days() > 1
                                        ? "  "
                                                + event.getRecurrence().getIn30Days()
                                                + ". in 30 days"
                                        : ""));
    }

    /// Each region with its verdict.
    public static String regions(IncidentEvent event) {
        return event.getRegions().stream()
                .map(r ->
                        r.getRegion()
                                + " "
                                + r.getVerdict().name().toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    public static List<String> failing(IncidentEvent event) {
        return event.getRegions().stream()
                .filter(r -> r.getVerdict() == dev.tocsin.schemas.RegionVerdict.FAILING)
                .map(r -> r.getRegion())
                .toList();
    }
}
