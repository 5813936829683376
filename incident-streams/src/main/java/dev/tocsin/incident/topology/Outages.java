package dev.tocsin.incident.topology;

import dev.tocsin.incident.engine.OutageEngine;
import dev.tocsin.schemas.Signal;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueStore;

/// Outages of the groups that this partition owns (rule 8).
final class Outages implements Owner {
    static final String STORE = "outages";

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
    public void take(Signal signal, Instant now) {
        var group = signal.getSubject();
        var before = states.getOrDefault(group, OutageEngine.State.EMPTY);
        var step = OutageEngine.step(before, group, OutageWire.child(signal), now);
        for (var told : step.events()) {
            var event = OutageWire.event(told, group);
            outbox.event(event, now);
            outbox.signal(null, OutageWire.outage(event, now), now);
        }
        states.put(group, step.next());
        store.put(group, StateCodec.encode(step.next()));
    }
}
