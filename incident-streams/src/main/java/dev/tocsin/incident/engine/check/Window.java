package dev.tocsin.incident.engine.check;

import java.time.Instant;
import java.util.Set;

/// Announced maintenance of a check (rule 7): who is told changes, what is recorded does not.
///
/// @param regions those concerned; empty for all
public record Window(String id, Set<String> regions, Schedule schedule) {
    public Window {
        regions = Set.copyOf(regions);
    }

    /// Whether it explains a failure in these regions at this time.
    public boolean explains(Set<String> failed, Instant now) {
        return (regions.isEmpty() || (!failed.isEmpty() && regions.containsAll(failed)))
                && schedule.covers(now);
    }
}
