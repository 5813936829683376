package dev.tocsin.incident.engine.check;

import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;

/// What was last heard of a check that another depends on (rule 7).
///
/// @param rootCheckId and `rootIncidentId`: what explains it: itself, or what it depends on in turn
/// @param everywhere it is DOWN; otherwise only `regions` are explained
/// @param open whether its incident is
/// @param at when this was heard
public record Parent(
        String rootCheckId,
        String rootIncidentId,
        boolean everywhere,
        Set<String> regions,
        boolean open,
        Instant at) {
    public Parent {
        regions = new TreeSet<>(regions);
    }

    public boolean explains(Set<String> failed) {
        return open && covers(failed);
    }

    /// Whether it failed where these did.
    boolean covers(Set<String> failed) {
        return everywhere || (!failed.isEmpty() && regions.containsAll(failed));
    }
}
