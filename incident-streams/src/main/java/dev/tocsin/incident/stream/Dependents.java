package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.check.Input;
import dev.tocsin.incident.engine.check.Parent;
import dev.tocsin.incident.engine.check.Suppression;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.state.KeyValueStore;

/// Who depends on the checks of this partition (rule 7), by signals to the partitions of those.
public final class Dependents {
    public static final String STORE = "dependents";

    private final KeyValueStore<String, byte[]> store;
    private final Outbox outbox;

    Dependents(KeyValueStore<String, byte[]> store, Outbox outbox) {
        this.store = store;
        this.outbox = outbox;
    }

    void set(String parent, String child, boolean depends) {
        var children = of(parent);
        if (depends ? children.add(child) : children.remove(child)) {
            store.put(
                    parent,
                    children.isEmpty()
                            ? null
                            : String.join("\n", children).getBytes(StandardCharsets.UTF_8));
        }
    }

    private Set<String> of(String parent) {
        var bytes = store.get(parent);
        return bytes == null
                ? new TreeSet<>()
                : new TreeSet<>(
                        Arrays.asList(new String(bytes, StandardCharsets.UTF_8).split("\n")));
    }

    /// Tells all of them what was told of their parent.
    void tell(IncidentEvent event, Instant now) {
        for (var child : of(event.getKey())) {
            tell(child, event, now);
        }
    }

    void tell(String child, IncidentEvent event, Instant now) {
        outbox.signal(
                child,
                Wire.signal(
                                event.getEventId() + "/" + child,
                                SignalKind.PARENT_DOWN,
                                child,
                                event.getOpen(),
                                event.getAt())
                        .setIncident(event)
                        .build(),
                now);
    }

    /// What the child takes in.
    ///
    /// @throws SerializationException when the signal lacks what it must have
    static Input.ParentHeard heard(Signal signal, Instant now) {
        var event = signal.getIncident();
        if (event == null || event.getCheckId() == null) {
            throw new SerializationException("a PARENT_DOWN signal without its incident");
        }
        var by = event.getSuppressedBy();
        var root = event.getRootIncidentId();
        boolean itself = root == null || by == null;
        var parent =
                new Parent(
                        itself ? event.getCheckId() : Suppression.dependsOn(by),
                        itself ? event.getIncidentId() : root,
                        event.getKind() == IncidentKind.DOWN,
                        event.getRegions().stream()
                                .filter(r -> r.getVerdict() == RegionVerdict.FAILING)
                                .map(RegionStatus::getRegion)
                                .collect(Collectors.toSet()),
                        event.getOpen(),
                        now);
        return new Input.ParentHeard(now, event.getCheckId(), parent);
    }
}
