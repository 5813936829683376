package dev.tocsin.incident.wire;

import dev.tocsin.incident.engine.Clip;
import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.check.Aside;
import dev.tocsin.incident.engine.check.Heard;
import dev.tocsin.incident.engine.check.Incident;
import dev.tocsin.incident.engine.check.Input;
import dev.tocsin.incident.engine.outage.Child;
import dev.tocsin.incident.engine.outage.Names;
import dev.tocsin.incident.engine.outage.OutageEngine;
import dev.tocsin.incident.engine.outage.Standing;
import dev.tocsin.incident.engine.outage.Sums;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.OutageChild;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Scope;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// Between the wire's signals and the outage engine.
public final class OutageWire {
    /// Of the keys of its signals, and of a subject that is a group: an outage's id is a UUID.
    public static final String GROUP = "group:";

    /// Before a group in the key of its outages' events.
    public static final String OUTAGE = "outage:";

    private static final String REOPEN_WITHIN = "reopen-within-ms";

    /// Regions that are not heard and were fine, a line each: no name has a line's end.
    private static final String FINE = "fine";

    /// That nothing of the incident that is heard fails any more.
    private static final String PASSING = "passing";

    private static final String ASIDE = "aside";

    /// That there are any makes it regional; more of them say little more.
    private static final int FINE_AT_MOST = 100;

    private static final int NAME = 200;

    /// Characters of all the labels of a child.
    private static final int LABELS = 600;

    private static final Decision NOT_ASKED_FOR = new Decision(0, 0, 0, 0, 0, 0, "", "");

    private OutageWire() {}

    /// What was told of an incident, for whoever decides on its group: without its texts, since there may be ten thousand.
    public static Signal incident(IncidentEvent event, Incident incident, Duration reopenWithin) {
        return incident(
                event.getEventId(),
                event,
                attributes(event, incident, reopenWithin),
                incident.context().group());
    }

    /// What is told to that one alone.
    public static Signal aside(Aside aside, CheckDefinition check, Duration reopenWithin) {
        var incident = aside.known().incident();
        var event = Wire.event(aside.known(), check);
        var attributes = attributes(event, incident, reopenWithin);
        attributes.put(ASIDE, "true");
        return incident(aside.id(), event, attributes, incident.context().group());
    }

    /// @param fine regions that its scope takes for fine
    public static Signal incident(
            IncidentEvent event, Set<String> fine, String group, Duration reopenWithin) {
        return incident(event.getEventId(), event, attributes(event, fine, reopenWithin), group);
    }

    private static Signal incident(
            String id, IncidentEvent event, Map<String, String> attributes, String group) {
        return Wire.signal(id, SignalKind.INCIDENT, group, event.getOpen(), event.getAt())
                .setIncident(slim(event))
                .setAttributes(attributes)
                .build();
    }

    private static Map<String, String> attributes(
            IncidentEvent event, Incident incident, Duration reopenWithin) {
        var attributes = attributes(event, incident.places().fine(), reopenWithin);
        if (incident.heard() == Heard.PASSES) {
            attributes.put(PASSING, "true");
        }
        return attributes;
    }

    private static Map<String, String> attributes(
            IncidentEvent event, Set<String> fine, Duration reopenWithin) {
        var attributes = new HashMap<String, String>();
        attributes.put(REOPEN_WITHIN, Long.toString(reopenWithin.toMillis()));
        attributes.put(FINE, unheard(event, fine));
        return attributes;
    }

    /// Whether it is told to a group alone, and of the incident nothing is new but what is heard of it.
    public static boolean isAside(Signal signal) {
        return signal.getAttributes().containsKey(ASIDE);
    }

    private static String unheard(IncidentEvent event, Set<String> fine) {
        return event.getRegions().stream()
                .filter(region -> !standing(region).heard())
                .map(RegionStatus::getRegion)
                .filter(fine::contains)
                .limit(FINE_AT_MOST)
                .collect(Collectors.joining("\n"));
    }

    private static Standing standing(RegionStatus region) {
        return Standing.valueOf(region.getVerdict().name());
    }

    private static @Nullable Set<String> fine(Signal signal) {
        var names = signal.getAttributes().get(FINE);
        if (names == null) {
            return null;
        }
        return names.lines().map(String::intern).collect(Collectors.toSet());
    }

    private static IncidentEvent slim(IncidentEvent event) {
        var regions =
                event.getRegions().stream()
                        .map(region ->
                                new RegionStatus(
                                        region.getRegion(), region.getVerdict(), null, null, null))
                        .toList();
        var less = new HashMap<String, @Nullable Object>();
        less.put("name", Clip.to(NAME, event.getName()));
        less.put("reason", "");
        less.put("regions", regions);
        less.put("decision", NOT_ASKED_FOR);
        less.put("acknowledged_by", null);
        less.put("command_id", null);
        less.put("public_text", null);
        less.put("labels", few(event.getLabels()));
        return Fitting.fit(with(event, new IncidentEvent(), less));
    }

    /// A builder made from a record copies first whatever the record refers to.
    ///
    /// @param changes by field
    private static <T extends SpecificRecord> T with(
            T from, T to, Map<String, @Nullable Object> changes) {
        for (var field : from.getSchema().getFields()) {
            boolean changed = changes.containsKey(field.name());
            to.put(field.pos(), changed ? changes.get(field.name()) : from.get(field.pos()));
        }
        return to;
    }

    /// As many as a child may carry: routes ask for them.
    private static Map<String, String> few(Map<String, String> labels) {
        var few = new TreeMap<String, String>();
        int length = 0;
        for (var label : new TreeMap<>(labels).entrySet()) {
            length += label.getKey().length() + label.getValue().length();
            if (length > LABELS) {
                break;
            }
            few.put(label.getKey(), label.getValue());
        }
        return few;
    }

    /// @throws SerializationException when the signal lacks what it must have
    public static Child child(Signal signal) {
        var event = signal.getIncident();
        var within = signal.getAttributes().get(REOPEN_WITHIN);
        if (event == null || event.getCheckId() == null || within == null) {
            throw new SerializationException("an INCIDENT signal without its incident");
        }
        var regions = new HashMap<String, Standing>();
        for (var region : event.getRegions()) {
            // One copy of each name, however many children there are.
            regions.put(region.getRegion().intern(), standing(region));
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
                event.getFlapping(),
                event.getFailingSince() == null ? event.getStartedAt() : event.getFailingSince(),
                event.getEndedAt(),
                event.getResolution(),
                regions,
                fine(signal),
                signal.getAttributes().containsKey(PASSING),
                event.getLabels(),
                Duration.ofMillis(Long.parseLong(within)),
                event.getTraceparent());
    }

    /// What a person asks of an outage of the group, for whoever decides on that.
    ///
    /// @param command as it stands in its topic
    public static Signal command(String id, String group, byte[] command, Instant at) {
        return Wire.signal("command/" + id, SignalKind.COMMAND, group, true, at)
                .setCommand(ByteBuffer.wrap(command))
                .build();
    }

    /// For the check of an incident.
    ///
    /// @param part whether it is part of the outage from now on, or of none any more
    public static Signal membership(String outageId, String incidentId, boolean part, Instant at) {
        return Wire.signal(
                        (part ? "outage/" : "outage-left/")
                                + outageId
                                + "/"
                                + incidentId
                                + "/"
                                + at.toEpochMilli(),
                        SignalKind.OUTAGE,
                        outageId,
                        part,
                        at)
                .setRelated(List.of(incidentId))
                .build();
    }

    /// For the check of an incident that has opened: it is part of no outage for now.
    ///
    /// @param at when that was told which this answers
    public static Signal alone(String group, String incidentId, Instant at) {
        return Wire.signal(
                        "outage-none/" + group + "/" + incidentId + "/" + at.toEpochMilli(),
                        SignalKind.OUTAGE,
                        GROUP + group,
                        false,
                        at)
                .setRelated(List.of(incidentId))
                .build();
    }

    /// What an OUTAGE signal says to a check.
    public static List<Input> inputs(Signal signal, Instant now) {
        return signal.getRelated().stream().map(incident -> input(signal, incident, now)).toList();
    }

    private static Input input(Signal signal, String incidentId, Instant now) {
        var subject = signal.getSubject();
        boolean part = signal.getActive();
        return !part && subject.startsWith(GROUP)
                ? new Input.Alone(now, incidentId, signal.getAt())
                : new Input.Joined(now, incidentId, part ? subject : null, signal.getAt());
    }

    /// At most 64 kB, whatever it is made of.
    public static IncidentEvent event(OutageEngine.Told told, String group) {
        var outage = told.outage();
        var sums = told.sums();
        var regions = regions(told.regions());
        int failing = (int) count(regions, RegionVerdict.FAILING);
        int heard = failing + (int) count(regions, RegionVerdict.PASSING);
        // While it is open, what is so now; and in the end all that it was.
        var extent = outage.open() ? outage.told() : outage.worst();
        return Fitting.fit(
                Wire.event(outage.times(), outage.past(), told.at())
                        .setEventId(told.id())
                        .setIncidentId(outage.id())
                        .setSeq(outage.seq())
                        .setType(IncidentEventType.valueOf(told.type().name()))
                        .setKey(OUTAGE + group)
                        .setName(name(sums))
                        .setKind(IncidentKind.OUTAGE)
                        .setScope(extent.global() ? Scope.GLOBAL : Scope.REGIONAL)
                        .setSeverity(Severity.valueOf(extent.severity().name()))
                        .setOpen(outage.open())
                        .setReason(told.reason())
                        .setResolution(outage.resolution())
                        .setRegions(regions)
                        .setDecision(
                                new Decision(
                                        regions.size(),
                                        heard,
                                        failing,
                                        0,
                                        2,
                                        0,
                                        "OUTAGE",
                                        "%d of %d incidents of the group %s are open, in %d of %d regions; two checks at once are an outage"
                                                .formatted(
                                                        sums.open(),
                                                        outage.joined(),
                                                        group,
                                                        failing,
                                                        regions.size())))
                        .setConfigVersion("")
                        .setGroup(group)
                        .setGrouped(true)
                        .setServices(sums.services().first(Sums.NAMED))
                        .setServicesCount(sums.services().size())
                        .setChildren(sums.children().stream().map(OutageWire::named).toList())
                        .setChildrenCount(outage.joined())
                        .setChildrenOpen(sums.open())
                        .setTraceparent(outage.traceparent())
                        .setCommandId(told.answered() == null ? null : told.answered().id())
                        .setPublicText(
                                told.answered() == null ? null : told.answered().publicText())
                        .build());
    }

    private static String name(Sums sums) {
        var services = sums.services();
        return Clip.to(NAME, "Outage of " + Names.of(services.first(Sums.NAMED), services.size()));
    }

    private static OutageChild named(Child child) {
        return new OutageChild(
                child.incidentId(),
                child.checkId(),
                child.name(),
                child.service(),
                IncidentKind.valueOf(child.kind().name()),
                child.open(),
                child.labels());
    }

    private static List<RegionStatus> regions(Map<String, Standing> regions) {
        return new TreeMap<>(regions)
                .entrySet().stream()
                        .map(region ->
                                RegionStatus.newBuilder()
                                        .setRegion(region.getKey())
                                        .setVerdict(RegionVerdict.valueOf(region.getValue().name()))
                                        .build())
                        .toList();
    }

    private static long count(List<RegionStatus> regions, RegionVerdict verdict) {
        return regions.stream().filter(region -> region.getVerdict() == verdict).count();
    }
}
