package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Ids;
import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Severity;
import dev.tocsin.incident.engine.Times;
import dev.tocsin.incident.engine.Turn;
import dev.tocsin.incident.engine.check.Hindsight.Outage;
import dev.tocsin.incident.engine.check.Policy.NoData;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An incident opens, or the last one reopens (rules 2 to 4).
final class Opening {
    private final Draft draft;
    private final String cause;
    private final @Nullable String traceparent;

    Opening(Draft draft, String cause, @Nullable String traceparent) {
        this.draft = draft;
        this.cause = cause;
        this.traceparent = traceparent;
    }

    /// The kind of incident that the votes call for now, or null. What a region that has had no chance to be heard might still change
    /// waits for it. So does what fails by votes of long ago, as in a backlog, or by such that a pass has followed, be it too few of those
    /// for a recovery.
    static @Nullable Kind target(Draft draft) {
        var policy = draft.policy;
        return switch (draft.decision.state()) {
            case DOWN -> // counted from all that may yet be heard
                    failsNow(draft) ? Kind.DOWN : null;
            case PARTIAL ->
                    failsNow(draft)
                                    && draft.decision.allHadTheirChance()
                                    && draft.over(draft.state.partialSince(), policy.partialFor())
                            ? Kind.PARTIAL
                            : null;
            case DEGRADED -> Kind.DEGRADED;
            case UNKNOWN ->
                    policy.noData() == NoData.ALERT
                                    && draft.over(draft.state.noDataSince(), policy.noDataFor())
                            ? Kind.NO_DATA
                            : null;
            case UP -> null;
        };
    }

    private static boolean failsNow(Draft draft) {
        return draft.decision.failsNow(draft.now, draft.policy);
    }

    /// @param failing how many regions fail
    /// @param reported whether users report it, too (rule 10)
    static Severity severity(Kind kind, int failing, boolean reported, Draft draft) {
        var decision = draft.decision;
        return switch (kind) {
            case DOWN -> draft.policy.severity();
            case PARTIAL -> {
                var severity =
                        decision.voting() >= draft.policy.minRegions()
                                        && failing >= Math.max(2, decision.electorate() / 4)
                                ? Severity.ERROR
                                : Severity.WARNING;
                yield reported ? severity.raised() : severity;
            }
            case DEGRADED, NO_DATA -> Severity.WARNING;
        };
    }

    void open(Kind kind) {
        var concerned = draft.decision.concerned(kind);
        open(
                kind,
                Places.of(concerned, fine(kind)),
                startedAt(concerned),
                draft.decision,
                draft.decision.explanation(),
                null);
    }

    /// What was measured in a standstill, and is over.
    void open(Outage past) {
        var regions = past.regions();
        open(
                Kind.DOWN,
                Places.of(regions, Places.minus(fine(Kind.DOWN), regions)),
                past.from(),
                Hindsight.then(draft, past),
                past.said(),
                past);
    }

    private void open(
            Kind kind,
            Places places,
            Instant startedAt,
            Decision decision,
            String reason,
            @Nullable Outage past) {
        var now = draft.now;
        boolean reported = draft.policy.near().reports().count(now);
        var severity = severity(kind, places.failing().size(), reported, draft);
        var last = draft.state.incident();
        boolean again =
                last != null && last.times().again(startedAt, now, draft.policy.reopenWithin());
        var turns = Turn.add(draft.state.turns(), new Turn(now, !again));
        draft.state = draft.state.with(turns);
        if (last != null && again) {
            var closedAt = Objects.requireNonNull(last.times().closedAt());
            tell(
                    EventType.REOPENED,
                    last.reopened(startedAt, now).as(kind, severity).at(places),
                    decision,
                    past == null
                            ? "failed again "
                                    + Duration.between(closedAt, now).toSeconds()
                                    + " s after the close"
                            : reason,
                    past);
        } else {
            tell(
                    EventType.OPENED,
                    new Incident(
                            Ids.of(draft.policy.checkId(), cause),
                            0,
                            now,
                            null,
                            kind,
                            severity,
                            new Worst(kind, severity, places.everywhere()),
                            Times.opened(startedAt, now),
                            places,
                            false,
                            Turn.past(last == null ? null : last.id(), turns, now),
                            new Incident.Context(
                                    draft.policy.group(), null, null, false, Handling.NONE, 0),
                            traceparent,
                            Heard.FAILS),
                    decision,
                    reason,
                    past);
        }
        flapping(turns);
    }

    private void tell(
            EventType type,
            Incident incident,
            Decision decision,
            String reason,
            @Nullable Outage past) {
        var known = OpenIncident.reported(incident, draft);
        var suppression =
                past == null ? draft.suppression(known) : Hindsight.suppression(draft.policy, past);
        draft.tell(
                type,
                past == null
                        ? known.suppressed(suppression)
                        : over(known.suppressed(suppression), past),
                decision,
                reason + because(suppression),
                null,
                null);
    }

    /// What is over needs no word of its group: nobody waits for one, or it would be told to nobody. Unless it is heard to fail again,
    /// no outage is made of it.
    private Incident over(Incident incident, Outage past) {
        return incident.ended(past.to(), draft.now).grouped().heard(Heard.PASSES);
    }

    private void flapping(List<Turn> turns) {
        var since = draft.now.minus(Policy.FLAP_WINDOW);
        long recent = turns.stream().filter(turn -> !turn.at().isBefore(since)).count();
        var told = draft.incident();
        if (recent >= Policy.FLAP_TURNS && !told.flapping()) {
            draft.tell(
                    EventType.FLAPPING_STARTED,
                    told.flapping(true),
                    recent + " times open within 30 minutes; quiet until it settles");
        }
    }

    private Instant startedAt(Set<String> concerned) {
        var state = draft.state;
        return concerned.stream()
                .map(name -> state.region(name).since())
                .filter(Objects::nonNull)
                .min(Instant::compareTo)
                .orElse(state.noDataSince() == null ? draft.now : state.noDataSince());
    }

    /// Those that are seen fine, and those that were when the process before this one last heard them.
    private Set<String> fine(Kind kind) {
        return draft.decision.regions(s -> s.fine(kind) || s.wasFine());
    }

    private static String because(@Nullable Suppression suppression) {
        return suppression == null ? "" : "; " + suppression.said();
    }
}
