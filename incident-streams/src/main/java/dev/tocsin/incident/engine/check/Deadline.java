package dev.tocsin.incident.engine.check;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// When a check is to be looked at again if nothing is heard of it: the earliest time at which silence alone changes something.
final class Deadline {
    private final Draft draft;
    private final Policy policy;
    private final Instant now;
    private @Nullable Instant time;

    Deadline(Draft draft) {
        this.draft = draft;
        policy = draft.policy;
        now = draft.now;
    }

    @Nullable Instant earliest() {
        var state = draft.state;
        silence();
        after(state.partialSince(), policy.partialFor());
        after(state.noDataSince(), policy.noDataFor());
        after(state.looksBackAt(), Duration.ZERO);
        var incident = state.incident();
        if (incident != null && incident.open()) {
            open(incident);
        }
        return time;
    }

    private void silence() {
        var stale = policy.staleAfter().plusMillis(1);
        for (var standing : draft.decision.standings().values()) {
            after(standing.lastVoteAt(), stale);
        }
        after(policy.near().definedAt(), stale);
        var resumedAt = policy.around().resumedAt();
        if (!Instant.MAX.equals(resumedAt)) {
            after(resumedAt, stale);
        }
    }

    private void open(Incident incident) {
        after(incident.times().endedAt(), policy.recoverFor());
        if (draft.gathers) {
            after(incident.toldAt(), OpenIncident.GATHERED);
        }
        after(incident.otherScopeSince(), OpenIncident.lasting(policy));
        for (var name : incident.places().failing()) {
            after(draft.state.region(name).passingSince(), OpenIncident.lasting(policy));
        }
        for (var window : policy.near().windows()) {
            after(window.schedule().nextChange(now), Duration.ZERO);
        }
        after(incident.context().handling().snoozedUntil(), Duration.ZERO);
        if (incident.flapping()) {
            after(incident.times().changedAt(), policy.flapQuiet());
        }
        if (!policy.dependsOn().isEmpty()) {
            var turns = draft.state.turns();
            after(turns.isEmpty() ? null : turns.getLast().at(), policy.hold());
            for (var parent : policy.near().parents().values()) {
                after(parent.open() ? null : parent.at(), policy.hold());
            }
        }
    }

    private void after(@Nullable Instant since, Duration duration) {
        if (since != null) {
            var at = since.plus(duration);
            if (at.isAfter(now) && (time == null || at.isBefore(time))) {
                time = at;
            }
        }
    }
}
