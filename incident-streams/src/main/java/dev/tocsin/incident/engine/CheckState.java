package dev.tocsin.incident.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// All that the engine knows of a check.
///
/// @param incident the open one, or the last one
/// @param turns opens and reopens of the last 30 days
/// @param partialSince and `noDataSince`: when these countdowns began; not stored, so that they start anew with a process
public record CheckState(
        Map<String, Region> regions,
        @Nullable Incident incident,
        List<Turn> turns,
        @Nullable Instant partialSince,
        @Nullable Instant noDataSince) {
    public static final CheckState EMPTY = new CheckState(Map.of(), null, List.of(), null, null);

    public CheckState {
        turns = List.copyOf(turns);
    }

    Region region(String name) {
        return regions.getOrDefault(name, Region.NEW);
    }

    CheckState with(String name, Region region) {
        var all = new TreeMap<>(regions);
        all.put(name, region);
        return new CheckState(all, incident, turns, partialSince, noDataSince);
    }

    CheckState with(@Nullable Incident next) {
        return new CheckState(regions, next, turns, partialSince, noDataSince);
    }

    CheckState with(List<Turn> next) {
        return new CheckState(regions, incident, next, partialSince, noDataSince);
    }

    CheckState counting(@Nullable Instant partial, @Nullable Instant noData) {
        return new CheckState(regions, incident, turns, partial, noData);
    }
}
