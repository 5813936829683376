package dev.tocsin.incident.engine;

import java.time.Instant;
import java.util.Set;

/// Announced maintenance of a check (rule 7): who is told changes, what is recorded does not.
///
/// @param regions those concerned; empty for all
/// @param endsAt no longer part of it
public record Window(String id, Set<String> regions, Instant startsAt, Instant endsAt) {
    public Window {
        if (!startsAt.isBefore(endsAt)) {
            throw new IllegalArgumentException(
                    "maintenance " + id + " ends at " + endsAt + ", not after its start");
        }
        regions = Set.copyOf(regions);
    }

    /// Whether it explains a failure in these regions at this time.
    boolean explains(Set<String> failed, Instant now) {
        return !now.isBefore(startsAt)
                && now.isBefore(endsAt)
                && (regions.isEmpty() || regions.containsAll(failed));
    }
}
