package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.outage.Group;
import dev.tocsin.incident.engine.outage.Member;
import dev.tocsin.incident.engine.outage.OutageEngine;
import dev.tocsin.incident.wire.OutageWire;
import dev.tocsin.schemas.Signal;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Outages of the groups that this partition owns (rule 8).
public final class Outages implements Owner {
    /// Of its signals: one partition decides on a group.
    static final String KEY = OutageWire.GROUP;

    public static final String STORE = "outages";

    /// Bounds how long one tick takes; the rest is forgotten with the next.
    private static final int FORGOTTEN_PER_TICK = 500;

    private static final class Owned {
        private Group group = Group.EMPTY;
        private Map<String, Member> members = new HashMap<>();

        /// Of no use any more, but still stored.
        private final Deque<String> forgotten = new ArrayDeque<>();

        /// Whether what is of no use any more was looked for since an outage began or ended.
        private boolean cleared;
    }

    private final Outbox outbox;
    private final OutageStore store;
    private final Map<String, Owned> groups = new HashMap<>();

    /// Those that wait for time to pass.
    private final TreeSet<String> waiting = new TreeSet<>();

    Outages(KeyValueStore<String, byte[]> kept, Outbox outbox) {
        this.outbox = outbox;
        store = new OutageStore(kept);
        store.read()
                .forEach((id, read) -> {
                    var owned = new Owned();
                    owned.group = read.group();
                    owned.members = read.members();
                    groups.put(id, owned);
                    waiting.add(id);
                });
    }

    static String key(String group) {
        return KEY + group;
    }

    @Override
    public @Nullable String take(Signal signal, Instant now) {
        var id = signal.getSubject();
        OutageStore.check(id);
        var child = OutageWire.child(signal);
        var owned = groups.computeIfAbsent(id, _ -> new Owned());
        var before = owned.members.get(child.incidentId());
        // When it was told, by the clock of what is measured: not when this is read.
        var step = OutageEngine.step(owned.group, id, before, child, signal.getAt());
        follow(id, owned, step, now);
        if (step.alone()) {
            outbox.signal(
                    child.checkId(), OutageWire.alone(id, child.incidentId(), signal.getAt()), now);
        }
        return null;
    }

    @Override
    public void tick(Instant now) {
        for (var id : new TreeSet<>(waiting)) {
            var owned = groups.get(id);
            if (owned != null) {
                follow(id, owned, OutageEngine.tick(owned.group, now), now);
                forget(id, owned, now);
            }
        }
    }

    private void follow(String id, Owned owned, OutageEngine.Step step, Instant now) {
        for (var told : step.events()) {
            var event = OutageWire.event(told, id);
            outbox.event(event, now);
            owned.cleared &= event.getSeq() > 1 && event.getOpen();
        }
        var outage = step.next().outage();
        if (outage != null) {
            for (var child : step.joined()) {
                outbox.signal(
                        child.checkId(),
                        OutageWire.membership(
                                outage.id(), child.incidentId(), true, step.next().head().now()),
                        now);
            }
        }
        if (!step.next().head().equals(owned.group.head())) {
            store.put(id, step.next().head());
        }
        if (!step.next().turns().equals(owned.group.turns())) {
            store.put(id, step.next().turns());
        }
        step.members()
                .forEach((incident, member) -> {
                    store.put(id, incident, member);
                    if (member == null) {
                        owned.members.remove(incident);
                    } else {
                        owned.members.put(incident, member);
                    }
                });
        owned.group = step.next();
        if (step.events().stream().anyMatch(told -> told.type() == EventType.CLOSED)) {
            left(owned, step.next(), now);
        }
        if (owned.group.pending() || !owned.cleared) {
            waiting.add(id);
        }
    }

    /// Who is still open, as what flaps and passes, is part of none any more: what becomes of it is told of itself.
    private void left(Owned owned, Group closed, Instant now) {
        var outage = closed.outage();
        if (outage == null) {
            return;
        }
        for (var member : owned.members.values()) {
            var child = member.child();
            if (child.open()) {
                outbox.signal(
                        child.checkId(),
                        OutageWire.membership(
                                outage.id(), child.incidentId(), false, closed.head().now()),
                        now);
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
                store.put(id, incident, null);
            }
        }
        if (owned.cleared && owned.forgotten.isEmpty() && !owned.group.pending()) {
            waiting.remove(id);
        }
    }
}
