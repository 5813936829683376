package dev.tocsin.incident.engine;

import dev.tocsin.incident.engine.Decision.State;
import dev.tocsin.incident.engine.Incident.Context;
import dev.tocsin.incident.engine.Incident.Kind;
import dev.tocsin.incident.engine.Incident.Times;
import dev.tocsin.incident.engine.Policy.NoData;
import dev.tocsin.incident.engine.Policy.Severity;
import dev.tocsin.incident.engine.Region.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Rules 1 to 7, 9 and 11: regions vote, a quorum decides, an incident opens, grows, flaps and closes, and maintenance
/// changes who is told.
public final class IncidentEngine {
    private final Policy policy;
    private final Instant now;
    private final String cause;
    private final @Nullable String traceparent;
    private final List<Event> events = new ArrayList<>();
    private CheckState state;
    private Decision decision;

    private IncidentEngine(
            CheckState state,
            Policy policy,
            Instant now,
            String cause,
            @Nullable String traceparent) {
        this.state = state;
        this.policy = policy;
        this.now = now;
        this.cause = cause;
        this.traceparent = traceparent;
        decision = Decision.of(state, policy, now);
    }

    /// One step. Pure.
    ///
    /// @throws IllegalArgumentException for a command that cannot be followed, saying why
    public static Step step(CheckState state, Input input, Policy policy) {
        return switch (input) {
            case Input.Voted voted -> vote(state, voted, policy);
            case Input.Tick tick -> {
                var from = tick.resumed() ? state.counting(state.partialSince(), null) : state;
                yield new IncidentEngine(from, policy, tick.now(), tick.id(), null).settle();
            }
            case Input.Joined joined ->
                    new IncidentEngine(state, policy, joined.now(), "joined", null).join(joined);
            case Input.Commanded commanded ->
                    new IncidentEngine(state, policy, commanded.now(), "command", null)
                            .command(commanded.command());
            case Input.Removed removed ->
                    new IncidentEngine(state, policy, removed.now(), "removed", null).remove();
        };
    }

    private static Step vote(CheckState state, Input.Voted voted, Policy policy) {
        var sample =
                voted.sample().at().isAfter(voted.now())
                        ? new Sample(
                                voted.now(),
                                voted.sample().vote(),
                                voted.sample().id(),
                                voted.sample().failure())
                        : voted.sample();
        boolean tooOld =
                Duration.between(sample.at(), voted.now()).compareTo(policy.maxResultAge()) > 0;
        if (!policy.regions().contains(voted.region())) {
            return new Step(state, List.of(), false, null);
        }
        var before = state.region(voted.region());
        if (tooOld || before.tooLate(sample.at(), policy)) {
            return late(state, voted, sample, policy);
        }
        var after = before.vote(sample, policy);
        var next = state.with(voted.region(), after);
        boolean incident = state.incident() != null && state.incident().open();
        if (before.quiet()
                && after.quiet()
                && !incident
                && state.partialSince() == null
                && state.noDataSince() == null) {
            return new Step(next, List.of(), false, null);
        }
        return new IncidentEngine(next, policy, voted.now(), sample.id(), voted.traceparent())
                .settle();
    }

    /// A result that is too late to open or close anything can still show that an incident was more than it seemed (rule 5).
    private static Step late(CheckState state, Input.Voted voted, Sample sample, Policy policy) {
        var before = state.late(voted.region());
        var newest = before.newestVote();
        if (newest != null && sample.at().isAfter(newest.plus(policy.window()))) {
            before = Region.NEW; // of another time
        }
        var after = before.vote(sample, policy);
        if (before.quiet() && after.quiet()) {
            return new Step(state, List.of(), false, null);
        }
        var next = state.withLate(voted.region(), after);
        var engine =
                new IncidentEngine(next, policy, voted.now(), sample.id(), voted.traceparent());
        if (after.verdict() == Verdict.FAILING && after.since() != null) {
            engine.correct(voted.region(), after.since(), sample.at());
        }
        return new Step(engine.state, engine.events, true, engine.deadline());
    }

    /// @param since when the region began to fail, as far as its late results go; it failed until `at`
    private void correct(String region, Instant since, Instant at) {
        var incident = state.incident();
        if (incident == null) {
            return;
        }
        var times = incident.times();
        var end = times.endedAt() == null ? times.closedAt() : times.endedAt();
        if (at.isBefore(times.startedAt().minus(policy.window()))
                || (end != null && since.isAfter(end))) {
            return; // of another time
        }
        var reasons = new ArrayList<String>();
        var corrected = incident;
        if (!incident.failed().contains(region)) {
            var failed = new TreeSet<>(incident.failed());
            failed.add(region);
            corrected = corrected.regions(failed, incident.lost());
            reasons.add(region + " failed, too, from " + since + " on");
        }
        if (since.isBefore(times.startedAt())) {
            corrected = corrected.began(since);
            reasons.add("it began at " + since + ", not at " + times.startedAt());
        }
        if (!reasons.isEmpty()) {
            tell(
                    Event.Type.UPDATED,
                    corrected,
                    "late_evidence: " + String.join("; ", reasons),
                    null);
        }
    }

    private Step join(Input.Joined joined) {
        var incident = state.incident();
        if (incident != null
                && incident.open()
                && incident.id().equals(joined.incidentId())
                && !joined.outageId().equals(incident.context().outageId())) {
            tell(
                    Event.Type.UPDATED,
                    incident.partOf(joined.outageId()),
                    "part of an outage of several checks",
                    null);
        }
        return new Step(state, events, true, deadline());
    }

    private Step command(Command command) {
        var incident = state.incident();
        if (incident == null || !incident.id().equals(command.incidentId())) {
            throw new IllegalArgumentException(
                    "check " + policy.checkId() + " has no incident " + command.incidentId());
        }
        var handling = incident.context().handling();
        if (handling.commands().contains(command.id())) {
            return new Step(state, List.of(), true, deadline());
        }
        if (!incident.open() && command.kind() != Command.Kind.ANNOTATE) {
            throw new IllegalArgumentException("incident " + incident.id() + " is closed");
        }
        var taken = incident.handled(handling.taken(command.id()));
        follow(command, taken);
        return new Step(state, events, true, deadline());
    }

    private void follow(Command command, Incident incident) {
        var handling = incident.context().handling();
        var who = command.signature();
        switch (command.kind()) {
            case ACK ->
                    answer(
                            command,
                            Event.Type.ACKNOWLEDGED,
                            incident.handled(handling.acknowledged(command.author())),
                            "acknowledged by " + who);
            case UNACK ->
                    answer(
                            command,
                            Event.Type.UNACKNOWLEDGED,
                            incident.handled(handling.acknowledged(null)),
                            "no longer acknowledged, says " + who);
            case ANNOTATE -> answer(command, Event.Type.ANNOTATED, incident, who);
            case SNOOZE -> {
                var until = command.until();
                if (until == null || !until.isAfter(now)) {
                    throw new IllegalArgumentException("a snooze needs an end that is to come");
                }
                var snoozed = handling.snoozed(command.author(), until);
                answer(
                        command,
                        Event.Type.SNOOZED,
                        incident.handled(snoozed).suppressed(snoozed.snooze(now)),
                        "snoozed until " + until + " by " + who);
            }
            case CLOSE -> {
                var failing = concerned(incident.kind());
                if (!failing.isEmpty()) {
                    throw new IllegalArgumentException(
                            "it still fails in "
                                    + String.join(", ", failing)
                                    + " and would open again at once; acknowledge or snooze it");
                }
                if (decision.state() == State.UNKNOWN && policy.noData() == NoData.ALERT) {
                    throw new IllegalArgumentException(
                            "too few regions are heard, and it would open again for that; snooze it, or remove the check");
                }
                answer(
                        command,
                        Event.Type.CLOSED,
                        incident.ended(
                                        incident.times().endedAt() == null
                                                ? now
                                                : incident.times().endedAt(),
                                        now)
                                .closed(now),
                        "closed by " + who);
            }
        }
    }

    private void answer(Command command, Event.Type type, Incident incident, String reason) {
        tell(
                type,
                incident,
                reason,
                type == Event.Type.CLOSED ? "closed_by_hand" : null,
                command.id());
    }

    private Step remove() {
        var incident = state.incident();
        if (incident != null && incident.open()) {
            tell(
                    Event.Type.CLOSED,
                    incident.ended(now, now).closed(now),
                    "the check was removed",
                    "config_removed");
        }
        return new Step(CheckState.EMPTY, events, true, null);
    }

    private Step settle() {
        count();
        var target = target();
        var incident = state.incident();
        if (incident == null || !incident.open()) {
            if (target != null) {
                open(target);
            }
        } else {
            keep(incident, target);
        }
        return new Step(state, events, true, deadline());
    }

    /// Starts and stops the countdowns of partial failure and of silence.
    private void count() {
        state =
                state.counting(
                        decision.state() == State.PARTIAL
                                ? (state.partialSince() == null ? now : state.partialSince())
                                : null,
                        decision.state() == State.UNKNOWN
                                ? (state.noDataSince() == null ? now : state.noDataSince())
                                : null);
    }

    /// The kind of incident that the votes call for now, or null.
    private @Nullable Kind target() {
        return switch (decision.state()) {
            case DOWN -> Kind.DOWN;
            case PARTIAL -> over(state.partialSince(), policy.partialFor()) ? Kind.PARTIAL : null;
            case DEGRADED -> Kind.DEGRADED;
            case UNKNOWN ->
                    policy.noData() == NoData.ALERT && over(state.noDataSince(), policy.noDataFor())
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
            case PARTIAL ->
                    decision.voting() >= policy.minRegions()
                                    && decision.failing() >= Math.max(2, decision.voting() / 4)
                            ? Severity.ERROR
                            : Severity.WARNING;
            case DEGRADED, NO_DATA -> Severity.WARNING;
        };
    }

    private Set<String> regions(Predicate<Decision.Standing> which) {
        var names = new TreeSet<String>();
        decision.standings()
                .forEach((name, standing) -> {
                    if (which.test(standing)) {
                        names.add(name);
                    }
                });
        return names;
    }

    private Set<String> concerned(Kind kind) {
        return regions(s ->
                s.verdict() == Verdict.FAILING
                        || (kind == Kind.DEGRADED && s.verdict() == Verdict.DEGRADED));
    }

    private void open(Kind kind) {
        var concerned = concerned(kind);
        var startedAt =
                concerned.stream()
                        .map(name -> decision.standings().get(name))
                        .map(standing -> standing == null ? null : standing.since())
                        .filter(java.util.Objects::nonNull)
                        .min(Instant::compareTo)
                        .orElse(state.noDataSince() == null ? now : state.noDataSince());
        var last = state.incident();
        var closedAt = last == null ? null : last.times().closedAt();
        boolean again =
                closedAt != null && !startedAt.isAfter(closedAt.plus(policy.reopenWithin()));
        var turns = Turn.add(state.turns(), new Turn(now, !again));
        state = state.with(turns);
        if (last != null && closedAt != null && again) {
            var reopened =
                    last.reopened(now).as(kind, severity(kind)).regions(concerned, new TreeSet<>());
            tell(
                    Event.Type.REOPENED,
                    reopened,
                    "failed again "
                            + Duration.between(closedAt, now).toSeconds()
                            + " s after the close",
                    null);
        } else {
            var incident =
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
                            new Context(
                                    policy.group(),
                                    policy.suppression(concerned, now),
                                    null,
                                    Handling.NONE),
                            traceparent);
            tell(Event.Type.OPENED, incident, decision.explanation(), null);
        }
        long recent =
                turns.stream()
                        .filter(turn -> !turn.at().isBefore(now.minus(Policy.FLAP_WINDOW)))
                        .count();
        var told = state.incident();
        if (recent >= Policy.FLAP_TURNS && told != null && !told.flapping()) {
            tell(
                    Event.Type.FLAPPING_STARTED,
                    told.flapping(true),
                    recent + " times open within 30 minutes; quiet until it settles",
                    null);
        }
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
        var failed = new TreeSet<>(incident.failed());
        failed.addAll(concerned(incident.kind()));
        failed.retainAll(policy.regions());
        var lost = regions(s -> s.silent());
        lost.retainAll(failed);
        var joined = new TreeSet<>(failed);
        joined.removeAll(incident.failed());
        var nowLost = new TreeSet<>(lost);
        nowLost.removeAll(incident.lost());
        if (!joined.isEmpty()) {
            reasons.add("also failing: " + String.join(", ", joined));
        }
        if (!nowLost.isEmpty()) {
            reasons.add("evidence_lost: nothing is heard from " + String.join(", ", nowLost));
        }
        incident = incident.regions(failed, lost);
        var ended = ended(incident);
        if ((ended == null) != (incident.times().endedAt() == null)) {
            incident = incident.ended(ended, now);
        }
        state = state.with(incident);
        if (suppress(incident)) {
            incident = told();
            reasons.clear();
        }
        if (incident.flapping()) {
            if (now.isBefore(incident.times().changedAt().plus(policy.flapQuiet()))) {
                return;
            }
            tell(
                    Event.Type.FLAPPING_STOPPED,
                    incident.flapping(false),
                    "settled: " + decision.explanation(),
                    null);
            incident = told();
        } else if (!reasons.isEmpty()) {
            tell(Event.Type.UPDATED, incident, String.join("; ", reasons), null);
            incident = told();
        }
        if (incident.times().endedAt() != null
                && !now.isBefore(incident.times().endedAt().plus(policy.recoverFor()))) {
            tell(
                    Event.Type.CLOSED,
                    incident.closed(now),
                    "every region that failed passes again",
                    "recovered");
        }
    }

    /// Maintenance or a snooze begins or ends under an open incident (rule 7). At its end, what is about to close needs no alarm any more.
    private boolean suppress(Incident incident) {
        var before = incident.context().suppressedBy();
        var snooze = incident.context().handling().snooze(now);
        var by = snooze == null ? policy.suppression(incident.failed(), now) : snooze;
        if (java.util.Objects.equals(before, by)
                || (by == null && incident.times().endedAt() != null)) {
            return false;
        }
        tell(
                by == null ? Event.Type.UNSUPPRESSED : Event.Type.SUPPRESSED,
                incident.suppressed(by),
                by == null
                        ? before + " is over and it still fails: " + decision.explanation()
                        : by + " explains it",
                null);
        return true;
    }

    private Incident told() {
        return java.util.Objects.requireNonNull(state.incident());
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
                            && (standing.verdict() == Verdict.PASSING
                                    || (standing.verdict() == Verdict.DEGRADED
                                            && incident.kind() != Kind.DEGRADED));
            if (!fine) {
                return null;
            }
            var since = state.region(name).passingSince();
            latest = latest == null || (since != null && since.isAfter(latest)) ? since : latest;
        }
        return latest == null ? now : latest;
    }

    private void tell(
            Event.Type type, Incident incident, String reason, @Nullable String resolution) {
        tell(type, incident, reason, resolution, null);
    }

    private void tell(
            Event.Type type,
            Incident incident,
            String reason,
            @Nullable String resolution,
            @Nullable String commandId) {
        var told = incident.told();
        state = state.with(told);
        events.add(new Event(type, told, decision, now, reason, resolution, commandId));
    }

    /// The earliest time at which silence alone changes something.
    private @Nullable Instant deadline() {
        var times = new ArrayList<Instant>();
        for (var standing : decision.standings().values()) {
            if (!standing.silent() && standing.lastVoteAt() != null) {
                times.add(standing.lastVoteAt().plus(policy.staleAfter()).plusMillis(1));
            }
        }
        if (state.partialSince() != null) {
            times.add(state.partialSince().plus(policy.partialFor()));
        }
        if (state.noDataSince() != null) {
            times.add(state.noDataSince().plus(policy.noDataFor()));
        }
        var incident = state.incident();
        if (incident != null && incident.open()) {
            if (incident.times().endedAt() != null) {
                times.add(incident.times().endedAt().plus(policy.recoverFor()));
            }
            for (var window : policy.windows()) {
                times.add(window.startsAt());
                times.add(window.endsAt());
            }
            var snoozedUntil = incident.context().handling().snoozedUntil();
            if (snoozedUntil != null) {
                times.add(snoozedUntil);
            }
            if (incident.flapping()) {
                times.add(incident.times().changedAt().plus(policy.flapQuiet()));
            }
        }
        return times.stream()
                .filter(time -> time.isAfter(now))
                .min(Instant::compareTo)
                .orElse(null);
    }
}
