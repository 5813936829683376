package dev.tocsin.incident.partition;

import dev.tocsin.incident.engine.check.Around;
import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.Event;
import dev.tocsin.incident.engine.check.IncidentEngine;
import dev.tocsin.incident.engine.check.Input;
import dev.tocsin.incident.engine.check.Policy;
import dev.tocsin.incident.engine.check.Window;
import dev.tocsin.incident.engine.fleet.Evidence;
import dev.tocsin.schemas.CheckDefinition;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// The checks of one partition as they are now, on the heap: gives each input to the engine, and keeps what is due when and
/// who is heard from where. Knows neither Kafka nor bytes. One thread.
public final class Partition {
    /// What follows from an input.
    public interface Consequences {
        /// Before it is stored.
        void told(String check, Policy policy, Event event);

        void store(String check, CheckState state);

        /// Of a check that was defined.
        CheckDefinition definition(String check);
    }

    /// Bounds how long one tick takes; the rest is looked at with the next.
    private static final int DUE_PER_TICK = 20_000;

    /// A check as it is now. Where all is well nothing but `heardMs` changes, so that a million checks cost their table.
    private static final class Subject {
        private final String id;
        private Policy policy;
        private CheckState state = CheckState.EMPTY;

        /// When each of the policy's regions was last heard, ms since 1970; newer than what `state` says.
        private long[] heardMs;

        private Subject(String id, Policy policy) {
            this.id = id;
            this.policy = policy;
            heardMs = new long[policy.regions().size()];
        }

        private void judgeBy(Policy next) {
            if (!next.regions().equals(policy.regions())) {
                var whole = whole();
                policy = next;
                becomes(whole);
            } else {
                policy = next;
            }
        }

        /// With the times at which its regions were last heard.
        private CheckState whole() {
            return state.heard(policy.regions(), heardMs);
        }

        private void becomes(CheckState next) {
            var regions = policy.regions();
            heardMs = heardMs.length == regions.size() ? heardMs : new long[regions.size()];
            for (int i = 0; i < heardMs.length; i++) {
                var last = next.lastHeard(regions.get(i));
                heardMs[i] = last == null ? 0 : last.toEpochMilli();
            }
            state = next.unheard();
        }
    }

    private final Consequences consequences;
    private final Map<String, Subject> subjects = new HashMap<>();
    private final DeadlineIndex deadlines = new DeadlineIndex();
    private final Hearing hearing = new Hearing();
    private Around around = Around.NOTHING.resumed(Instant.MAX);
    private @Nullable Evidence lastNews;

    public Partition(Consequences consequences) {
        this.consequences = consequences;
    }

    public Collection<String> checks() {
        return Collections.unmodifiableSet(subjects.keySet());
    }

    public boolean has(@Nullable String check) {
        return subjects.containsKey(check);
    }

    /// @param before what it was, or null where it is new
    /// @param windows of its maintenance
    public void define(
            CheckDefinition check,
            @Nullable CheckDefinition before,
            List<Window> windows,
            Instant now) {
        var id = check.getCheckId();
        var policy = Policies.of(check).under(windows, around);
        subjects.computeIfAbsent(id, _ -> new Subject(id, policy)).judgeBy(policy);
        hearing.add(check, now);
        if (before != null) {
            hearing.remove(before);
        }
        deadlines.arm(id, before == null ? lookAt(policy, now) : now);
    }

    /// When silence may count first, if nothing is heard from now on.
    private static Instant lookAt(Policy policy, Instant now) {
        return now.plus(policy.staleAfter()).plusMillis(1);
    }

    /// As it was stored.
    public void restore(String check, CheckState state) {
        var subject = subjects.get(check);
        if (subject != null) {
            subject.state = state;
            hear(subject, state.failsAlone());
        }
    }

    public void remove(CheckDefinition check, Instant now) {
        apply(check.getCheckId(), new Input.Removed(now));
        hearing.remove(check);
        subjects.remove(check.getCheckId());
        deadlines.disarm(check.getCheckId());
    }

    /// Something came from there for a check of this partition.
    ///
    /// @param pass whether it is a vote up, not degraded; anything else is only heard
    /// @return whether that was all: false when the vote, if it is one, may say more than that all is still well, and has to be applied
    public boolean heard(String check, String region, boolean pass, long atMs, Instant now) {
        long nowMs = now.toEpochMilli();
        hearing.heard(region, nowMs);
        return pass && stillWell(check, region, atMs, nowMs);
    }

    private boolean stillWell(String check, String region, long atMs, long nowMs) {
        var subject = subjects.get(check);
        int place = subject == null ? -1 : subject.policy.regions().indexOf(region);
        if (subject == null || place < 0) {
            return false;
        }
        long last = subject.heardMs[place];
        if (!IncidentEngine.stillWell(subject.state, region, last, atMs, nowMs, subject.policy)) {
            return false;
        }
        subject.heardMs[place] = Math.max(last, atMs);
        return true;
    }

    /// Nothing, where there is no such check.
    ///
    /// @throws IllegalArgumentException for a command that cannot be followed, saying why
    public void apply(String check, Input input) {
        var subject = subjects.get(check);
        if (subject == null) {
            return;
        }
        var step = IncidentEngine.step(subject.whole(), input, subject.policy);
        step.events().forEach(event -> consequences.told(check, subject.policy, event));
        subject.becomes(step.next());
        if (step.deadline() != null) {
            deadlines.arm(check, step.deadline());
        }
        if (step.judged()) {
            hear(subject, step.failsAlone());
        }
        if (step.stores()) {
            consequences.store(check, step.next());
        }
    }

    /// Time has passed: looks at every check that is due.
    ///
    /// @param resumed time stood still until now: silence counts from here, and what is under way is looked at anew
    public void tick(Input.Tick tick, boolean resumed) {
        if (resumed) {
            resume(tick);
            return;
        }
        for (var check : deadlines.take(tick.now(), DUE_PER_TICK)) {
            var subject = subjects.get(check);
            var well = subject == null ? null : wellUntil(subject, tick.now());
            if (well == null) {
                apply(check, tick);
            } else {
                deadlines.arm(check, well);
            }
        }
    }

    private void resume(Input.Tick tick) {
        around = around.resumed(tick.now());
        hearing.resumed(tick.now());
        deadlines.clear();
        for (var subject : subjects.values()) {
            subject.judgeBy(subject.policy.under(around));
            if (subject.state.busy()) {
                apply(subject.id, tick);
            } else {
                deadlines.arm(subject.id, lookAt(subject.policy, tick.now()));
            }
        }
    }

    /// Where nothing is under way and every region was heard not long ago, the engine would only say when to look again.
    private static @Nullable Instant wellUntil(Subject subject, Instant now) {
        long oldest = Long.MAX_VALUE;
        for (long heard : subject.heardMs) {
            oldest = Math.min(oldest, heard);
        }
        var until =
                Instant.ofEpochMilli(oldest == Long.MAX_VALUE ? 0 : oldest)
                        .plus(subject.policy.staleAfter())
                        .plusMillis(1);
        return subject.state.busy() || !until.isAfter(now) ? null : until;
    }

    /// Every check is judged so from now on; those where something is under way at once.
    ///
    /// @param windows of a check's maintenance, from those that it has
    public void judgeBy(
            Set<String> isolated,
            boolean stalled,
            BiFunction<String, List<Window>, List<Window>> windows,
            Instant now) {
        around = new Around(isolated, stalled, around.resumedAt());
        for (var subject : subjects.values()) {
            var announced = windows.apply(subject.id, subject.policy.windows());
            subject.judgeBy(subject.policy.under(announced, around));
            if (subject.state.busy()) {
                deadlines.arm(subject.id, now);
            }
        }
    }

    /// What was told last of the check's incident, as it is now.
    public Optional<Event> lastEvent(String check, Instant now) {
        var subject = subjects.get(check);
        return subject == null
                ? Optional.empty()
                : Event.last(subject.whole(), subject.policy, now);
    }

    /// What the checks say of the agents, when it has changed, and at each tick as long as a region is quiet, so that whoever
    /// decides knows that time passes. Null where there is nothing new, and as long as some region has had no chance to be heard
    /// since time stood still.
    public @Nullable Evidence news(Instant now) {
        var evidence = hearing.evidence(now);
        boolean known = lastNews == null ? subjects.isEmpty() : lastNews.equals(evidence);
        if (evidence == null || (known && !evidence.quiet())) {
            return null;
        }
        lastNews = evidence;
        return evidence;
    }

    private void hear(Subject subject, @Nullable String failsAlone) {
        hearing.failsAlone(
                subject.id,
                failsAlone,
                failsAlone == null ? null : subject.state.failingSince(failsAlone),
                () -> consequences.definition(subject.id));
    }
}
