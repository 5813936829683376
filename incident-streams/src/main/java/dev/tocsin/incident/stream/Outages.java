package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.outage.OutageEngine;
import dev.tocsin.incident.wire.OutageWire;
import dev.tocsin.incident.wire.StateCodec;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Signal;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Outages of the groups that this partition owns (rule 8).
public final class Outages implements Owner {
    public static final String STORE = "outages";

    private final Outbox outbox;
    private final KeyValueStore<String, byte[]> store;
    private final Map<String, OutageEngine.State> states = new HashMap<>();

    Outages(KeyValueStore<String, byte[]> store, Outbox outbox) {
        this.store = store;
        this.outbox = outbox;
        try (var all = store.all()) {
            all.forEachRemaining(entry ->
                    states.put(
                            entry.key, StateCodec.decode(entry.value, OutageEngine.State.class)));
        }
    }

    @Override
    public @Nullable String take(Signal signal, Instant now) {
        var group = signal.getSubject();
        var before = states.getOrDefault(group, OutageEngine.State.EMPTY);
        var child = OutageWire.child(signal);
        var step = OutageEngine.step(before, group, child, now);
        for (var told : step.events()) {
            var event = OutageWire.event(told, group);
            outbox.event(event, now);
            join(event, child.incidentId(), now);
        }
        states.put(group, step.next());
        store.put(group, StateCodec.encode(step.next()));
        return null;
    }

    /// Tells the checks that are part of it from now on: all, when it begins, and then the one that has joined. What has not
    /// changed for the others need not go to every partition again.
    private void join(IncidentEvent outage, String latest, Instant now) {
        boolean begins =
                outage.getType() == IncidentEventType.OPENED
                        || outage.getType() == IncidentEventType.REOPENED;
        var joined =
                outage.getChildren().stream()
                        .filter(child -> begins || child.getIncidentId().equals(latest))
                        .filter(child -> child.getOpen())
                        .toList();
        if (outage.getOpen() && !joined.isEmpty()) {
            outbox.signal(
                    null,
                    OutageWire.outage(
                            IncidentEvent.newBuilder(outage).setChildren(joined).build(), now),
                    now);
        }
    }
}
