package dev.tocsin.incident.engine;

import dev.tocsin.incident.engine.Incident.Past;
import dev.tocsin.incident.engine.Incident.Times;

/// An incident of the agents rather than of a target: a region that is cut off, or a pipeline that hears nothing.
///
/// @param seq of the last event told
public record FleetIncident(String id, long seq, Times times, Past past) {
    boolean open() {
        return times.closedAt() == null;
    }

    FleetIncident at(Times next) {
        return new FleetIncident(id, seq, next, past);
    }

    FleetIncident told() {
        return new FleetIncident(id, seq + 1, times, past);
    }
}
