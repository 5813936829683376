package dev.tocsin.incident.wire;

import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Scope;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.TrustedRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Set;

/// Events of checks as they come, texts and all.
public final class Incidents {
    static {
        TrustedRecords.trust();
    }

    public static final Instant START = Instant.parse("2026-11-24T00:00:00Z");

    private Incidents() {}

    /// Of a check that fails, or that has recovered, in so many regions.
    public static IncidentEvent.Builder event(String check, int regions, boolean open, Instant at) {
        var statuses = new ArrayList<RegionStatus>();
        for (int region = 0; region < regions; region++) {
            statuses.add(
                    RegionStatus.newBuilder()
                            .setRegion("region-%03d".formatted(region))
                            .setVerdict(open ? RegionVerdict.FAILING : RegionVerdict.PASSING)
                            .setSince(open ? at : null)
                            .setLastVoteAt(at)
                            .setFailure(
                                    open
                                            ? "TIMEOUT timeout: no answer from 203.0.113.7:443 within 10 s"
                                            : null)
                            .build());
        }
        return IncidentEvent.newBuilder()
                .setEventId("b1a7f0f4-7f3c-5c1e-9a43-3f3a5f1d2c10")
                .setIncidentId("incident-of-" + check)
                .setSeq(open ? 1 : 2)
                .setType(open ? IncidentEventType.OPENED : IncidentEventType.CLOSED)
                .setKey(check)
                .setCheckId(check)
                .setName("Name of " + check)
                .setService("service-of-" + check)
                .setKind(IncidentKind.DOWN)
                .setScope(Scope.GLOBAL)
                .setSeverity(Severity.CRITICAL)
                .setOpen(open)
                .setReason("DOWN: 3 of 3 regions fail, 2 are needed: " + "x".repeat(500))
                .setResolution(open ? null : "recovered")
                .setRegions(statuses)
                .setStartedAt(START)
                .setEndedAt(open ? null : at)
                .setOpenedAt(START)
                .setClosedAt(open ? null : at)
                .setAt(at)
                .setRecurrence(new Recurrence(1, 1))
                .setDecision(
                        new Decision(3, 3, 3, 0, 2, 2, "DOWN", "a long explanation".repeat(30)))
                .setConfigVersion("v1")
                .setGroup("all")
                .setTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    }

    public static Signal signal(IncidentEvent event) {
        return signal(event, Set.of());
    }

    /// @param fine regions that its check takes for fine
    static Signal signal(IncidentEvent event, Set<String> fine) {
        return OutageWire.incident(event, fine, "all", Duration.ofMinutes(10));
    }
}
