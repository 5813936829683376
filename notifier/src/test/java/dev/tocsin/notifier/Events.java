package dev.tocsin.notifier;

import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.TrustedRecords;
import java.time.Instant;
import java.util.Map;

/// Incident events for tests.
public final class Events {
    private Events() {}

    public static IncidentEvent opened(String incident) {
        return event(
                incident, 1, IncidentEventType.OPENED, Severity.CRITICAL, Map.of("team", "mail"));
    }

    public static IncidentEvent event(
            String incident,
            long seq,
            IncidentEventType type,
            Severity severity,
            Map<String, String> labels) {
        TrustedRecords.trust();
        var at = Instant.parse("2026-11-24T00:00:00Z");
        return IncidentEvent.newBuilder()
                .setEventId(incident + "-" + seq)
                .setIncidentId(incident)
                .setSeq(seq)
                .setType(type)
                .setKey("shop")
                .setCheckId("shop")
                .setName("Shop")
                .setSeverity(severity)
                .setOpen(true)
                .setReason("test")
                .setStartedAt(at)
                .setOpenedAt(at)
                .setAt(at)
                .setRecurrence(new Recurrence(1, 1))
                .setDecision(new Decision(3, 3, 2, 0, 2, 2, "DOWN", "2 of 3"))
                .setConfigVersion("v1")
                .setLabels(labels)
                .build();
    }
}
