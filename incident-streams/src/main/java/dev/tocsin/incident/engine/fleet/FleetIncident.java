package dev.tocsin.incident.engine.fleet;

import dev.tocsin.incident.engine.Past;
import dev.tocsin.incident.engine.Times;

/// An incident of the agents rather than of a target: a region that is cut off, or a pipeline that hears nothing.
///
/// @param seq of the last event told
public record FleetIncident(String id, long seq, Times times, Past past) {
    public boolean open() {
        return times.closedAt() == null;
    }

    public FleetIncident at(Times next) {
        return new FleetIncident(id, seq, next, past);
    }

    public FleetIncident told() {
        return new FleetIncident(id, seq + 1, times, past);
    }
}
