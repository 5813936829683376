package dev.tocsin.standalone.topic;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.schemas.DeliveryAttempt;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.KafkaSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/// The record of every try to tell a target.
public final class Attempts {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Attempts() {}

    /// Those that fit, in the order in which they were made.
    public static List<DeliveryAttempt> read(
            KafkaSettings kafka, Predicate<DeliveryAttempt> which) {
        var tries = new ArrayList<DeliveryAttempt>();
        WholeTopic.read(
                kafka,
                Topics.DELIVERY_ATTEMPTS,
                DeliveryAttempt.class,
                "attempt",
                made -> {
                    if (which.test(made)) {
                        tries.add(made);
                    }
                });
        tries.sort(Comparator.comparing(DeliveryAttempt::getAt));
        return tries;
    }

    /// One line for people.
    public static String line(DeliveryAttempt made) {
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

    /// One JSON object.
    public static String json(DeliveryAttempt made) {
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
