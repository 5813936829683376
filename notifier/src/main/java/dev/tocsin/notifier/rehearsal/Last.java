package dev.tocsin.notifier.rehearsal;

import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.OutageChild;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Something that concerns everybody, so that whoever had been given up is told again.
final class Last {
    private static final Duration LASTS = Duration.ofMinutes(10);
    private static final OutageChild CHILD =
            new OutageChild("i-last", "i", "i", "", IncidentKind.DOWN, true, Map.of());

    private Last() {}

    /// An incident and an outage, from then on.
    static List<Fed> events(Instant at) {
        var end = at.plus(LASTS);
        return List.of(
                new Fed(at, incident(at, true)),
                new Fed(at, outage(at, true)),
                new Fed(end, incident(end, false)),
                new Fed(end, outage(end, false)));
    }

    private static IncidentEvent incident(Instant at, boolean open) {
        return event("i-last", at, open).setKind(IncidentKind.DOWN).setCheckId("i-last").build();
    }

    private static IncidentEvent outage(Instant at, boolean open) {
        return event("o-last", at, open)
                .setKind(IncidentKind.OUTAGE)
                .setChildren(List.of(CHILD))
                .build();
    }

    private static IncidentEvent.Builder event(String id, Instant at, boolean open) {
        long seq = open ? 1 : 2;
        return IncidentEvent.newBuilder()
                .setEventId(id + "-" + seq)
                .setIncidentId(id)
                .setSeq(seq)
                .setType(open ? IncidentEventType.OPENED : IncidentEventType.CLOSED)
                .setKey(id)
                .setName(id)
                .setSeverity(Severity.CRITICAL)
                .setOpen(open)
                .setReason("last")
                .setStartedAt(at)
                .setOpenedAt(at)
                .setAt(at)
                .setRecurrence(new Recurrence(1, 1))
                .setDecision(new Decision(1, 1, 1, 0, 1, 1, "DOWN", "last"))
                .setConfigVersion("")
                .setGrouped(true)
                .setLabels(Map.of("team", "a"));
    }
}
