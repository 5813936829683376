package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.Command;
import dev.tocsin.incident.engine.Turn;
import dev.tocsin.incident.engine.outage.Child;
import dev.tocsin.incident.engine.outage.Group;
import dev.tocsin.incident.engine.outage.Member;
import dev.tocsin.incident.engine.outage.OutageEngine;
import dev.tocsin.incident.partition.Groups;
import dev.tocsin.incident.wire.OutageWire;
import dev.tocsin.schemas.Signal;
import dev.tocsin.service.streams.Faults;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Outages of the groups that this partition owns (rule 8): [Groups] with a store and an outbox.
public final class Outages implements Owner, Groups.Consequences {
    /// Of its signals: one partition decides on a group.
    static final String KEY = OutageWire.GROUP;

    public static final String STORE = "outages";

    private final Outbox outbox;
    private final OutageStore store;
    private final Groups groups = new Groups(this);

    /// Of what is being taken.
    private Instant now = Instant.EPOCH;

    Outages(KeyValueStore<String, byte[]> kept, Outbox outbox, LeftOut leftOut) {
        this.outbox = outbox;
        store = new OutageStore(kept, leftOut);
        store.read().forEach((id, read) -> groups.restore(id, read.group(), read.members()));
    }

    static String key(String group) {
        return KEY + group;
    }

    @Override
    public @Nullable String take(Signal signal, Instant at) {
        var id = signal.getSubject();
        OutageStore.check(id);
        now = at;
        var child = Faults.read(() -> OutageWire.child(signal));
        if (OutageWire.isAside(signal)) {
            groups.heard(id, child, signal.getAt());
        } else {
            groups.take(id, child, signal.getAt());
        }
        return null;
    }

    /// What a person asks of a group's latest outage.
    ///
    /// @throws IllegalArgumentException when it cannot be followed, saying why; nothing has changed then
    void command(String group, Command command, Instant asked, Instant at) {
        now = at;
        groups.note(group, command, asked);
    }

    @Override
    public void tick(Instant at) {
        now = at;
        groups.tick(at);
    }

    @Override
    public void told(String group, OutageEngine.Told told) {
        outbox.event(OutageWire.event(told, group), now);
    }

    @Override
    public void membership(Child child, String outageId, boolean part, Instant at) {
        outbox.signal(
                child.checkId(),
                OutageWire.membership(outageId, child.incidentId(), part, at),
                now);
    }

    @Override
    public void alone(String group, Child child, Instant at) {
        outbox.signal(child.checkId(), OutageWire.alone(group, child.incidentId(), at), now);
    }

    @Override
    public void store(String group, Group.Head head) {
        store.put(group, head);
    }

    @Override
    public void store(String group, List<Turn> turns) {
        store.put(group, turns);
    }

    @Override
    public void store(String group, String incidentId, @Nullable Member member) {
        store.put(group, incidentId, member);
    }
}
