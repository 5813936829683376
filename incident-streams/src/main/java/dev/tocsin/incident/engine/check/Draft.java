package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Command;
import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Ids;
import dev.tocsin.incident.engine.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A step that is being made: the state so far, the votes as they are now, and what there is to tell. One thread, one step.
final class Draft {
    final Policy policy;
    final Instant now;
    final Decision decision;
    private final CheckState before;
    CheckState state;

    /// Something is to be told that waits for more of it.
    boolean gathers;

    /// What is told was over before it was read: there is no verdict to wait for.
    boolean past;

    private final List<Event> events = new ArrayList<>();
    private @Nullable Aside aside;

    /// @param before as it was before this input
    /// @param state with what the input itself says
    Draft(CheckState before, CheckState state, Policy policy, Instant now) {
        this.before = before;
        this.state = state.within(policy.regions());
        this.policy = policy;
        this.now = now;
        decision = Decision.of(this.state, policy, now);
    }

    Step step() {
        state = state.electing(() -> decision.regions(Decision.Standing::votes));
        return new Step(
                state,
                events,
                !state.remembersAs(before),
                true,
                decision.failsAlone(),
                new Deadline(this).earliest(),
                aside);
    }

    /// The incident, where there is one for sure.
    Incident incident() {
        return Objects.requireNonNull(state.incident());
    }

    void tell(EventType type, Incident incident, String reason) {
        tell(type, incident, reason, null, null);
    }

    void close(Incident incident, String reason, String resolution) {
        tell(EventType.CLOSED, incident.closed(now), reason, resolution, null);
    }

    /// @param resolution only of a close
    /// @param answered the command that it answers, or null
    void tell(
            EventType type,
            Incident incident,
            String reason,
            @Nullable String resolution,
            @Nullable Command answered) {
        tell(type, incident, decision, reason, resolution, answered);
    }

    /// @param judged what the event says of the votes
    void tell(
            EventType type,
            Incident incident,
            Decision judged,
            String reason,
            @Nullable String resolution,
            @Nullable Command answered) {
        var told = incident.told(now);
        var last = state.incident();
        boolean news = last == null || news(last, told) || type == EventType.REOPENED;
        told = news ? told.heard(heard(told, judged)) : told;
        state = state.with(told);
        events.add(new Event(type, told, judged, now, reason, resolution, answered, news));
    }

    /// Whether a group judges by anything that has changed since the last event, or with this step.
    private boolean news(Incident last, Incident told) {
        var then = before.incident() == null ? last : before.incident();
        return !then.id().equals(told.id())
                || then.kind() != told.kind()
                || then.severity() != told.severity()
                || then.flapping() != told.flapping()
                || !then.places().equals(told.places())
                || then.otherScopeSince() != null
                || !then.times().equals(told.times())
                || !Objects.equals(then.context().suppression(), told.context().suppression());
    }

    /// A recovery is told when it has lasted, what fails again after a silence that nobody was told of is not, and its group is to know of both: what is told
    /// to fail at once fails.
    ///
    /// @param cause names the input
    void tellGroup(String cause) {
        var incident = state.incident();
        if (incident == null || !incident.open()) {
            return;
        }
        var heard =
                passes(incident)
                        ? Heard.PASSES
                        : failsNow(incident.kind()) ? Heard.FAILS : incident.heard();
        if (heard != incident.heard()) {
            var known = incident.heard(heard);
            state = state.with(known);
            aside =
                    new Aside(
                            Ids.of(incident.id(), incident.seq() + "/" + cause),
                            new Event(
                                    EventType.UPDATED, known, decision, now, "", null, null, true));
        }
    }

    /// What a group reads in an event of it.
    private Heard heard(Incident told, Decision judged) {
        if (told.open() && passes(told)) {
            return Heard.PASSES;
        }
        return judged.concerned(told.kind()).isEmpty() ? Heard.NOTHING : Heard.FAILS;
    }

    /// Whether by the newest votes nothing of it that is heard fails any more, and something passes. What is not heard is taken for what it
    /// was, and what was heard long ago, as in a backlog, for not heard.
    private boolean passes(Incident incident) {
        var kind = incident.kind();
        return !failsNow(kind)
                && (incident.heard() == Heard.PASSES
                        || !Collections.disjoint(
                                incident.places().failed(),
                                decision.regions(s ->
                                        (s.fine(kind) || s.failedBefore(kind)) && isFresh(s))));
    }

    private boolean failsNow(Kind kind) {
        return !decision.regions(s -> s.concerned(kind) && !s.failedBefore(kind) && isFresh(s))
                .isEmpty();
    }

    private boolean isFresh(Decision.Standing standing) {
        return standing.votes() && standing.isFresh(now, policy);
    }

    /// Whether it has been so for that long.
    boolean over(@Nullable Instant since, Duration duration) {
        return since != null && !now.isBefore(since.plus(duration));
    }

    /// Why nobody new is to be told now (rule 7), or null.
    @Nullable Suppression suppression(Incident incident) {
        var snooze = incident.context().handling().snooze(now);
        if (snooze != null) {
            return snooze;
        }
        var places = incident.places();
        var where = places.failing().isEmpty() ? places.failed() : places.failing();
        for (var window : policy.near().windows()) {
            if (window.explains(where, now)) {
                return new Suppression("maintenance:" + window.id(), null);
            }
        }
        return incident.kind() == Kind.NO_DATA ? null : dependency(incident, where);
    }

    /// What it depends on explains it, or may yet: a parent's verdict is waited for, and after its recovery one more
    /// round of the child's own.
    private @Nullable Suppression dependency(Incident incident, Set<String> where) {
        if (policy.dependsOn().isEmpty()) {
            return null;
        }
        var before = incident.context().suppression();
        for (var id : policy.dependsOn()) {
            var parent = policy.near().parents().get(id);
            if (parent == null) {
                continue;
            }
            var explained = Suppression.explainedBy(parent);
            boolean recovering =
                    explained.equals(before)
                            && !parent.open()
                            && now.isBefore(parent.at().plus(policy.hold()));
            if (parent.explains(where) || recovering) {
                return explained;
            }
        }
        var turned = state.turns().isEmpty() ? now : state.turns().getLast().at();
        return !past && now.isBefore(turned.plus(policy.hold()))
                ? Suppression.waitingFor(policy.dependsOn())
                : null;
    }
}
