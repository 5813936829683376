package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.fleet.FleetEngine;
import dev.tocsin.incident.wire.FleetWire;
import dev.tocsin.incident.wire.StateCodec;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Regions that are cut off, and the pipeline that hears nothing (rules 1 and 2).
public final class Fleet implements Owner {
    public static final String STORE = "fleet";
    private static final String KEY = "state";

    /// A heartbeat alone seldom changes anything that a restart would miss.
    private static final Duration HEARTBEATS_STORED_EACH = Duration.ofMinutes(1);

    private final Outbox outbox;
    private final KeyValueStore<String, byte[]> store;
    private FleetEngine.State state;
    private Instant storedAt = Instant.EPOCH;

    Fleet(KeyValueStore<String, byte[]> store, Outbox outbox) {
        this.store = store;
        this.outbox = outbox;
        state = StateCodec.decode(store.get(KEY), FleetEngine.State.class, FleetEngine.State.EMPTY);
    }

    @Override
    public @Nullable String take(Signal signal, Instant now) {
        var step =
                signal.getKind() == SignalKind.AGENT
                        ? FleetEngine.heard(
                                state, signal.getSubject(), AgentSource.agent(signal), now)
                        : FleetEngine.heard(
                                state,
                                Integer.parseInt(signal.getSubject()),
                                FleetWire.evidence(signal),
                                now);
        for (var told : step.events()) {
            var event = FleetWire.event(told);
            outbox.event(event, now);
            outbox.signal(null, FleetWire.verdict(told, event.getOpen()), now);
        }
        boolean heartbeat =
                signal.getKind() == SignalKind.AGENT
                        && step.events().isEmpty()
                        && now.isBefore(storedAt.plus(HEARTBEATS_STORED_EACH));
        state = step.next();
        if (!heartbeat) {
            store.put(KEY, StateCodec.encode(state));
            storedAt = now;
        }
        return null;
    }
}
