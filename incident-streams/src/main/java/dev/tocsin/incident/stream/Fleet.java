package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.fleet.FleetEngine;
import dev.tocsin.incident.engine.fleet.FleetState;
import dev.tocsin.incident.wire.FleetEntries;
import dev.tocsin.incident.wire.FleetWire;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.service.streams.Faults;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Regions that are cut off, the pipeline that hears nothing (rules 1 and 2), and to which region each agent belongs.
///
/// Its clock is that of the ticks and of what partitions tell. An agent's word moves it nowhere.
public final class Fleet implements Owner {
    public static final String STORE = "fleet";

    /// After a longer gap time stood still for us: what was not told yet has to last anew.
    private static final Duration GAP = Duration.ofSeconds(5);

    private final Outbox outbox;
    private final KeyValueStore<String, byte[]> store;
    private FleetState state;
    private Instant clock = Instant.EPOCH;

    Fleet(KeyValueStore<String, byte[]> store, Outbox outbox, LeftOut leftOut) {
        this.store = store;
        this.outbox = outbox;
        var entries = new FleetEntries();
        leftOut.each(store, entry -> entries.read(entry.key, entry.value));
        state = entries.state(this::write);
    }

    private void write(String key, byte @Nullable [] value) {
        if (value == null) {
            store.delete(key);
        } else {
            store.put(key, value);
        }
    }

    @Override
    public @Nullable String take(Signal signal, Instant now) {
        if (signal.getKind() == SignalKind.AGENT) {
            var agent = Faults.read(() -> AgentSource.agent(signal, now));
            var at = clock.equals(Instant.EPOCH) ? null : clock;
            return become(
                    FleetEngine.heard(state, signal.getSubject(), agent, at),
                    at == null ? now : at);
        }
        int partition = Faults.read(() -> FleetWire.partition(signal));
        var evidence = Faults.read(() -> FleetWire.evidence(signal));
        advance(now);
        return become(FleetEngine.heard(state, partition, evidence, clock), clock);
    }

    @Override
    public void tick(Instant now) {
        if (!state.equals(FleetState.EMPTY)) {
            advance(now);
            var _ = become(FleetEngine.tick(state, clock), clock);
        }
    }

    private void advance(Instant now) {
        if (Duration.between(clock, now).compareTo(GAP) > 0) {
            keep(FleetEngine.resumed(state));
        }
        clock = now.isAfter(clock) ? now : clock;
    }

    private @Nullable String become(FleetEngine.Step step, Instant now) {
        for (var told : step.events()) {
            var event = FleetWire.event(told);
            outbox.event(event, now);
            outbox.signal(null, FleetWire.verdict(told, event.getOpen()), now);
        }
        for (var bound : step.bound()) {
            outbox.signal(null, AgentSource.bound(bound, now), now);
        }
        keep(step.next());
        return step.refused();
    }

    private void keep(FleetState next) {
        FleetEntries.write(state, next, this::write);
        state = next;
    }
}
