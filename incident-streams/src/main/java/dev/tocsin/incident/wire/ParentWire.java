package dev.tocsin.incident.wire;

import dev.tocsin.incident.engine.check.Parent;
import dev.tocsin.incident.engine.check.Suppression;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.errors.SerializationException;

/// What is told of a check to those that depend on it (rule 7): no more than they need.
public final class ParentWire {
    private static final String ROOT_CHECK = "root-check";
    private static final String ROOT_INCIDENT = "root-incident";
    private static final String EVERYWHERE = "everywhere";

    private ParentWire() {}

    public static Signal signal(IncidentEvent event) {
        var root = event.getRootIncidentId();
        var by = event.getSuppressedBy();
        boolean itself = root == null || by == null;
        return Wire.signal(
                        event.getEventId() + "/parent",
                        SignalKind.PARENT_DOWN,
                        event.getKey(),
                        event.getOpen(),
                        event.getAt())
                .setAttributes(
                        Map.of(
                                ROOT_CHECK,
                                itself ? event.getKey() : Suppression.dependsOn(by),
                                ROOT_INCIDENT,
                                itself ? event.getIncidentId() : root,
                                EVERYWHERE,
                                Boolean.toString(event.getKind() == IncidentKind.DOWN)))
                .setRelated(
                        event.getRegions().stream()
                                .filter(r -> r.getVerdict() == RegionVerdict.FAILING)
                                .map(RegionStatus::getRegion)
                                .toList())
                .build();
    }

    /// @param now when this is heard
    /// @throws SerializationException when the signal lacks what it must have
    public static Parent parent(Signal signal, Instant now) {
        var attributes = signal.getAttributes();
        var check = attributes.get(ROOT_CHECK);
        var incident = attributes.get(ROOT_INCIDENT);
        if (check == null || incident == null) {
            throw new SerializationException("a PARENT_DOWN signal without its root");
        }
        return new Parent(
                check,
                incident,
                Boolean.parseBoolean(attributes.get(EVERYWHERE)),
                Set.copyOf(signal.getRelated()),
                signal.getActive(),
                now);
    }
}
