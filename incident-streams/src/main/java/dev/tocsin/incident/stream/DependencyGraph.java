package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.dependency.Dependencies;
import dev.tocsin.incident.wire.StateCodec;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// All that depends on something, so that no circle is closed (rule 7); tells each parent who depends on it.
public final class DependencyGraph implements Owner {
    public static final String STORE = "dependencies";

    /// Of its signals: one partition has the whole of it.
    static final String KEY = "depends-on:";

    private static final String STATE = "state";

    private final Outbox outbox;
    private final KeyValueStore<String, byte[]> store;
    private Dependencies dependencies;

    DependencyGraph(KeyValueStore<String, byte[]> store, Outbox outbox) {
        this.store = store;
        this.outbox = outbox;
        dependencies = StateCodec.decode(store.get(STATE), Dependencies.class, Dependencies.NONE);
    }

    /// Refuses what would close a circle, naming it.
    @Override
    public @Nullable String take(Signal signal, Instant now) {
        var check = signal.getSubject();
        var change = dependencies.set(check, signal.getRelated());
        dependencies = change.next();
        store.put(STATE, StateCodec.encode(dependencies));
        tell(check, change.begun(), true, now);
        tell(check, change.ended(), false, now);
        return change.circles().isEmpty()
                ? null
                : "depends-on makes a circle, and is not used there: "
                        + String.join("; ", change.circles());
    }

    private void tell(String check, Set<String> parents, boolean active, Instant now) {
        for (var parent : parents) {
            outbox.signal(
                    parent,
                    Wire.signal(
                                    "depends-on/" + check + "/" + parent + "/" + now,
                                    SignalKind.DEPENDS_ON,
                                    parent,
                                    active,
                                    now)
                            .setRelated(List.of(check))
                            .build(),
                    now);
        }
    }
}
