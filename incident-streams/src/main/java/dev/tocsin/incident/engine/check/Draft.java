package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A step that is being made: the state so far, the votes as they are now, and what there is to tell. One thread, one step.
public final class Draft {
    public final Policy policy;
    public final Instant now;
    public final Decision decision;
    private final CheckState before;
    CheckState state;
    private final List<Event> events = new ArrayList<>();

    /// @param before as it was before this input
    /// @param state with what the input itself says
    public Draft(CheckState before, CheckState state, Policy policy, Instant now) {
        this.before = before;
        this.state = state;
        this.policy = policy;
        this.now = now;
        decision = Decision.of(state, policy, now);
    }

    public Step step() {
        return new Step(
                state, events, !state.remembersAs(before), true, decision.failsAlone(), deadline());
    }

    /// The incident, where there is one for sure.
    public Incident incident() {
        return Objects.requireNonNull(state.incident());
    }

    public void tell(EventType type, Incident incident, String reason) {
        tell(type, incident, reason, null, null);
    }

    public void close(Incident incident, String reason, String resolution) {
        tell(EventType.CLOSED, incident.closed(now), reason, resolution, null);
    }

    /// @param resolution only of a close
    /// @param commandId of the command that it answers, or null
    public void tell(
            EventType type,
            Incident incident,
            String reason,
            @Nullable String resolution,
            @Nullable String commandId) {
        var told = incident.told();
        state = state.with(told);
        events.add(new Event(type, told, decision, now, reason, resolution, commandId));
    }

    public Set<String> regions(Predicate<Decision.Standing> which) {
        var names = new TreeSet<String>();
        decision.standings()
                .forEach((name, standing) -> {
                    if (which.test(standing)) {
                        names.add(name);
                    }
                });
        return names;
    }

    /// Regions whose vote speaks for an incident of this kind.
    public Set<String> concerned(Kind kind) {
        return regions(
                s -> s.is(Verdict.FAILING) || (kind == Kind.DEGRADED && s.is(Verdict.DEGRADED)));
    }

    /// Why nobody new is to be told now (rule 7), or null.
    public @Nullable Suppression suppression(Incident incident) {
        var snooze = incident.context().handling().snooze(now);
        if (snooze != null) {
            return snooze;
        }
        for (var window : policy.windows()) {
            if (window.explains(incident.failed(), now)) {
                return new Suppression("maintenance:" + window.id(), null);
            }
        }
        return incident.kind() == Kind.NO_DATA ? null : dependency(incident);
    }

    /// What it depends on explains it, or may yet: a parent's verdict is waited for, and after its recovery one more
    /// round of the child's own.
    private @Nullable Suppression dependency(Incident incident) {
        if (policy.dependsOn().isEmpty()) {
            return null;
        }
        var before = incident.context().suppression();
        for (var id : policy.dependsOn()) {
            var parent = state.parents().get(id);
            if (parent == null) {
                continue;
            }
            var explained = Suppression.explainedBy(parent);
            boolean recovering =
                    explained.equals(before)
                            && !parent.open()
                            && now.isBefore(parent.at().plus(policy.hold()));
            if (parent.explains(incident.failed()) || recovering) {
                return explained;
            }
        }
        var turned = state.turns().isEmpty() ? now : state.turns().getLast().at();
        return now.isBefore(turned.plus(policy.hold()))
                ? Suppression.waitingFor(policy.dependsOn())
                : null;
    }

    /// The earliest time at which silence alone changes something.
    private @Nullable Instant deadline() {
        var earliest = new Earliest();
        var stale = policy.staleAfter().plus(Duration.ofMillis(1));
        for (var standing : decision.standings().values()) {
            if (standing.verdict() != null) {
                earliest.after(standing.lastVoteAt(), stale);
            }
        }
        var resumedAt = policy.around().resumedAt();
        if (!Instant.MAX.equals(resumedAt)) {
            earliest.after(resumedAt, stale);
        }
        earliest.after(state.partialSince(), policy.partialFor());
        earliest.after(state.noDataSince(), policy.noDataFor());
        var incident = state.incident();
        if (incident != null && incident.open()) {
            earliest.after(incident.times().endedAt(), policy.recoverFor());
            for (var window : policy.windows()) {
                earliest.after(window.schedule().nextChange(now), Duration.ZERO);
            }
            earliest.after(incident.context().handling().snoozedUntil(), Duration.ZERO);
            if (incident.flapping()) {
                earliest.after(incident.times().changedAt(), policy.flapQuiet());
            }
            if (!policy.dependsOn().isEmpty()) {
                if (!state.turns().isEmpty()) {
                    earliest.after(state.turns().getLast().at(), policy.hold());
                }
                for (var parent : state.parents().values()) {
                    earliest.after(parent.open() ? null : parent.at(), policy.hold());
                }
            }
        }
        return earliest.time;
    }

    private final class Earliest {
        private @Nullable Instant time;

        void after(@Nullable Instant since, Duration duration) {
            if (since != null) {
                var at = since.plus(duration);
                if (at.isAfter(now) && (time == null || at.isBefore(time))) {
                    time = at;
                }
            }
        }
    }
}
