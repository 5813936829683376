package dev.tocsin.incident.partition;

import dev.tocsin.incident.engine.check.Aside;
import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.Event;
import dev.tocsin.incident.engine.check.IncidentEngine;
import dev.tocsin.incident.engine.check.Input;
import dev.tocsin.incident.engine.check.Policy;
import dev.tocsin.incident.engine.check.Vote;
import dev.tocsin.incident.engine.fleet.Evidence;
import dev.tocsin.schemas.CheckDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The checks of one partition as they are now, on the heap: gives each input to the engine, and keeps what is due when and
/// who is heard from where. Knows neither Kafka nor bytes. One thread.
public final class Partition {
    /// What follows from an input.
    public interface Consequences {
        /// Before it is stored. What throws here leaves the check as it was.
        void told(String check, Policy policy, List<Event> events);

        /// Something for the check's group alone, after what was told.
        void aside(String check, Policy policy, Aside aside);

        void store(String check, CheckState before, CheckState after);

        /// Of a check that was defined.
        CheckDefinition definition(String check);

        /// A check could not be looked at when it was due; the others were, unless this throws.
        void failed(String check, RuntimeException cause);
    }

    /// Bounds how long one tick takes; the rest is looked at with the next.
    private static final int DUE_PER_TICK = 20_000;

    private final Consequences consequences;
    private final Map<String, Subject> subjects = new HashMap<>();

    /// Those with something under way: a new fact concerns them at once, and all others when they are next looked at.
    private final Set<Subject> busy = new LinkedHashSet<>();

    private final Map<String, Set<String>> childrenByParent = new HashMap<>();
    private final DeadlineIndex deadlines = new DeadlineIndex();
    private final Hearing hearing = new Hearing();
    private final Facts facts;

    public Partition(Facts facts, Consequences consequences) {
        this.facts = facts;
        this.consequences = consequences;
    }

    public boolean has(@Nullable String check) {
        return subjects.containsKey(check);
    }

    /// Whether this is the check's open incident, or its last one.
    public boolean knows(String check, String incidentId) {
        var subject = subjects.get(check);
        var incident = subject == null ? null : subject.state().incident();
        return incident != null && incident.id().equals(incidentId);
    }

    /// @param before what it was, or null where it is new
    public void define(CheckDefinition check, @Nullable CheckDefinition before, Instant now) {
        var id = check.getCheckId();
        var policy =
                Policies.of(check)
                        .under(
                                facts.around(),
                                facts.near(check.getDependsOn(), () -> check)
                                        .since(definedAt(check, before, now)));
        var subject = subjects.computeIfAbsent(id, _ -> new Subject(id, policy));
        if (before != null) {
            hearing.remove(before);
            orphan(before);
        }
        subject.judgeBy(policy, facts.version());
        hearing.add(check, now);
        for (var parent : check.getDependsOn()) {
            childrenByParent.computeIfAbsent(parent, _ -> new LinkedHashSet<>()).add(id);
        }
        deadlines.arm(id, before == null ? lookAt(policy, now) : now);
    }

    /// When the check, or one of its regions, came while this process ran.
    private @Nullable Instant definedAt(
            CheckDefinition check, @Nullable CheckDefinition before, Instant now) {
        if (before != null && before.getRegions().containsAll(check.getRegions())) {
            var known = subjects.get(check.getCheckId());
            return known == null ? null : known.policy().near().definedAt();
        }
        // Before time goes on after a start every region is still to have its chance.
        return Instant.MAX.equals(facts.around().resumedAt()) ? null : now;
    }

    private void orphan(CheckDefinition child) {
        for (var parent : child.getDependsOn()) {
            childrenByParent.computeIfPresent(
                    parent,
                    (_, children) ->
                            children.remove(child.getCheckId()) && children.isEmpty()
                                    ? null
                                    : children);
        }
    }

    /// When silence may count first, if nothing is heard from now on.
    private static Instant lookAt(Policy policy, Instant now) {
        return now.plus(policy.staleAfter()).plusMillis(1);
    }

    /// As it was stored.
    public void restore(String check, CheckState state) {
        var subject = subjects.get(check);
        if (subject != null) {
            becomes(subject, state);
            hear(subject, state.failsAlone());
        }
    }

    /// After a bug: this was begun with what is stored, in the same process, and what is on the heap alone is no less so for that.
    ///
    /// @param undone checks of which what was stored was taken back: of these only what was heard is taken over
    public void goOn(Partition before, Set<String> undone, Instant now) {
        facts.goOn(before.facts);
        hearing.goOn(before.hearing);
        for (var subject : subjects.values()) {
            var was = before.subjects.get(subject.id);
            if (was != null && undone.contains(subject.id)) {
                subject.goOn(was);
            } else if (was != null) {
                becomes(subject, was.whole());
            }
            var heard = Instant.ofEpochMilli(subject.oldestMs());
            var look = lookAt(subject.policy(), heard);
            deadlines.arm(subject.id, subject.state().busy() || look.isBefore(now) ? now : look);
        }
    }

    public void remove(CheckDefinition check, Instant now) {
        apply(check.getCheckId(), new Input.Removed(now));
        hearing.remove(check);
        orphan(check);
        var subject = subjects.remove(check.getCheckId());
        if (subject != null) {
            busy.remove(subject);
        }
        deadlines.disarm(check.getCheckId());
    }

    /// What a result is, as far as that can be said without the engine.
    public enum Heard {
        NO_SUCH_CHECK,
        /// The check does not run in that region, or no longer.
        NOT_THERE,
        /// Its agent belongs to another region.
        CONTRADICTED,
        /// It came, and says nothing of the target.
        NO_VOTE,
        /// A vote that says no more than what is known.
        KNOWN,
        /// A vote that may, and has to be applied.
        NEW
    }

    /// A result came.
    ///
    /// @param vote null for what is none
    /// @param failure what of its text tells failures apart; "" for none
    public Heard heard(
            String check,
            String region,
            String agent,
            @Nullable Vote vote,
            String failure,
            long atMs,
            Instant now) {
        var subject = subjects.get(check);
        if (subject == null) {
            return Heard.NO_SUCH_CHECK;
        }
        var patience = subject.patience();
        int place = patience.regions().indexOf(region);
        if (place < 0) {
            return Heard.NOT_THERE;
        }
        var bound = facts.agentRegion(agent);
        if (bound != null && !bound.equals(region)) {
            return Heard.CONTRADICTED;
        }
        long nowMs = now.toEpochMilli();
        hearing.heard(region, vote != null, nowMs);
        if (vote == null) {
            return Heard.NO_VOTE;
        }
        boolean known =
                !(vote == Vote.DOWN && facts.delayed(atMs, nowMs))
                        && subject.expected(place)
                                .is(vote, failure, subject.heardMs(place), atMs, nowMs, patience);
        if (!known) {
            return Heard.NEW;
        }
        subject.heard(place, atMs);
        return Heard.KNOWN;
    }

    /// Nothing, where there is no such check.
    ///
    /// @throws IllegalArgumentException for a command that cannot be followed, saying why
    public void apply(String check, Input input) {
        var subject = subjects.get(check);
        if (subject == null) {
            return;
        }
        takeIn(subject);
        var before = subject.state();
        var step = IncidentEngine.step(subject.whole(), input, subject.policy());
        if (!step.events().isEmpty()) {
            consequences.told(check, subject.policy(), step.events());
        }
        if (step.aside() != null) {
            consequences.aside(check, subject.policy(), step.aside());
        }
        becomes(subject, step.next());
        if (step.judged()) {
            // Never unarmed: what nothing is awaited of now, as in a stall, may fall silent later.
            var next = step.deadline();
            deadlines.arm(check, next == null ? lookAt(subject.policy(), input.now()) : next);
            hear(subject, step.failsAlone());
        }
        if (step.stores()) {
            consequences.store(check, before, subject.state());
        }
    }

    private void becomes(Subject subject, CheckState next) {
        subject.becomes(next);
        if (subject.state().busy()) {
            busy.add(subject);
        } else {
            busy.remove(subject);
        }
    }

    private void takeIn(Subject subject) {
        if (!subject.knows(facts.version())) {
            var policy = subject.policy();
            var near =
                    facts.near(policy.dependsOn(), () -> consequences.definition(subject.id))
                            .since(policy.near().definedAt());
            subject.judgeBy(policy.under(facts.around(), near), facts.version());
        }
    }

    /// Time has passed: looks at every check that is due.
    ///
    /// @param resumed time stood still until now: silence counts from here, and what is under way is looked at anew
    public void tick(Input.Tick tick, boolean resumed) {
        if (resumed) {
            resume(tick.now());
        }
        for (var check : deadlines.take(tick.now(), DUE_PER_TICK)) {
            var subject = subjects.get(check);
            var well = subject == null ? null : wellUntil(subject, tick.now());
            if (well != null) {
                deadlines.arm(check, well);
                continue;
            }
            try {
                apply(check, tick);
            } catch (RuntimeException e) {
                consequences.failed(check, e);
                if (subject != null) {
                    deadlines.arm(check, lookAt(subject.policy(), tick.now()));
                }
            }
        }
    }

    private void resume(Instant now) {
        facts.resumed(now);
        hearing.resumed(now);
        deadlines.clear();
        for (var subject : subjects.values()) {
            boolean underWay = subject.state().busy();
            deadlines.arm(subject.id, underWay ? now : lookAt(subject.policy(), now));
        }
    }

    /// Where nothing is under way and every region was heard not long ago, the engine would only say when to look again.
    private static @Nullable Instant wellUntil(Subject subject, Instant now) {
        var until = lookAt(subject.policy(), Instant.ofEpochMilli(subject.oldestMs()));
        return subject.state().busy() || !until.isAfter(now) ? null : until;
    }

    /// A fact has changed: what is under way is judged by it at the next tick, and all else when it is looked at.
    public void factChanged(Instant now) {
        busy.forEach(subject -> deadlines.arm(subject.id, now));
    }

    /// A fact about a check has changed: what depends on it, and has something under way, is judged by it.
    public void parentChanged(String parent, Instant now) {
        for (var child : childrenByParent.getOrDefault(parent, Set.of())) {
            var subject = subjects.get(child);
            if (subject != null && subject.state().busy()) {
                deadlines.arm(child, now);
            }
        }
    }

    /// What was told last of the check's incident, as it is now.
    public Optional<Event> lastEvent(String check, Instant now) {
        var subject = subjects.get(check);
        if (subject == null) {
            return Optional.empty();
        }
        takeIn(subject);
        return Event.last(subject.whole(), subject.policy(), now);
    }

    /// Of an incident that ended long ago nothing is kept.
    public void forget(String check, String incidentId) {
        var subject = subjects.get(check);
        var incident = subject == null ? null : subject.state().incident();
        if (subject != null
                && incident != null
                && incident.id().equals(incidentId)
                && !incident.open()) {
            var before = subject.state();
            becomes(subject, subject.whole().forgotten());
            consequences.store(check, before, subject.state());
        }
    }

    /// All checks, in no order.
    public List<String> checks() {
        return new ArrayList<>(subjects.keySet());
    }

    /// What the checks say of the agents, as far as it has changed, and at each tick as long as a region is silent, so that whoever
    /// decides knows that time passes.
    public List<Evidence> news(Instant now) {
        return hearing.news(now);
    }

    private void hear(Subject subject, @Nullable String failsAlone) {
        hearing.failsAlone(
                subject.id,
                failsAlone,
                failsAlone == null ? null : subject.state().failingSince(failsAlone),
                () -> consequences.definition(subject.id));
    }
}
