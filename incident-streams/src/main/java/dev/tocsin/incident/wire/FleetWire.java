package dev.tocsin.incident.wire;

import dev.tocsin.incident.engine.Clip;
import dev.tocsin.incident.engine.Resolution;
import dev.tocsin.incident.engine.fleet.Evidence;
import dev.tocsin.incident.engine.fleet.Evidence.Silence;
import dev.tocsin.incident.engine.fleet.FleetEngine;
import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.RegionEvidence;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Scope;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Between the wire's signals and the fleet engine.
public final class FleetWire {
    /// One partition decides on all regions: what is said of the pipeline needs all of them.
    public static final String KEY = "pipeline:";

    /// Of evidence that 0.1.0 wrote.
    static final Duration PATIENCE_UNSAID = Duration.ofSeconds(30);

    private static final String WHOLE = "whole";
    private static final String AFTER = "after";
    private static final String UP_TO = "upto";
    private static final int REASON_AT_MOST = 1000;

    private FleetWire() {}

    public static Signal evidence(int partition, Evidence evidence, Instant now) {
        return Wire.signal("evidence/" + partition, SignalKind.EVIDENCE, "" + partition, true, now)
                .setChecks(evidence.checks())
                .setAttributes(attributes(evidence.whole()))
                .setEvidence(
                        evidence.regions().entrySet().stream()
                                .map(entry -> evidence(entry.getKey(), entry.getValue()))
                                .toList())
                .build();
    }

    private static Map<String, String> attributes(Evidence.@Nullable Names whole) {
        var attributes = new HashMap<String, String>();
        if (whole != null) {
            attributes.put(WHOLE, "true");
            if (whole.after() != null) {
                attributes.put(AFTER, whole.after());
            }
            if (whole.upTo() != null) {
                attributes.put(UP_TO, whole.upTo());
            }
        }
        return attributes;
    }

    private static RegionEvidence evidence(String region, Evidence.Of of) {
        var silence = of.silence();
        var builder =
                RegionEvidence.newBuilder()
                        .setRegion(region)
                        .setChecks(of.witnessed())
                        .setFailingAlone(of.failingAlone())
                        .setFailingSince(Wire.millisOrNull(of.failingSince()))
                        .setTargets(List.copyOf(of.targets()))
                        .setHeard(of.heard())
                        .setPatienceMs(of.patience().toMillis());
        if (silence != null) {
            switch (silence.kind()) {
                case PENDING -> builder.setPending(true);
                case QUIET -> builder.setQuietSince(Wire.millisOrNull(silence.since()));
                case MUTE -> builder.setMuteSince(Wire.millisOrNull(silence.since()));
            }
        }
        return builder.build();
    }

    /// Whose evidence it is.
    ///
    /// @throws NumberFormatException when it does not say so
    public static int partition(Signal signal) {
        return Integer.parseInt(signal.getSubject());
    }

    public static Evidence evidence(Signal signal) {
        var regions = new TreeMap<String, Evidence.Of>();
        for (var of : signal.getEvidence()) {
            long patienceMs = of.getPatienceMs();
            regions.put(
                    of.getRegion(),
                    new Evidence.Of(
                            of.getChecks(),
                            of.getFailingAlone(),
                            of.getFailingSince(),
                            Set.copyOf(of.getTargets()),
                            of.getHeard(),
                            silence(of),
                            patienceMs > 0 ? Duration.ofMillis(patienceMs) : PATIENCE_UNSAID));
        }
        var attributes = signal.getAttributes();
        return new Evidence(
                signal.getChecks(),
                regions,
                attributes.containsKey(WHOLE)
                        ? new Evidence.Names(attributes.get(AFTER), attributes.get(UP_TO))
                        : null);
    }

    private static @Nullable Silence silence(RegionEvidence of) {
        if (of.getPending()) {
            return Silence.PENDING;
        }
        if (of.getQuietSince() != null) {
            return Silence.quiet(of.getQuietSince());
        }
        return of.getMuteSince() == null ? null : Silence.mute(of.getMuteSince());
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
        var region = told.region();
        boolean open = incident.times().open();
        return Wire.event(incident.times(), incident.past(), told.at())
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
                .setReason(Clip.to(REASON_AT_MOST, told.reason()))
                .setResolution(open ? null : Resolution.RECOVERED)
                .setRegions(region == null ? List.of() : List.of(status(region, open)))
                .setDecision(decision(told))
                .setConfigVersion("")
                .setGrouped(true)
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
                of == null || of.silent() ? 0 : checks,
                of == null ? 0 : of.failingAlone(),
                0,
                Math.max(FleetEngine.UNRELATED, Math.ceilDiv(checks, 2)),
                0,
                told.region() == null ? "STALLED" : "ISOLATED",
                Clip.to(REASON_AT_MOST, told.reason()));
    }
}
