package dev.tocsin.notifier;

import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.notifier.mailbox.Notes;
import dev.tocsin.notifier.mailbox.Parts;
import dev.tocsin.notifier.mailbox.What;
import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.TrustedRecords;
import java.time.Instant;
import java.util.List;
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

    /// As it is told to somebody who knows nothing of it but that it opened.
    public static Message.One message(String id, IncidentEvent event, String reason) {
        return new Message.One(
                id,
                event.getOpen() ? What.OPENED : What.CLOSED,
                event,
                null,
                reason,
                Notes.NONE,
                new Parts(0, 0, List.of()));
    }
}
