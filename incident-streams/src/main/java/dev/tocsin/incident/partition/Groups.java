package dev.tocsin.incident.partition;

import dev.tocsin.incident.engine.Command;
import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Turn;
import dev.tocsin.incident.engine.outage.Child;
import dev.tocsin.incident.engine.outage.Group;
import dev.tocsin.incident.engine.outage.Member;
import dev.tocsin.incident.engine.outage.OutageEngine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The groups that are owned here as they are now, on the heap: gives what was told of their incidents to the engine, and keeps what waits for time to pass
/// (rule 8). Knows neither Kafka nor bytes. One thread.
public final class Groups {
    /// What follows from an input.
    public interface Consequences {
        void told(String group, OutageEngine.Told told);

        /// For the check of an incident: it is part of the outage from now on, or of none any more.
        void membership(Child child, String outageId, boolean part, Instant at);

        /// For the check of an incident that has opened: it is part of no outage for now.
        ///
        /// @param at when that was told which this answers
        void alone(String group, Child child, Instant at);

        void store(String group, Group.Head head);

        void store(String group, List<Turn> turns);

        /// @param member null for one to be forgotten
        void store(String group, String incidentId, @Nullable Member member);
    }

    /// Bounds how long one tick takes; the rest is forgotten with the next.
    private static final int FORGOTTEN_PER_TICK = 500;

    /// What waits for time to pass is told after a second, and ticks come each second.
    private static final Duration TICKED_WITHIN = Duration.ofSeconds(2);

    private static final class Owned {
        private Group group = Group.EMPTY;
        private Map<String, Member> members = new HashMap<>();

        /// Of no use any more, but still stored.
        private final Deque<String> forgotten = new ArrayDeque<>();

        /// Whether what is of no use any more was looked for since an outage began or ended.
        private boolean cleared;
    }

    private final Consequences consequences;
    private final Map<String, Owned> groups = new HashMap<>();

    /// Those that wait for time to pass.
    private final TreeSet<String> waiting = new TreeSet<>();

    public Groups(Consequences consequences) {
        this.consequences = consequences;
    }

    /// As it was stored.
    ///
    /// @param members by incident id; the map is no longer the caller's
    public void restore(String id, Group group, Map<String, Member> members) {
        var owned = new Owned();
        owned.group = group;
        owned.members = members;
        groups.put(id, owned);
        waiting.add(id);
    }

    /// Something was told of an incident.
    ///
    /// @param at when, by the clock of what is measured: not when this is read
    public void take(String id, Child child, Instant at) {
        var owned = groups.computeIfAbsent(id, _ -> new Owned());
        tickBefore(at, id, owned);
        var before = owned.members.get(child.incidentId());
        var step = OutageEngine.step(owned.group, id, before, child, at);
        follow(id, owned, step);
        if (step.alone()) {
            consequences.alone(id, child, at);
        }
    }

    /// Nothing of an incident that is heard fails any more, or something does again. All else of it is as it was told.
    ///
    /// @param at see [#take]
    public void heard(String id, Child child, Instant at) {
        var owned = groups.get(id);
        var member = owned == null ? null : owned.members.get(child.incidentId());
        if (member != null) {
            take(id, member.child().heard(child), at);
        }
    }

    /// Where the log is read once more, what is told comes before the ticks between: what was told with one of them is told first, or
    /// all that follows would have another number.
    private void tickBefore(Instant at, String id, Owned owned) {
        var outage = owned.group.outage();
        if (outage != null && owned.group.pending()) {
            var ticked = outage.toldAt().plus(TICKED_WITHIN);
            if (!at.isBefore(ticked)) {
                follow(id, owned, OutageEngine.tick(owned.group, ticked));
            }
        }
    }

    /// Takes a note to the group's latest outage.
    ///
    /// @throws IllegalArgumentException for what cannot be followed, saying why; nothing has changed then
    public void note(String id, Command command, Instant at) {
        var owned = groups.get(id);
        if (owned == null) {
            throw new IllegalArgumentException("the group " + id + " has had no outage");
        }
        follow(id, owned, OutageEngine.note(owned.group, command, at));
    }

    /// Time has passed. Costs nothing where nothing waits.
    public void tick(Instant now) {
        for (var id : new TreeSet<>(waiting)) {
            var owned = groups.get(id);
            if (owned != null) {
                follow(id, owned, OutageEngine.tick(owned.group, now));
                forget(id, owned, now);
            }
        }
    }

    private void follow(String id, Owned owned, OutageEngine.Step step) {
        for (var told : step.events()) {
            consequences.told(id, told);
            owned.cleared &= told.outage().seq() > 1 && told.outage().open();
        }
        var outage = step.next().outage();
        if (outage != null) {
            for (var child : step.joined()) {
                consequences.membership(child, outage.id(), true, step.next().head().now());
            }
        }
        if (!step.next().head().equals(owned.group.head())) {
            consequences.store(id, step.next().head());
        }
        if (!step.next().turns().equals(owned.group.turns())) {
            consequences.store(id, step.next().turns());
        }
        step.members()
                .forEach((incident, member) -> {
                    consequences.store(id, incident, member);
                    if (member == null) {
                        owned.members.remove(incident);
                    } else {
                        owned.members.put(incident, member);
                    }
                });
        owned.group = step.next();
        if (step.events().stream().anyMatch(told -> told.type() == EventType.CLOSED)) {
            left(owned, step.next());
        }
        if (owned.group.pending() || !owned.cleared) {
            waiting.add(id);
        }
    }

    /// Who is still open, as what flaps and passes, is part of none any more: what becomes of it is told of itself.
    private void left(Owned owned, Group closed) {
        var outage = closed.outage();
        if (outage == null) {
            return;
        }
        for (var member : owned.members.values()) {
            if (member.child().open()) {
                consequences.membership(member.child(), outage.id(), false, closed.head().now());
            }
        }
    }

    /// What was part of an outage is remembered as long as that may reopen. Looked for once, and then forgotten a few at a time.
    private void forget(String id, Owned owned, Instant now) {
        var outage = owned.group.outage();
        var until = outage == null ? null : outage.rememberedUntil();
        if (!owned.cleared && (until == null || now.isAfter(until))) {
            owned.cleared = true;
            owned.members.forEach((incident, member) -> {
                if (owned.group.forgets(member, now)) {
                    owned.forgotten.add(incident);
                }
            });
        }
        for (int i = 0; i < FORGOTTEN_PER_TICK && !owned.forgotten.isEmpty(); i++) {
            var incident = owned.forgotten.remove();
            var member = owned.members.get(incident);
            if (member != null && owned.group.forgets(member, now)) {
                owned.group = owned.group.without(member);
                owned.members.remove(incident);
                consequences.store(id, incident, null);
            }
        }
        if (owned.cleared && owned.forgotten.isEmpty() && !owned.group.pending()) {
            waiting.remove(id);
        }
    }
}
