package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.dependency.Dependencies;
import dev.tocsin.incident.wire.StateCodec;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// All that depends on something, so that no circle is closed (rule 7); tells each parent who depends on it.
public final class DependencyGraph implements Owner {
    public static final String STORE = "dependencies";

    /// Of its signals: one partition has the whole of it.
    static final String KEY = "depends-on:";

    /// An entry per check that wants to depend on something.
    private static final String CHECK = "check/";

    /// 0.1.0 kept those that were in use here, all in one.
    private static final String OLD = "state";

    private record Old(Map<String, Set<String>> parents) {}

    private final Outbox outbox;
    private final KeyValueStore<String, byte[]> store;
    private final Dependencies dependencies = new Dependencies();

    DependencyGraph(KeyValueStore<String, byte[]> store, Outbox outbox, LeftOut leftOut) {
        this.store = store;
        this.outbox = outbox;
        var old = store.get(OLD);
        if (old != null) {
            leftOut.read(
                    STORE + " of 0.1.0",
                    () -> {
                        StateCodec.decode(old, Old.class)
                                .parents()
                                .forEach((check, of) -> put(check, List.copyOf(of)));
                        store.delete(OLD);
                    });
        }
        leftOut.each(
                store,
                entry -> {
                    if (entry.key.startsWith(CHECK)) {
                        dependencies.set(
                                entry.key.substring(CHECK.length()),
                                List.of(StateCodec.decode(entry.value, String[].class)));
                    }
                });
    }

    private void put(String check, List<String> parents) {
        if (parents.isEmpty()) {
            store.delete(CHECK + check);
        } else {
            store.put(CHECK + check, StateCodec.encode(parents));
        }
    }

    /// Refuses what closes a circle, naming it. That is used as soon as the circle is gone, whoever breaks it.
    @Override
    public @Nullable String take(Signal signal, Instant now) {
        var check = signal.getSubject();
        var change = dependencies.set(check, signal.getRelated());
        put(check, new ArrayList<>(signal.getRelated()));
        tell(change.begun(), true, now);
        tell(change.ended(), false, now);
        return change.circles().isEmpty()
                ? null
                : "depends-on makes a circle, and is not used there: "
                        + String.join("; ", change.circles());
    }

    private void tell(Set<Dependencies.Edge> edges, boolean active, Instant now) {
        for (var edge : edges) {
            outbox.signal(
                    edge.parent(),
                    Wire.signal(
                                    "depends-on/" + edge.child() + "/" + edge.parent() + "/" + now,
                                    SignalKind.DEPENDS_ON,
                                    edge.parent(),
                                    active,
                                    now)
                            .setRelated(List.of(edge.child()))
                            .build(),
                    now);
        }
    }
}
