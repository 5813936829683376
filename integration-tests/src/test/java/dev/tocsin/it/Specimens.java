package dev.tocsin.it;

import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.CatalogEntry;
import dev.tocsin.schemas.CatalogKind;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckHour;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Command;
import dev.tocsin.schemas.CommandKind;
import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.DeliveryAttempt;
import dev.tocsin.schemas.Failure;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Scope;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.UserReport;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/// Good records of every topic that anybody reads, which all say something of one thing: a check, its service, an agent of its own, all of one name.
///
/// @param id of that thing
/// @param region in which it is measured
/// @param url what is probed there
record Specimens(String id, String region, String url) {
    /// A record.
    record Specimen(String key, SpecificRecord value) {}

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    List<Specimen> of(Topic<?> topic) {
        return switch (topic.name()) {
            case "checks" -> List.of(new Specimen(id, definition()));
            case "catalog" -> List.of(new Specimen("service:" + id, entry()));
            case "check-results" ->
                    List.of(
                            new Specimen(id, result(Outcome.FAIL)),
                            new Specimen(id, result(Outcome.PASS)));
            case "check-hours" -> List.of(new Specimen(hourKey(), hour()));
            case "agents" -> List.of(new Specimen(agent(), status()));
            case "signals" -> signals();
            case "incidents" -> List.of(new Specimen(id, event()));
            case "incident-state" -> List.of(new Specimen(incident(), event()));
            case "incident-commands" ->
                    List.of(
                            new Specimen(id, command(CommandKind.ACK)),
                            new Specimen(id, command(CommandKind.SNOOZE)),
                            new Specimen(id, command(CommandKind.CLOSE)));
            case "maintenance" -> List.of(new Specimen(id, window()));
            case "user-reports" -> List.of(new Specimen(id, report(id)));
            case "deliveries" -> List.of(new Specimen(id, delivery()));
            case "delivery-attempts" -> List.of(new Specimen(id, attempt()));
            default -> throw new IllegalArgumentException("nobody reads " + topic.name());
        };
    }

    static boolean anybodyReads(Topic<?> topic) {
        return !topic.equals(Topics.CANARY);
    }

    private String agent() {
        return id + "-agent";
    }

    private String incident() {
        return id + "-incident";
    }

    CheckDefinition definition() {
        return CheckDefinition.newBuilder()
                .setCheckId(id)
                .setConfigVersion("v1")
                .setName("The " + id)
                .setService(id)
                .setGroup(id)
                .setUrl(url)
                .setProbe("http")
                .setIntervalMs(500)
                .setTimeoutMs(400)
                .setRegions(List.of(region))
                .setConditions(List.of("[STATUS] == 204"))
                .setIncident(
                        IncidentPolicy.newBuilder()
                                .setFailureThreshold(1)
                                .setSuccessThreshold(1)
                                .setRecoverForMs(500L)
                                .setReopenWithinMs(1L)
                                .setStaleAfterMs(600_000L)
                                .build())
                .setLabels(Map.of("of", id))
                .build();
    }

    CatalogEntry entry() {
        return CatalogEntry.newBuilder()
                .setKind(CatalogKind.SERVICE)
                .setId(id)
                .setName("Service " + id)
                .build();
    }

    CheckResult result(Outcome outcome) {
        return CheckResult.newBuilder()
                .setCheckId(id)
                .setConfigVersion("v1")
                .setRegion(region)
                .setAgentId(agent())
                .setBootEpoch(1)
                .setSequence(now().toEpochMilli())
                .setScheduledAt(now())
                .setStartedAt(now())
                .setDurationUs(1000)
                .setOutcome(outcome)
                .setFailure(
                        outcome == Outcome.FAIL
                                ? new Failure(Phase.CONNECT, "refused", "nobody is there")
                                : null)
                .setTimingsUs(Map.of("connect", 100L))
                .build();
    }

    private String hourKey() {
        return String.join("|", id, region, agent(), "1", thisHour().toString());
    }

    private static Instant thisHour() {
        return now().truncatedTo(ChronoUnit.HOURS);
    }

    private CheckHour hour() {
        return CheckHour.newBuilder()
                .setCheckId(id)
                .setRegion(region)
                .setAgentId(agent())
                .setBootEpoch(1)
                .setHour(thisHour())
                .setOutcomes(Map.of(Outcome.PASS.name(), 1L))
                .setUpdatedAt(now())
                .build();
    }

    private AgentStatus status() {
        return AgentStatus.newBuilder()
                .setAgentId(agent())
                .setRegion(region)
                .setBootEpoch(1)
                .setAt(now())
                .setChecks(1)
                .setVersion("1")
                .setBadDefinitions(Map.of(id, "why"))
                .build();
    }

    IncidentEvent event() {
        return IncidentEvent.newBuilder()
                .setEventId(incident() + "-1")
                .setIncidentId(incident())
                .setSeq(1)
                .setType(IncidentEventType.OPENED)
                .setKey(id)
                .setCheckId(id)
                .setName("The " + id)
                .setService(id)
                .setKind(IncidentKind.DOWN)
                .setScope(Scope.GLOBAL)
                .setSeverity(Severity.CRITICAL)
                .setOpen(true)
                .setReason("1 of 1 regions fails")
                .setRegions(
                        List.of(
                                RegionStatus.newBuilder()
                                        .setRegion(region)
                                        .setVerdict(RegionVerdict.FAILING)
                                        .setSince(now())
                                        .setFailure("CONNECT refused")
                                        .build()))
                .setStartedAt(now())
                .setOpenedAt(now())
                .setAt(now())
                .setFailingSince(now())
                .setRecurrence(new Recurrence(1, 1))
                .setDecision(new Decision(1, 1, 1, 0, 1, 1, "DOWN", "1 of 1"))
                .setConfigVersion("v1")
                .setGroup(id)
                .setLabels(Map.of("of", id))
                .build();
    }

    private Command command(CommandKind kind) {
        return Command.newBuilder()
                .setCommandId(kind + "-" + id)
                .setKind(kind)
                .setIncidentId(incident())
                .setAuthor("ana")
                .setAt(now())
                .setText("on it")
                .setUntil(kind == CommandKind.SNOOZE ? now().plusSeconds(60) : null)
                .build();
    }

    MaintenanceWindow window() {
        return MaintenanceWindow.newBuilder()
                .setWindowId(id)
                .setTitle("Work on " + id)
                .setChecks(List.of(id))
                .setStartsAt(now().minusSeconds(1))
                .setEndsAt(now().plusSeconds(600))
                .build();
    }

    /// @param reporter who says so
    UserReport report(String reporter) {
        return UserReport.newBuilder()
                .setReportId(reporter)
                .setService(id)
                .setAt(now())
                .setReporter(reporter)
                .build();
    }

    private Delivery delivery() {
        return Delivery.newBuilder()
                .setDeliveryId("d-" + id)
                .setTargetId(id)
                .setIncidentId(incident())
                .setEventId(incident() + "-1")
                .setSeq(1)
                .setReason("route 1")
                .setCreatedAt(now())
                .setEvent(event())
                .build();
    }

    private DeliveryAttempt attempt() {
        return DeliveryAttempt.newBuilder()
                .setDeliveryId("d-" + id)
                .setTargetId(id)
                .setIncidentId(incident())
                .setEventId(incident() + "-1")
                .setSeq(1)
                .setAttempt(1)
                .setAt(now())
                .setDurationMs(1)
                .setOutcome("DELIVERED")
                .build();
    }

    private List<Specimen> signals() {
        var evidence =
                signal(SignalKind.INCIDENT, id)
                        .setIncident(event())
                        .setAttributes(Map.of("reopen-within-ms", "1000"))
                        .build();
        return List.of(
                new Specimen("group:" + id, evidence),
                new Specimen(id, signal(SignalKind.OUTAGE, id).setRelated(List.of("i")).build()),
                new Specimen(id, signal(SignalKind.MAINTENANCE, id).setWindow(window()).build()),
                new Specimen(
                        "service:" + id,
                        signal(SignalKind.USER_REPORT, id)
                                .setAttributes(Map.of("reporter", "r"))
                                .build()),
                new Specimen(
                        id,
                        signal(SignalKind.AGENT_REGION, agent())
                                .setAttributes(Map.of("region", region))
                                .build()),
                new Specimen(
                        id,
                        signal(SignalKind.USER_REPORTS, id)
                                .setAttributes(
                                        Map.of("users", "7", "from-ms", "1", "until-ms", "2"))
                                .build()));
    }

    private static Signal.Builder signal(SignalKind kind, String subject) {
        return Signal.newBuilder()
                .setSignalId(kind + "/" + subject)
                .setKind(kind)
                .setSubject(subject)
                .setActive(true)
                .setAt(now());
    }
}
