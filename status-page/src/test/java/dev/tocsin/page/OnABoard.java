package dev.tocsin.page;

import dev.tocsin.page.board.Board;
import dev.tocsin.page.board.Feed;
import dev.tocsin.page.view.View;
import dev.tocsin.page.view.Viewer;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Scope;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.TrustedRecords;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A board of which all is read, and what topics say.
public abstract class OnABoard {
    static {
        TrustedRecords.trust();
    }

    static final Instant NOW = Instant.parse("2026-11-24T10:20:30Z");

    static final int PARTITION = 3;

    final Board board = new Board();

    OnABoard() {
        Feed.ALL.forEach(board::read);
    }

    void check(String id, String service) {
        board.check(
                id,
                CheckDefinition.newBuilder()
                        .setCheckId(id)
                        .setConfigVersion("v1")
                        .setName(id)
                        .setService(service)
                        .setUrl("http://x/")
                        .setProbe("http")
                        .setIntervalMs(10_000)
                        .setTimeoutMs(1000)
                        .setRegions(List.of("us", "eu"))
                        .setIncident(IncidentPolicy.newBuilder().build())
                        .build());
    }

    void heard(String check, String region, Instant at) {
        measured(check, region, at, Outcome.PASS);
        decided(at);
    }

    /// Somebody decides.
    void decided(Instant at) {
        board.result(PARTITION, null, at, at);
    }

    void measured(String check, String region, Instant at, Outcome outcome) {
        board.result(PARTITION, result(check, region, at, outcome), at, at);
    }

    public static CheckResult result(String check, String region, Instant at, Outcome outcome) {
        return CheckResult.newBuilder()
                .setCheckId(check)
                .setConfigVersion("v1")
                .setRegion(region)
                .setAgentId(region)
                .setBootEpoch(1)
                .setSequence(1)
                .setScheduledAt(at)
                .setStartedAt(at)
                .setDurationUs(1)
                .setOutcome(outcome)
                .build();
    }

    static IncidentEvent event(
            String id, IncidentKind kind, boolean open, RegionVerdict us, RegionVerdict eu) {
        return IncidentEvent.newBuilder()
                .setEventId(id + "-1")
                .setIncidentId(id)
                .setSeq(1)
                .setType(open ? IncidentEventType.OPENED : IncidentEventType.CLOSED)
                .setKey("shop")
                .setCheckId(kind == IncidentKind.OUTAGE ? null : "shop")
                .setName("Shop")
                .setService("store")
                .setKind(kind)
                .setScope(us == RegionVerdict.FAILING && eu == us ? Scope.GLOBAL : Scope.REGIONAL)
                .setSeverity(Severity.CRITICAL)
                .setOpen(open)
                .setReason("because <b>")
                .setRegions(
                        Stream.of(Map.entry("us", us), Map.entry("eu", eu))
                                .map(e ->
                                        RegionStatus.newBuilder()
                                                .setRegion(e.getKey())
                                                .setVerdict(e.getValue())
                                                .build())
                                .toList())
                .setStartedAt(NOW.minusSeconds(60))
                .setEndedAt(open ? null : NOW.minusSeconds(5))
                .setOpenedAt(NOW.minusSeconds(55))
                .setAt(NOW.minusSeconds(4))
                .setRecurrence(new Recurrence(1, 2))
                .setDecision(new Decision(2, 2, 2, 0, 2, 2, "DOWN", "2 of 2"))
                .setConfigVersion("v1")
                .build();
    }

    /// An open one that fails in us.
    static IncidentEvent outage(RegionVerdict eu) {
        return event("o1", IncidentKind.OUTAGE, true, RegionVerdict.FAILING, eu);
    }

    void incident(IncidentEvent event) {
        board.incident(event.getIncidentId(), event);
        board.event(event);
    }

    View view() {
        return Viewer.view("Status", board, NOW);
    }

    void healthy() {
        check("shop", "store");
        heard("shop", "us", NOW.minusSeconds(3));
        heard("shop", "eu", NOW.minusSeconds(5));
    }

    static IncidentEvent note(IncidentEvent of, @Nullable String publicText) {
        return IncidentEvent.newBuilder(of)
                .setType(IncidentEventType.ANNOTATED)
                .setCommandId("c")
                .setAt(NOW)
                .setReason("ann: db-7 is out of disk")
                .setPublicText(publicText)
                .build();
    }
}
