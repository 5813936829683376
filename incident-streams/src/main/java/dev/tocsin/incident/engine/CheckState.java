package dev.tocsin.incident.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// All that the engine knows of a check.
///
/// @param late the same regions as their late results show them (rule 5): those too late for `regions`. Only where these fail
/// @param incident the open one, or the last one
/// @param turns opens and reopens of the last 30 days
/// @param partialSince and `noDataSince`: when these countdowns began; not stored, so that they start anew with a process
public record CheckState(
        Map<String, Region> regions,
        Map<String, Region> late,
        @Nullable Incident incident,
        List<Turn> turns,
        @Nullable Instant partialSince,
        @Nullable Instant noDataSince) {
    public static final CheckState EMPTY =
            new CheckState(Map.of(), Map.of(), null, List.of(), null, null);

    public CheckState {
        late =
                Objects.requireNonNullElse(
                        late, Map.of()); // state that was stored before there was any has none
        turns = List.copyOf(turns);
    }

    Region region(String name) {
        return regions.getOrDefault(name, Region.NEW);
    }

    Region late(String name) {
        return late.getOrDefault(name, Region.NEW);
    }

    CheckState with(String name, Region region) {
        var all = new TreeMap<>(regions);
        all.put(name, region);
        return new CheckState(all, late, incident, turns, partialSince, noDataSince);
    }

    CheckState withLate(String name, Region region) {
        var all = new TreeMap<>(late);
        if (region.quiet()) {
            all.remove(name);
        } else {
            all.put(name, region);
        }
        return new CheckState(regions, all, incident, turns, partialSince, noDataSince);
    }

    CheckState with(@Nullable Incident next) {
        return new CheckState(regions, late, next, turns, partialSince, noDataSince);
    }

    CheckState with(List<Turn> next) {
        return new CheckState(regions, late, incident, next, partialSince, noDataSince);
    }

    CheckState counting(@Nullable Instant partial, @Nullable Instant noData) {
        return new CheckState(regions, late, incident, turns, partial, noData);
    }
}
