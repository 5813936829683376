package dev.tocsin.incident.wire;

import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Verdict;
import dev.tocsin.incident.engine.outage.Child;
import dev.tocsin.incident.engine.outage.OutageEngine;
import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.OutageChild;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Scope;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.errors.SerializationException;

/// Between the wire's signals and the outage engine.
public final class OutageWire {
    private static final String REOPEN_WITHIN = "reopen-within-ms";

    private OutageWire() {}

    /// What was told of an incident, for whoever decides on its group.
    public static Signal incident(IncidentEvent event, String group, Duration reopenWithin) {
        return Wire.signal(
                        event.getEventId(),
                        SignalKind.INCIDENT,
                        group,
                        event.getOpen(),
                        event.getAt())
                .setIncident(event)
                .setAttributes(Map.of(REOPEN_WITHIN, Long.toString(reopenWithin.toMillis())))
                .build();
    }

    /// @throws SerializationException when the signal lacks what it must have
    public static Child child(Signal signal) {
        var event = signal.getIncident();
        var within = signal.getAttributes().get(REOPEN_WITHIN);
        if (event == null || event.getCheckId() == null || within == null) {
            throw new SerializationException("an INCIDENT signal without its incident");
        }
        var regions = new TreeMap<String, Verdict>();
        for (var region : event.getRegions()) {
            switch (region.getVerdict()) {
                case PASSING -> regions.put(region.getRegion(), Verdict.PASSING);
                case DEGRADED -> regions.put(region.getRegion(), Verdict.DEGRADED);
                case FAILING -> regions.put(region.getRegion(), Verdict.FAILING);
                case SILENT, ISOLATED, UNKNOWN -> {
                    // has no say
                }
            }
        }
        return new Child(
                event.getIncidentId(),
                event.getCheckId(),
                event.getName(),
                event.getService() == null ? event.getCheckId() : event.getService(),
                Kind.valueOf(event.getKind().name()),
                dev.tocsin.incident.engine.Severity.valueOf(event.getSeverity().name()),
                event.getOpen(),
                event.getSuppressedBy() != null,
                event.getStartedAt(),
                event.getEndedAt(),
                regions,
                event.getLabels(),
                Duration.ofMillis(Long.parseLong(within)),
                event.getTraceparent());
    }

    /// The outage as it is now, for every partition; of its children those that have just joined.
    public static Signal outage(IncidentEvent event, Instant now) {
        return Wire.signal(
                        event.getEventId(),
                        SignalKind.OUTAGE,
                        event.getIncidentId(),
                        event.getOpen(),
                        now)
                .setIncident(event)
                .build();
    }

    public static IncidentEvent event(OutageEngine.Told told, String group) {
        var outage = told.outage();
        var times = outage.times();
        var children = List.copyOf(outage.children().values());
        var failing = children.stream().filter(Child::open).toList();
        var services = children.stream().map(Child::service).distinct().sorted().toList();
        var regions = regions(children, outage.failing());
        int in = outage.failing().size();
        return IncidentEvent.newBuilder()
                .setEventId(told.id())
                .setIncidentId(outage.id())
                .setSeq(outage.seq())
                .setType(IncidentEventType.valueOf(told.type().name()))
                .setKey("outage:" + group)
                .setName("Outage of " + String.join(", ", services))
                .setKind(IncidentKind.OUTAGE)
                .setScope(in < regions.size() ? Scope.REGIONAL : Scope.GLOBAL)
                .setSeverity(
                        Severity.valueOf(
                                children.stream()
                                        .map(Child::severity)
                                        .max(Comparator.naturalOrder())
                                        .orElse(dev.tocsin.incident.engine.Severity.WARNING)
                                        .name()))
                .setOpen(times.closedAt() == null)
                .setReason(told.reason())
                .setResolution(times.closedAt() == null ? null : "recovered")
                .setRegions(regions)
                .setStartedAt(Wire.millis(times.startedAt()))
                .setEndedAt(times.endedAt() == null ? null : Wire.millis(times.endedAt()))
                .setOpenedAt(Wire.millis(times.openedAt()))
                .setClosedAt(times.closedAt() == null ? null : Wire.millis(times.closedAt()))
                .setAt(Wire.millis(told.at()))
                .setPreviousIncidentId(outage.past().previousId())
                .setRecurrence(new Recurrence(outage.past().in7Days(), outage.past().in30Days()))
                .setDecision(
                        new Decision(
                                regions.size(),
                                regions.size(),
                                in,
                                0,
                                2,
                                0,
                                "OUTAGE",
                                "%d of %d incidents of the group %s are open, in %d of %d regions; two checks at once are an outage"
                                        .formatted(
                                                failing.size(),
                                                children.size(),
                                                group,
                                                in,
                                                regions.size())))
                .setConfigVersion("")
                .setGroup(group)
                .setServices(services)
                .setChildren(
                        children.stream()
                                .map(child ->
                                        new OutageChild(
                                                child.incidentId(),
                                                child.checkId(),
                                                child.name(),
                                                child.service(),
                                                IncidentKind.valueOf(child.kind().name()),
                                                child.open(),
                                                child.labels()))
                                .toList())
                .setTraceparent(outage.traceparent())
                .build();
    }

    /// Every region that any child has heard of: failing where one of them fails.
    private static List<RegionStatus> regions(List<Child> children, java.util.Set<String> failing) {
        return children.stream()
                .flatMap(child -> child.regions().keySet().stream())
                .distinct()
                .sorted()
                .map(region ->
                        RegionStatus.newBuilder()
                                .setRegion(region)
                                .setVerdict(
                                        failing.contains(region)
                                                ? RegionVerdict.FAILING
                                                : RegionVerdict.PASSING)
                                .build())
                .toList();
    }
}
