package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Set;

/// Rule 5: a result that is too late to open or close anything can still show that an incident was more than it seemed.
public final class LateEvidence {
    private LateEvidence() {}

    public static Step take(
            CheckState state, String name, Sample sample, Instant now, Policy policy) {
        var before = state.late(name).of(sample.at(), policy);
        var after = before.vote(sample, policy);
        if (before.quiet() && after.quiet()) {
            return Step.unjudged(state, false);
        }
        var standstill = policy.around().standstill();
        if (standstill != null && Hindsight.concerns(sample, now, policy)) {
            var heard = Hindsight.heard(state, name, Region.NEW, sample, now, policy, standstill);
            return new Draft(state, heard, policy, now).step();
        }
        var draft = new Draft(state, state.withLate(name, after), policy, now);
        if (after.verdict() == Verdict.FAILING && after.since() != null) {
            correct(draft, name, after.since(), sample.at());
        }
        return draft.step();
    }

    /// @param since when the region began to fail, as far as its late results go; it failed until `at`
    private static void correct(Draft draft, String region, Instant since, Instant at) {
        var incident = draft.state.incident();
        if (incident == null) {
            return;
        }
        var times = incident.times();
        var end = times.endedAt() == null ? times.closedAt() : times.endedAt();
        if (at.isBefore(times.startedAt().minus(draft.policy.window()))
                || (end != null && since.isAfter(end))) {
            return; // of another time
        }
        var reasons = new ArrayList<String>();
        var corrected = incident;
        if (!incident.places().failed().contains(region)) {
            corrected = corrected.failedIn(Set.of(region));
            reasons.add(region + " failed, too, from " + since + " on");
        }
        if (since.isBefore(times.startedAt())) {
            corrected = corrected.began(since);
            reasons.add("it began at " + since + ", not at " + times.startedAt());
        }
        if (!reasons.isEmpty()) {
            draft.tell(
                    EventType.UPDATED, corrected, "late_evidence: " + String.join("; ", reasons));
        }
    }
}
