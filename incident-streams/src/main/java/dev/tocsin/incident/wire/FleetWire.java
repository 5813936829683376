package dev.tocsin.incident.wire;

import dev.tocsin.incident.engine.fleet.Evidence;
import dev.tocsin.incident.engine.fleet.FleetEngine;
import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.RegionEvidence;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Scope;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Between the wire's signals and the fleet engine.
public final class FleetWire {
    /// One partition decides on all regions: what is said of the pipeline needs all of them.
    public static final String KEY = "pipeline:";

    private FleetWire() {}

    public static Signal evidence(int partition, Evidence evidence, Instant now) {
        return Wire.signal("evidence/" + partition, SignalKind.EVIDENCE, "" + partition, true, now)
                .setChecks(evidence.checks())
                .setEvidence(
                        evidence.regions().entrySet().stream()
                                .map(entry -> {
                                    var of = entry.getValue();
                                    return RegionEvidence.newBuilder()
                                            .setRegion(entry.getKey())
                                            .setChecks(of.witnessed())
                                            .setFailingAlone(of.failingAlone())
                                            .setFailingSince(millis(of.failingSince()))
                                            .setTargets(List.copyOf(of.targets()))
                                            .setHeard(of.heard())
                                            .setQuietSince(millis(of.quietSince()))
                                            .build();
                                })
                                .toList())
                .build();
    }

    public static Evidence evidence(Signal signal) {
        var regions = new TreeMap<String, Evidence.Of>();
        for (var of : signal.getEvidence()) {
            regions.put(
                    of.getRegion(),
                    new Evidence.Of(
                            of.getChecks(),
                            of.getFailingAlone(),
                            of.getFailingSince(),
                            Set.copyOf(of.getTargets()),
                            of.getHeard(),
                            of.getQuietSince()));
        }
        return new Evidence(signal.getChecks(), regions);
    }

    /// What follows for every check.
    public static Signal verdict(FleetEngine.Told told, boolean open) {
        return Wire.signal(
                        told.id(),
                        told.region() == null
                                ? SignalKind.PIPELINE_STALLED
                                : SignalKind.REGION_ISOLATED,
                        told.region() == null ? "pipeline" : told.region(),
                        open,
                        told.at())
                .build();
    }

    public static IncidentEvent event(FleetEngine.Told told) {
        var incident = told.incident();
        var times = incident.times();
        var region = told.region();
        boolean open = times.closedAt() == null;
        return IncidentEvent.newBuilder()
                .setEventId(told.id())
                .setIncidentId(incident.id())
                .setSeq(incident.seq())
                .setType(IncidentEventType.valueOf(told.type().name()))
                .setKey(told.key())
                .setName(region == null ? "The pipeline" : "Agents in " + region)
                .setKind(
                        region == null
                                ? IncidentKind.PIPELINE_STALLED
                                : IncidentKind.REGION_ISOLATED)
                .setScope(region == null ? Scope.GLOBAL : Scope.REGIONAL)
                .setSeverity(region == null ? Severity.CRITICAL : Severity.WARNING)
                .setOpen(open)
                .setReason(told.reason())
                .setResolution(open ? null : "recovered")
                .setRegions(region == null ? List.of() : List.of(status(region, open)))
                .setStartedAt(Wire.millis(times.startedAt()))
                .setEndedAt(millis(times.endedAt()))
                .setOpenedAt(Wire.millis(times.openedAt()))
                .setClosedAt(millis(times.closedAt()))
                .setAt(Wire.millis(told.at()))
                .setPreviousIncidentId(incident.past().previousId())
                .setRecurrence(
                        new Recurrence(incident.past().in7Days(), incident.past().in30Days()))
                .setDecision(decision(told))
                .setConfigVersion("")
                .build();
    }

    private static RegionStatus status(String region, boolean open) {
        return RegionStatus.newBuilder()
                .setRegion(region)
                .setVerdict(open ? RegionVerdict.ISOLATED : RegionVerdict.PASSING)
                .build();
    }

    private static Decision decision(FleetEngine.Told told) {
        var of = told.of();
        int checks = of == null ? 0 : of.witnessed();
        return new Decision(
                checks,
                of == null || of.quietSince() != null ? 0 : checks,
                of == null ? 0 : of.failingAlone(),
                0,
                Math.max(FleetEngine.UNRELATED, Math.ceilDiv(checks, 2)),
                0,
                told.region() == null ? "STALLED" : "ISOLATED",
                told.reason());
    }

    private static @Nullable Instant millis(@Nullable Instant instant) {
        return instant == null ? null : Wire.millis(instant);
    }
}
