package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Resolution;
import dev.tocsin.incident.engine.Verdict;
import dev.tocsin.incident.engine.check.Decision.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Regions vote, a quorum decides, an incident opens, grows, shrinks, flaps and closes (rules 1 to 4), and what is around it changes
/// who is told (rules 7 and 10). Opening, an open incident, commands and late evidence have classes of their own.
public final class IncidentEngine {
    private IncidentEngine() {}

    /// One step. Pure.
    ///
    /// @throws IllegalArgumentException for a command that cannot be followed, saying why
    public static Step step(CheckState state, Input input, Policy policy) {
        return switch (input) {
            case Input.Voted voted -> vote(state, voted, policy);
            case Input.Tick tick ->
                    settle(new Draft(state, state, policy, tick.now()), tick.id(), null);
            case Input.Joined joined -> join(new Draft(state, state, policy, joined.now()), joined);
            case Input.Alone alone -> alone(new Draft(state, state, policy, alone.now()), alone);
            case Input.Commanded commanded ->
                    CommandEngine.take(
                            new Draft(state, state, policy, commanded.now()), commanded.command());
            case Input.Removed removed ->
                    remove(new Draft(state, state, policy, notBefore(state, removed.now())));
        };
    }

    private static Step vote(CheckState state, Input.Voted voted, Policy policy) {
        if (!policy.regions().contains(voted.region())) {
            return Step.unjudged(state, false);
        }
        var sample = voted.sample().notAfter(voted.now());
        boolean tooOld =
                Duration.between(sample.at(), voted.now()).compareTo(policy.maxResultAge()) > 0;
        var before = state.region(voted.region());
        if (tooOld || before.tooLate(sample.at(), policy)) {
            return LateEvidence.take(state, voted.region(), sample, voted.now(), policy);
        }
        var known = before.lapsed(sample.at(), voted.now(), policy) ? before.anew() : before;
        var after = known.vote(sample, policy);
        var next = state.with(voted.region(), after);
        var standstill = Hindsight.delayedBy(sample, voted.now(), policy);
        if (standstill != null) {
            next =
                    Hindsight.heard(
                            next, voted.region(), known, sample, voted.now(), policy, standstill);
        }
        // One more of a streak that is not long enough yet.
        if (before.verdict() == Verdict.PASSING
                && after.verdict() == Verdict.PASSING
                && !next.counts()) {
            return Step.unjudged(next, !next.remembersAs(state));
        }
        return settle(
                new Draft(state, next, policy, voted.now()),
                voted.region() + "/" + sample.id(),
                voted.traceparent());
    }

    private static Step join(Draft draft, Input.Joined joined) {
        var incident = meant(draft.state, joined.incidentId(), joined.decidedAt());
        if (incident != null && !Objects.equals(joined.outageId(), incident.context().outageId())) {
            count(draft);
            new OpenIncident(draft).join(incident, joined.outageId(), Opening.target(draft));
        }
        return draft.step();
    }

    private static Step alone(Draft draft, Input.Alone alone) {
        var incident = meant(draft.state, alone.incidentId(), alone.askedAt());
        if (incident != null && !incident.context().grouped()) {
            count(draft);
            new OpenIncident(draft).alone(incident, Opening.target(draft));
        }
        return draft.step();
    }

    /// The open incident of that id, unless what is said of it is of a time before it reopened.
    private static @Nullable Incident meant(CheckState state, String incidentId, Instant saidAt) {
        var incident = state.incident();
        return incident != null
                        && incident.open()
                        && incident.id().equals(incidentId)
                        && !state.turnedAfter(saidAt)
                ? incident
                : null;
    }

    /// A definition may be read before the results that it stands behind: nothing ends before it was told.
    private static Instant notBefore(CheckState state, Instant now) {
        var incident = state.incident();
        return incident != null && incident.toldAt().isAfter(now) ? incident.toldAt() : now;
    }

    private static Step remove(Draft draft) {
        var incident = draft.state.incident();
        if (incident != null && incident.open()) {
            draft.close(
                    incident.flapping(false).ended(draft.now, draft.now),
                    "the check was removed",
                    Resolution.CONFIG_REMOVED);
        }
        draft.state = CheckState.EMPTY;
        var step = draft.step();
        return new Step(CheckState.EMPTY, step.events(), true, true, null, null, null);
    }

    /// @param cause names the input, for what is made of it
    private static Step settle(Draft draft, String cause, @Nullable String traceparent) {
        count(draft);
        var target = Opening.target(draft);
        var incident = draft.state.incident();
        if (incident != null && incident.open()) {
            new OpenIncident(draft).keep(incident, target);
        } else if (target != null) {
            new Opening(draft, cause, traceparent).open(target);
        }
        var looksBackAt = draft.state.looksBackAt();
        if (looksBackAt != null && !draft.now.isBefore(looksBackAt)) {
            Hindsight.look(draft);
        }
        draft.tellGroup(cause);
        return draft.step();
    }

    /// Starts and stops the countdowns of partial failure and of silence. Silence that another incident already tells of,
    /// that of a region or of the pipeline, counts for none of the check's own, and neither does what had no chance to be heard.
    private static void count(Draft draft) {
        var state = draft.state;
        var decision = draft.decision;
        var policy = draft.policy;
        int excused =
                decision.count(Decision.Unknown.ISOLATED)
                        + decision.count(Decision.Unknown.UNHEARD);
        boolean unheard =
                decision.state() == State.UNKNOWN
                        && !policy.around().stalled()
                        && decision.voting() + excused < policy.minRegions();
        boolean partial =
                decision.state() == State.PARTIAL
                        || (state.partialSince() != null && !decision.allHadTheirChance());
        draft.state =
                state.counting(
                        partial
                                ? (state.partialSince() == null ? draft.now : state.partialSince())
                                : null,
                        unheard
                                ? (state.noDataSince() == null ? draft.now : state.noDataSince())
                                : null);
    }
}
