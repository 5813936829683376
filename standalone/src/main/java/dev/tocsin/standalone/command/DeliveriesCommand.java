package dev.tocsin.standalone.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.schemas.DeliveryAttempt;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import dev.tocsin.standalone.topic.IncidentFeed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.common.errors.SerializationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Who was told of an incident, when, and what failed: from the record of every try. What was told of the outage that it is part of belongs to it.
@Command(
        name = "deliveries",
        description = "Who was told of an incident, when, and what failed.",
        mixinStandardHelpOptions = true)
public final class DeliveriesCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin ConfigOption config = new ConfigOption();

    @Parameters(paramLabel = "INCIDENT", description = "An incident's id, or its first characters.")
    String incident = "";

    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    @Override
    public Integer call() {
        var kafka = config.kafka();
        var ids = ids(kafka);
        var tries = tries(kafka, ids);
        if (tries.isEmpty()) {
            System.out.println("nobody was told of it, and nobody was tried");
        }
        tries.forEach(made -> System.out.println(json ? object(made) : line(made)));
        return 0;
    }

    /// Of the incident and of the outages that it is or was part of.
    private Set<String> ids(KafkaSettings kafka) {
        var found = new LinkedHashSet<String>();
        var ids = new LinkedHashSet<String>();
        IncidentFeed.read(
                kafka,
                false,
                () -> false,
                event -> {
                    if (event.getIncidentId().startsWith(incident)) {
                        found.add(event.getIncidentId());
                        ids.add(event.getIncidentId());
                        if (event.getOutageId() != null) {
                            ids.add(event.getOutageId());
                        }
                    }
                });
        if (found.isEmpty()) {
            throw new ConfigException(
                    "no incident \"" + incident + "\"; tocsin incidents lists them");
        }
        if (found.size() > 1) {
            throw new ConfigException(
                    "\"" + incident + "\" begins the ids of " + found.size() + " incidents");
        }
        return ids;
    }

    private static List<DeliveryAttempt> tries(KafkaSettings kafka, Set<String> ids) {
        var topic = Topics.DELIVERY_ATTEMPTS.named(kafka.topicPrefix());
        var tries = new ArrayList<DeliveryAttempt>();
        try (var avro = AvroSerdes.deserializer(kafka.properties(), DeliveryAttempt.class)) {
            TopicReader.readAll(
                    kafka,
                    List.of(topic),
                    record -> {
                        try {
                            var made = avro.deserialize(topic, record.value());
                            if (made != null && ids.contains(made.getIncidentId())) {
                                tries.add(made);
                            }
                        } catch (SerializationException e) {
                            System.err.println(
                                    record.partition()
                                            + "@"
                                            + record.offset()
                                            + " is no attempt: "
                                            + e.getMessage());
                        }
                    });
        }
        tries.sort(Comparator.comparing(DeliveryAttempt::getAt));
        return tries;
    }

    private static String line(DeliveryAttempt made) {
        var next = made.getNextAttemptAt();
        return "%s  %.8s  %-20s %-9s try %d, %d ms%s%s%s"
                .formatted(
                        made.getAt(),
                        made.getIncidentId(),
                        made.getTargetId(),
                        made.getOutcome(),
                        made.getAttempt(),
                        made.getDurationMs(),
                        made.getIncidents() > 1 ? ", in a digest of " + made.getIncidents() : "",
                        made.getDetail().isEmpty() ? "" : ": " + made.getDetail(),
                        next == null ? "" : "; next at " + next);
    }

    private static String object(DeliveryAttempt made) {
        return JSON.createObjectNode()
                .put("delivery_id", made.getDeliveryId())
                .put("target_id", made.getTargetId())
                .put("incident_id", made.getIncidentId())
                .put("event_id", made.getEventId())
                .put("at", made.getAt().toString())
                .put("duration_ms", made.getDurationMs())
                .put("attempt", made.getAttempt())
                .put("incidents", made.getIncidents())
                .put("outcome", made.getOutcome())
                .put("status", made.getStatus())
                .put("detail", made.getDetail())
                .put("next_attempt_at", Objects.toString(made.getNextAttemptAt(), null))
                .toString();
    }
}
