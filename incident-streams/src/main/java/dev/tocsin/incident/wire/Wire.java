package dev.tocsin.incident.wire;

import dev.tocsin.incident.engine.Clip;
import dev.tocsin.incident.engine.Command;
import dev.tocsin.incident.engine.Past;
import dev.tocsin.incident.engine.Times;
import dev.tocsin.incident.engine.Verdict;
import dev.tocsin.incident.engine.check.Decision;
import dev.tocsin.incident.engine.check.Event;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CommandKind;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.PublicText;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Scope;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/// Between the wire's records and the engine's.
public final class Wire {
    private static final int NAME_AT_MOST = 200;
    private static final int REASON_AT_MOST = 1000;
    private static final int TEXT_AT_MOST = 2000;
    private static final int ID_AT_MOST = 100;
    private static final int TRACEPARENT = 55;

    /// With so many regions each says little, so that all of them fit.
    private static final int MANY_REGIONS = 50;

    private static final int SHORT_FAILURE = 100;

    private Wire() {}

    public static IncidentEvent event(Event event, CheckDefinition check) {
        var incident = event.incident();
        var decision = event.decision();
        return event(incident.times(), incident.past(), event.at())
                .setEventId(event.id())
                .setIncidentId(incident.id())
                .setSeq(incident.seq())
                .setType(IncidentEventType.valueOf(event.type().name()))
                .setKey(check.getCheckId())
                .setCheckId(check.getCheckId())
                .setName(Clip.to(NAME_AT_MOST, check.getName()))
                .setService(check.getService())
                .setKind(IncidentKind.valueOf(incident.kind().name()))
                .setScope(incident.everywhere() ? Scope.GLOBAL : Scope.REGIONAL)
                .setSeverity(Severity.valueOf(incident.severity().name()))
                .setOpen(incident.open())
                .setFlapping(incident.flapping())
                .setReason(Clip.to(REASON_AT_MOST, event.reason()))
                .setResolution(event.resolution())
                .setRegions(regions(decision))
                .setDecision(
                        new dev.tocsin.schemas.Decision(
                                decision.configured(),
                                decision.voting(),
                                decision.failing(),
                                decision.degraded(),
                                decision.need(),
                                decision.minRegions(),
                                decision.state().name(),
                                decision.explanation()))
                .setConfigVersion(check.getConfigVersion())
                .setGroup(incident.context().group())
                .setOutageId(incident.context().outageId())
                .setGrouped(incident.context().grouped())
                .setSuppressedBy(incident.context().suppressedBy())
                .setRootIncidentId(incident.context().rootIncidentId())
                .setReportedBy(incident.context().reportedBy())
                .setAcknowledgedBy(incident.context().handling().acknowledgedBy())
                .setSnoozedUntil(millisOrNull(incident.context().handling().snoozedUntil()))
                .setCommandId(event.answered() == null ? null : event.answered().id())
                .setPublicText(event.answered() == null ? null : event.answered().publicText())
                .setLabels(check.getLabels())
                .setTraceparent(incident.traceparent())
                .build();
    }

    /// @throws IllegalArgumentException when it says too little
    public static Command command(dev.tocsin.schemas.Command command) {
        if (command.getKind() == CommandKind.UNKNOWN) {
            throw new IllegalArgumentException("a command of a kind that is not known here");
        }
        if (command.getCommandId().isBlank() || command.getAuthor().isBlank()) {
            throw new IllegalArgumentException("a command needs an id and an author");
        }
        if (command.getCommandId().length() > ID_AT_MOST) {
            throw new IllegalArgumentException(
                    "a command's id has at most " + ID_AT_MOST + " characters");
        }
        var publicText = command.getPublicText();
        if (publicText != null) {
            if (command.getKind() != CommandKind.ANNOTATE) {
                throw new IllegalArgumentException("the public is told by notes alone");
            }
            PublicText.check(publicText);
        }
        return new Command(
                command.getCommandId(),
                Command.Kind.valueOf(command.getKind().name()),
                command.getIncidentId(),
                Clip.to(ID_AT_MOST, command.getAuthor()),
                Clip.to(TEXT_AT_MOST, command.getText()),
                command.getUntil(),
                publicText);
    }

    private static List<RegionStatus> regions(Decision decision) {
        int failure = decision.configured() > MANY_REGIONS ? SHORT_FAILURE : REASON_AT_MOST;
        return decision.standings().entrySet().stream()
                .map(entry -> region(entry.getKey(), entry.getValue(), failure))
                .toList();
    }

    private static RegionStatus region(String name, Decision.Standing standing, int failure) {
        boolean fails = standing.newestFails() || standing.verdict() != Verdict.PASSING;
        return RegionStatus.newBuilder()
                .setRegion(name)
                .setVerdict(verdict(standing))
                .setSince(millisOrNull(standing.since()))
                .setLastVoteAt(millisOrNull(standing.lastVoteAt()))
                .setFailure(
                        !fails || standing.failure().isEmpty()
                                ? null
                                : Clip.to(failure, standing.failure()))
                .build();
    }

    /// A region whose newest vote is a failure, and no more than that is known, is neither up nor down.
    private static RegionVerdict verdict(Decision.Standing standing) {
        if (standing.unknown() != null) {
            return switch (standing.unknown()) {
                case SILENT -> RegionVerdict.SILENT;
                case ISOLATED -> RegionVerdict.ISOLATED;
                case UNHEARD -> RegionVerdict.UNKNOWN;
            };
        }
        return switch (standing.verdict()) {
            case PASSING -> standing.newestFails() ? RegionVerdict.UNKNOWN : RegionVerdict.PASSING;
            case DEGRADED -> RegionVerdict.DEGRADED;
            case FAILING -> RegionVerdict.FAILING;
            case UNDECIDED -> RegionVerdict.UNKNOWN;
        };
    }

    /// W3C's, or null for what is none.
    public static @Nullable String traceparent(@Nullable String header) {
        return header != null && header.length() == TRACEPARENT ? header : null;
    }

    /// What every signal has; `at` to the millisecond.
    public static Signal.Builder signal(
            String id, SignalKind kind, String subject, boolean active, Instant at) {
        return Signal.newBuilder()
                .setSignalId(id)
                .setKind(kind)
                .setSubject(subject)
                .setActive(active)
                .setAt(millis(at));
    }

    public static Instant millis(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS);
    }

    static @Nullable Instant millisOrNull(@Nullable Instant instant) {
        return instant == null ? null : millis(instant);
    }

    /// An event that says when its incident was, and how often there was one before; of whatever kind.
    ///
    /// @param at of the event
    static IncidentEvent.Builder event(Times times, Past past, Instant at) {
        return IncidentEvent.newBuilder()
                .setStartedAt(millis(times.startedAt()))
                .setEndedAt(millisOrNull(times.endedAt()))
                .setOpenedAt(millis(times.openedAt()))
                .setClosedAt(millisOrNull(times.closedAt()))
                .setAt(millis(at))
                .setFailingSince(millis(times.failingSince()))
                .setFailingMs(times.failedFor(at).toMillis())
                .setPreviousIncidentId(past.previousId())
                .setRecurrence(new Recurrence(past.in7Days(), past.in30Days()));
    }

    /// CloudEvents 1.0, Kafka binding, binary mode; and the W3C trace context.
    public static Headers headers(IncidentEvent event) {
        var headers = new RecordHeaders();
        add(headers, "ce_specversion", "1.0");
        add(headers, "ce_id", event.getEventId());
        add(headers, "ce_source", "/tocsin/incident-streams");
        add(
                headers,
                "ce_type",
                "dev.tocsin.incident." + event.getType().name().toLowerCase(java.util.Locale.ROOT));
        add(headers, "ce_time", event.getAt().toString());
        add(headers, "ce_subject", event.getKey());
        add(headers, "content-type", "application/avro");
        if (event.getTraceparent() != null) {
            add(headers, "traceparent", event.getTraceparent());
        }
        return headers;
    }

    private static void add(Headers headers, String key, String value) {
        headers.add(key, value.getBytes(StandardCharsets.UTF_8));
    }
}
