package dev.tocsin.standalone.topic;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// Reads `incidents` as any subscriber may.
public final class IncidentFeed {
    private IncidentFeed() {}

    /// Hands over every event from the beginning; to the end of the topic, or with `follow` until `stop` says so.
    public static void read(
            KafkaSettings kafka,
            boolean follow,
            BooleanSupplier stop,
            Consumer<IncidentEvent> seen) {
        read(kafka, null, follow, stop, seen);
    }

    /// What people wrote to an incident since it began, and to the outage that it is part of: a line each, the oldest first.
    public static List<String> notes(KafkaSettings kafka, IncidentEvent incident, Instant now) {
        var notes = new ArrayList<IncidentEvent>();
        read(
                kafka,
                Duration.between(incident.getStartedAt(), now),
                false,
                () -> false,
                event -> {
                    boolean concerns =
                            event.getIncidentId().equals(incident.getIncidentId())
                                    || event.getIncidentId().equals(incident.getOutageId());
                    if (concerns && event.getType() == IncidentEventType.ANNOTATED) {
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

    /// @param back how far; null for all
    private static void read(
            KafkaSettings kafka,
            @Nullable Duration back,
            boolean follow,
            BooleanSupplier stop,
            Consumer<IncidentEvent> seen) {
        var topic = Topics.INCIDENTS.named(kafka.topicPrefix());
        try (var events = AvroSerdes.deserializer(kafka.properties(), IncidentEvent.class);
                var reader = new TopicReader(kafka, List.of(topic), back)) {
            while (!stop.getAsBoolean() && (follow || !reader.caughtUp())) {
                StreamSupport.stream(reader.poll(Duration.ofMillis(200)).spliterator(), false)
                        .sorted(Comparator.comparingLong(ConsumerRecord::timestamp))
                        .forEach(record -> {
                            try {
                                var event = events.deserialize(topic, record.value());
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
        }
    }

    /// The newest event of the incident whose id begins so.
    ///
    /// @throws ConfigException when there is none, or more than one
    public static IncidentEvent newest(KafkaSettings kafka, String beginning) {
        var found = new HashMap<String, IncidentEvent>();
        // One that was carried here from another prefix may have no event here yet.
        Compacted.read(kafka, Topics.INCIDENT_STATE)
                .forEach((id, event) -> {
                    if (id.startsWith(beginning)) {
                        found.put(id, event);
                    }
                });
        read(
                kafka,
                false,
                () -> false,
                event -> {
                    if (event.getIncidentId().startsWith(beginning)) {
                        found.put(event.getIncidentId(), event);
                    }
                });
        if (beginning.isEmpty() || found.isEmpty()) {
            throw new ConfigException(
                    "no incident \"" + beginning + "\"; tocsin incidents lists them");
        }
        if (found.size() > 1) {
            throw new ConfigException(
                    "\""
                            + beginning
                            + "\" begins the ids of several: "
                            + String.join(", ", found.keySet()));
        }
        return found.values().iterator().next();
    }

    /// One line for people; of the incident's id its first 8 characters.
    public static String line(IncidentEvent event) {
        return "%s  %.8s  %-16s %-8s %-9s %s: %s  [%s]%s"
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
                                ? "  " + event.getRecurrence().getIn30Days() + ". in 30 days"
                                : "");
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
