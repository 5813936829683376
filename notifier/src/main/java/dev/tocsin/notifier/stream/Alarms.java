package dev.tocsin.notifier.stream;

import dev.tocsin.notifier.mailbox.Alarm;
import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.Severity;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;

/// That a target cannot be told is told to others as an incident is, by the same way, but is in no topic that others read.
final class Alarms {
    private static final String REASON = "this target hears when another cannot be told";

    private Alarms() {}

    /// For the mailbox of each that is told.
    static List<Delivery> deliveries(Alarm alarm, Instant now) {
        var event = event(alarm, now.truncatedTo(ChronoUnit.MILLIS));
        return alarm.to().stream()
                .map(to ->
                        Delivery.newBuilder()
                                .setDeliveryId(id(event.getEventId() + "/" + to))
                                .setTargetId(to)
                                .setIncidentId(event.getIncidentId())
                                .setEventId(event.getEventId())
                                .setSeq(event.getSeq())
                                .setReason(REASON)
                                .setCreatedAt(event.getAt())
                                .setEvent(event)
                                .build())
                .toList();
    }

    private static IncidentEvent event(Alarm alarm, Instant now) {
        var since = alarm.since().truncatedTo(ChronoUnit.MILLIS);
        var incident = id("delivery.failing/" + alarm.target() + "/" + since);
        return IncidentEvent.newBuilder()
                .setEventId(id(incident + "/" + alarm.seq()))
                .setIncidentId(incident)
                .setSeq(alarm.seq())
                .setType(
                        !alarm.open()
                                ? IncidentEventType.CLOSED
                                : alarm.seq() == 1
                                        ? IncidentEventType.OPENED
                                        : IncidentEventType.ANNOTATED)
                .setKey("delivery:" + alarm.target())
                .setName("deliveries to " + alarm.target())
                .setKind(IncidentKind.DELIVERY_FAILING)
                .setSeverity(Severity.ERROR)
                .setOpen(alarm.open())
                .setReason(alarm.why())
                .setResolution(alarm.open() ? null : "recovered")
                .setStartedAt(since)
                .setEndedAt(alarm.open() ? null : now)
                .setOpenedAt(since)
                .setClosedAt(alarm.open() ? null : now)
                .setAt(now)
                .setRecurrence(new Recurrence(1, 1))
                .setDecision(new Decision(0, 0, 0, 0, 0, 0, "", ""))
                .setConfigVersion("")
                .setGrouped(true)
                .build();
    }

    private static String id(String of) {
        return UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
