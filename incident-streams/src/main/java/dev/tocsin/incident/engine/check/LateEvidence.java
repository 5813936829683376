package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Set;

/// Rule 5: a result that is too late to open or close anything can still show that an incident was more than it seemed.
public final class LateEvidence {
    private LateEvidence() {}

    public static Step take(
            CheckState state, String name, Sample sample, Instant now, Policy policy) {
        var before = state.late(name).of(sample.at(), policy);
        var standstill = Hindsight.delayedBy(sample, now, policy);
        var next =
                standstill != null
                        ? Hindsight.heard(state, name, Region.NEW, sample, now, policy, standstill)
                        : state.withLate(name, before.vote(sample, policy));
        var after = next.late(name);
        if (before.quiet() && after.quiet()) {
            return Step.unjudged(state, false);
        }
        var draft = new Draft(state, next, policy, now);
        if (after.verdict() == Verdict.FAILING && after.since() != null) {
            // What was fine in between is seen when all of a standstill has come.
            var apart = standstill == null ? policy.window() : Duration.ZERO;
            correct(draft, name, after.since(), sample.at(), apart);
        }
        return draft.step();
    }

    /// @param since when the region began to fail, as far as its late results go; it failed until `at`
    /// @param apart how long before the incident may be of the same time
    private static void correct(
            Draft draft, String region, Instant since, Instant at, Duration apart) {
        var incident = draft.state.incident();
        if (incident == null) {
            return;
        }
        var times = incident.times();
        var end = times.endedAt() == null ? times.closedAt() : times.endedAt();
        if (at.isBefore(times.startedAt().minus(apart)) || (end != null && since.isAfter(end))) {
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
