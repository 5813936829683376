package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Ids;
import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Severity;
import dev.tocsin.incident.engine.Times;
import dev.tocsin.incident.engine.Turn;
import dev.tocsin.incident.engine.Verdict;
import dev.tocsin.incident.engine.check.Decision.State;
import dev.tocsin.incident.engine.check.Incident.Context;
import dev.tocsin.incident.engine.check.Policy.NoData;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Regions vote, a quorum decides, an incident opens, grows, flaps and closes (rules 1 to 4), and what is around it changes
/// who is told (rules 7 and 10). Commands and late evidence have classes of their own.
public final class IncidentEngine {
    private final Draft draft;
    private final Policy policy;
    private final Decision decision;
    private final Instant now;
    private final String cause;
    private final @Nullable String traceparent;

    private IncidentEngine(Draft draft, String cause, @Nullable String traceparent) {
        this.draft = draft;
        this.cause = cause;
        this.traceparent = traceparent;
        policy = draft.policy;
        decision = draft.decision;
        now = draft.now;
    }

    /// One step. Pure.
    ///
    /// @throws IllegalArgumentException for a command that cannot be followed, saying why
    public static Step step(CheckState state, Input input, Policy policy) {
        return switch (input) {
            case Input.Voted voted -> vote(state, voted, policy);
            case Input.Tick tick -> settle(state, state, policy, tick.now(), tick.id(), null);
            case Input.ParentHeard heard ->
                    settle(
                            state,
                            state.with(heard.checkId(), heard.parent()),
                            policy,
                            heard.now(),
                            "parent/" + heard.checkId() + "/" + heard.now(),
                            null);
            case Input.Reported reported ->
                    settle(
                            state,
                            state.with(reported.reports()),
                            policy,
                            reported.now(),
                            "reported/" + reported.now(),
                            null);
            case Input.Joined joined -> join(new Draft(state, state, policy, joined.now()), joined);
            case Input.Commanded commanded ->
                    CommandEngine.take(
                            new Draft(state, state, policy, commanded.now()), commanded.command());
            case Input.Removed removed -> remove(new Draft(state, state, policy, removed.now()));
        };
    }

    /// Whether a pass says no more than that all is still well, as most results do: then [#step] would only move the time at
    /// which the region was last heard. Allocates nothing.
    ///
    /// @param region one of the policy's
    /// @param lastMs when it was last heard, in ms since 1970; whatever `state` says of that. 0 for never
    /// @param atMs and `nowMs` of the pass, likewise
    public static boolean stillWell(
            CheckState state, String region, long lastMs, long atMs, long nowMs, Policy policy) {
        var known = state.region(region);
        return !state.counts()
                && known.quiet()
                && atMs <= nowMs
                && atMs >= nowMs - policy.maxResultAge().toMillis()
                && atMs >= lastMs - policy.window().toMillis()
                && (known.settledAt() == null || atMs > known.settledAt().toEpochMilli());
    }

    private static Step vote(CheckState state, Input.Voted voted, Policy policy) {
        if (!policy.regions().contains(voted.region())) {
            return Step.quiet(state);
        }
        var sample = voted.sample().notAfter(voted.now());
        boolean tooOld =
                Duration.between(sample.at(), voted.now()).compareTo(policy.maxResultAge()) > 0;
        var before = state.region(voted.region());
        if (tooOld || before.tooLate(sample.at(), policy)) {
            return LateEvidence.take(state, voted.region(), sample, voted.now(), policy);
        }
        var after = before.vote(sample, policy);
        var next = state.with(voted.region(), after);
        if (before.quiet() && after.quiet() && !state.counts()) {
            return Step.quiet(next);
        }
        return settle(state, next, policy, voted.now(), sample.id(), voted.traceparent());
    }

    private static Step join(Draft draft, Input.Joined joined) {
        var incident = draft.state.incident();
        if (incident != null
                && incident.open()
                && incident.id().equals(joined.incidentId())
                && !joined.outageId().equals(incident.context().outageId())) {
            draft.tell(
                    EventType.UPDATED,
                    incident.partOf(joined.outageId()),
                    "part of an outage of several checks");
        }
        return draft.step();
    }

    private static Step remove(Draft draft) {
        var incident = draft.state.incident();
        if (incident != null && incident.open()) {
            draft.close(
                    incident.ended(draft.now, draft.now),
                    "the check was removed",
                    "config_removed");
        }
        draft.state = CheckState.EMPTY;
        var step = draft.step();
        return new Step(step.next(), step.events(), true, true, null, null);
    }

    /// @param cause names the input, for an incident that it opens
    private static Step settle(
            CheckState before,
            CheckState state,
            Policy policy,
            Instant now,
            String cause,
            @Nullable String traceparent) {
        var draft = new Draft(before, state, policy, now);
        var engine = new IncidentEngine(draft, cause, traceparent);
        engine.count();
        var target = engine.target();
        var incident = draft.state.incident();
        if (incident == null || !incident.open()) {
            if (target != null) {
                engine.open(target);
            }
        } else {
            engine.keep(incident, target);
        }
        return draft.step();
    }

    /// Starts and stops the countdowns of partial failure and of silence. Silence that another incident already tells of,
    /// that of a region or of the pipeline, counts for none of the check's own.
    private void count() {
        var state = draft.state;
        boolean unheard =
                decision.state() == State.UNKNOWN
                        && !policy.around().stalled()
                        && decision.voting() + decision.isolated() < policy.minRegions();
        draft.state =
                state.counting(
                        decision.state() == State.PARTIAL
                                ? (state.partialSince() == null ? now : state.partialSince())
                                : null,
                        unheard ? (state.noDataSince() == null ? now : state.noDataSince()) : null);
    }

    /// The kind of incident that the votes call for now, or null.
    private @Nullable Kind target() {
        return switch (decision.state()) {
            case DOWN -> Kind.DOWN;
            case PARTIAL ->
                    over(draft.state.partialSince(), policy.partialFor()) ? Kind.PARTIAL : null;
            case DEGRADED -> Kind.DEGRADED;
            case UNKNOWN ->
                    policy.noData() == NoData.ALERT
                                    && over(draft.state.noDataSince(), policy.noDataFor())
                            ? Kind.NO_DATA
                            : null;
            case UP -> null;
        };
    }

    private boolean over(@Nullable Instant since, Duration duration) {
        return since != null && !now.isBefore(since.plus(duration));
    }

    private Severity severity(Kind kind) {
        return switch (kind) {
            case DOWN -> policy.severity();
            case PARTIAL -> {
                var severity =
                        decision.voting() >= policy.minRegions()
                                        && decision.failing() >= Math.max(2, decision.voting() / 4)
                                ? Severity.ERROR
                                : Severity.WARNING;
                yield draft.state.reports().count(now) ? severity.raised() : severity;
            }
            case DEGRADED, NO_DATA -> Severity.WARNING;
        };
    }

    private void open(Kind kind) {
        var concerned = draft.concerned(kind);
        var state = draft.state;
        var startedAt =
                concerned.stream()
                        .map(name -> decision.standings().get(name))
                        .map(standing -> standing == null ? null : standing.since())
                        .filter(Objects::nonNull)
                        .min(Instant::compareTo)
                        .orElse(state.noDataSince() == null ? now : state.noDataSince());
        var last = state.incident();
        var closedAt = last == null ? null : last.times().closedAt();
        boolean again = last != null && last.times().again(startedAt, policy.reopenWithin());
        var turns = Turn.add(state.turns(), new Turn(now, !again));
        draft.state = state.with(turns);
        if (last != null && closedAt != null && again) {
            var reopened =
                    reported(
                            last.reopened(now)
                                    .as(kind, severity(kind))
                                    .regions(concerned, Set.of()));
            var suppression = draft.suppression(reopened);
            draft.tell(
                    EventType.REOPENED,
                    reopened.suppressed(suppression),
                    "failed again "
                            + Duration.between(closedAt, now).toSeconds()
                            + " s after the close"
                            + because(suppression));
        } else {
            var incident =
                    reported(
                            new Incident(
                                    Ids.of(policy.checkId(), cause),
                                    0,
                                    kind,
                                    severity(kind),
                                    new Times(startedAt, now, null, null, now),
                                    concerned,
                                    Set.of(),
                                    false,
                                    Turn.past(last == null ? null : last.id(), turns, now),
                                    new Context(policy.group(), null, null, Handling.NONE, 0),
                                    traceparent));
            var suppression = draft.suppression(incident);
            draft.tell(
                    EventType.OPENED,
                    incident.suppressed(suppression),
                    decision.explanation() + because(suppression));
        }
        long recent =
                turns.stream()
                        .filter(turn -> !turn.at().isBefore(now.minus(Policy.FLAP_WINDOW)))
                        .count();
        var told = draft.incident();
        if (recent >= Policy.FLAP_TURNS && !told.flapping()) {
            draft.tell(
                    EventType.FLAPPING_STARTED,
                    told.flapping(true),
                    recent + " times open within 30 minutes; quiet until it settles");
        }
    }

    /// What users say of it (rule 10).
    private Incident reported(Incident incident) {
        var reports = draft.state.reports();
        return reports.count(now) && reports.users() > incident.context().reportedBy()
                ? incident.reportedBy(reports.users())
                : incident;
    }

    private static String because(@Nullable Suppression suppression) {
        return suppression == null ? "" : "; " + said(suppression);
    }

    private static String said(Suppression suppression) {
        return suppression.waits()
                ? "nobody is told before there is a verdict on what it depends on"
                : suppression.by() + " explains it";
    }

    private void keep(Incident open, @Nullable Kind target) {
        var incident = open;
        var reasons = new ArrayList<String>();
        if (target != null) {
            var kind = target.compareTo(incident.kind()) > 0 ? target : incident.kind();
            var severity =
                    severity(target).compareTo(incident.severity()) > 0
                            ? severity(target)
                            : incident.severity();
            if (kind != incident.kind() || severity != incident.severity()) {
                reasons.add("now " + kind + ", " + severity);
                incident = incident.as(kind, severity);
            }
        }
        incident = evidence(incident, reasons);
        var told = reported(incident);
        if (!told.equals(incident)) {
            reasons.add("reported by " + told.context().reportedBy() + " users within 5 minutes");
            incident = told;
        }
        var ended = ended(incident);
        if ((ended == null) != (incident.times().endedAt() == null)) {
            incident = incident.ended(ended, now);
        }
        draft.state = draft.state.with(incident);
        if (suppress(incident)) {
            incident = draft.incident();
            reasons.clear();
        }
        if (incident.flapping()) {
            if (now.isBefore(incident.times().changedAt().plus(policy.flapQuiet()))) {
                return;
            }
            draft.tell(
                    EventType.FLAPPING_STOPPED,
                    incident.flapping(false),
                    "settled: " + decision.explanation());
            incident = draft.incident();
        } else if (!reasons.isEmpty()) {
            draft.tell(EventType.UPDATED, incident, String.join("; ", reasons));
            incident = draft.incident();
        }
        if (over(incident.times().endedAt(), policy.recoverFor())) {
            draft.close(incident, "every region that failed passes again", "recovered");
        }
    }

    /// Regions that fail in it, and those of them that do not vote any more.
    private Incident evidence(Incident incident, List<String> reasons) {
        var failed = new TreeSet<>(incident.failed());
        failed.addAll(draft.concerned(incident.kind()));
        failed.retainAll(policy.regions());
        var lost = draft.regions(s -> !s.votes());
        lost.retainAll(failed);
        var joined = new TreeSet<>(failed);
        joined.removeAll(incident.failed());
        var nowLost = new TreeSet<>(lost);
        nowLost.removeAll(incident.lost());
        if (!joined.isEmpty()) {
            reasons.add("also failing: " + String.join(", ", joined));
        }
        if (!nowLost.isEmpty()) {
            reasons.add(
                    "evidence_lost: nothing is known any more from " + String.join(", ", nowLost));
        }
        return incident.regions(failed, lost);
    }

    /// What keeps others from being told begins, changes or ends (rule 7). At its end, what is about to close needs no alarm
    /// any more.
    private boolean suppress(Incident incident) {
        var before = incident.context().suppression();
        var by = draft.suppression(incident);
        if (Objects.equals(before, by) || (by == null && incident.times().endedAt() != null)) {
            return false;
        }
        draft.tell(
                by == null ? EventType.UNSUPPRESSED : EventType.SUPPRESSED,
                incident.suppressed(by),
                by == null
                        ? "%s is over and it still fails: %s"
                                .formatted(
                                        before == null ? "" : before.by(), decision.explanation())
                        : said(by));
        return true;
    }

    /// Since when all that failed is fine, or null while it is not (rule 3).
    private @Nullable Instant ended(Incident incident) {
        if ((decision.voting() < policy.minRegions() && incident.kind() == Kind.NO_DATA)
                || decision.state() == State.DOWN) {
            return null;
        }
        var latest = incident.times().endedAt();
        for (var name : incident.failed()) {
            var standing = decision.standings().get(name);
            boolean fine =
                    standing != null
                            && (standing.is(Verdict.PASSING)
                                    || (standing.is(Verdict.DEGRADED)
                                            && incident.kind() != Kind.DEGRADED));
            if (!fine) {
                return null;
            }
            var since = draft.state.region(name).passingSince();
            latest = latest == null || (since != null && since.isAfter(latest)) ? since : latest;
        }
        return latest == null ? now : latest;
    }
}
