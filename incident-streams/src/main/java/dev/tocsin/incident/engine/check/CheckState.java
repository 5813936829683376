package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Turn;
import dev.tocsin.incident.engine.Verdict;
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
/// @param parents what was last heard of those that it depends on, by check id
/// @param partialSince and `noDataSince`: when these countdowns began; not stored, so that they start anew with a process
public record CheckState(
        Map<String, Region> regions,
        Map<String, Region> late,
        @Nullable Incident incident,
        List<Turn> turns,
        Map<String, Parent> parents,
        Reports reports,
        @Nullable Instant partialSince,
        @Nullable Instant noDataSince) {
    public static final CheckState EMPTY =
            new CheckState(Map.of(), Map.of(), null, List.of(), Map.of(), Reports.NONE, null, null);

    public CheckState {
        turns = List.copyOf(turns);
    }

    /// The one region whose verdict is FAILING, or null where there are more or none; the others' last votes need not be known.
    public @Nullable String failsAlone() {
        String alone = null;
        for (var entry : regions.entrySet()) {
            if (entry.getValue().verdict() == Verdict.FAILING) {
                if (alone != null) {
                    return null;
                }
                alone = entry.getKey();
            }
        }
        return alone;
    }

    /// The first failure there of the streak.
    public @Nullable Instant failingSince(String name) {
        return region(name).since();
    }

    /// Whether something is under way: an open incident, a failure, a countdown.
    public boolean busy() {
        return counts() || regions.values().stream().anyMatch(region -> !region.quiet());
    }

    /// Whether an incident is open or a countdown runs: then also a pass where all was well is judged.
    public boolean counts() {
        return (incident != null && incident.open()) || partialSince != null || noDataSince != null;
    }

    public Region region(String name) {
        return regions.getOrDefault(name, Region.NEW);
    }

    public Region late(String name) {
        return late.getOrDefault(name, Region.NEW);
    }

    public CheckState with(String name, Region region) {
        var all = new TreeMap<>(regions);
        all.put(name, region);
        return new CheckState(
                all, late, incident, turns, parents, reports, partialSince, noDataSince);
    }

    /// With regions last heard at these times (ms since 1970, 0 for never), unless they were heard later.
    public CheckState heard(List<String> names, long[] lastMs) {
        var all = new TreeMap<>(regions);
        for (int i = 0; i < lastMs.length; i++) {
            if (lastMs[i] != 0) {
                var name = names.get(i);
                all.put(name, region(name).seen(Instant.ofEpochMilli(lastMs[i])));
            }
        }
        return new CheckState(
                all, late, incident, turns, parents, reports, partialSince, noDataSince);
    }

    /// When the region was last heard by this process, or null.
    public @Nullable Instant lastHeard(String name) {
        return region(name).lastVoteAt();
    }

    /// Without those times; one and the same for all checks where nothing else is known.
    public CheckState unheard() {
        var kept = new TreeMap<String, Region>();
        regions.forEach((name, region) -> {
            var unseen = region.unseen();
            if (!unseen.equals(Region.NEW)) {
                kept.put(name, unseen);
            }
        });
        var all =
                new CheckState(
                        kept, late, incident, turns, parents, reports, partialSince, noDataSince);
        return all.equals(EMPTY) ? EMPTY : all;
    }

    public CheckState withLate(String name, Region region) {
        var all = new TreeMap<>(late);
        if (region.quiet()) {
            all.remove(name);
        } else {
            all.put(name, region);
        }
        return new CheckState(
                regions, all, incident, turns, parents, reports, partialSince, noDataSince);
    }

    public CheckState with(@Nullable Incident next) {
        return new CheckState(
                regions, late, next, turns, parents, reports, partialSince, noDataSince);
    }

    public CheckState with(List<Turn> next) {
        return new CheckState(
                regions, late, incident, next, parents, reports, partialSince, noDataSince);
    }

    public CheckState with(String check, Parent parent) {
        var all = new TreeMap<>(parents);
        all.put(check, parent);
        return new CheckState(
                regions, late, incident, turns, all, reports, partialSince, noDataSince);
    }

    public CheckState with(Reports next) {
        return new CheckState(
                regions, late, incident, turns, parents, next, partialSince, noDataSince);
    }

    public CheckState counting(@Nullable Instant partial, @Nullable Instant noData) {
        return new CheckState(regions, late, incident, turns, parents, reports, partial, noData);
    }

    /// What of it is to be stored, or null when there is nothing.
    public @Nullable CheckState stored() {
        var all = counting(null, null).unheard();
        return all.equals(EMPTY) ? null : all;
    }

    /// Whether a restart may take this for that.
    public boolean remembersAs(CheckState before) {
        return Objects.equals(incident, before.incident)
                && turns.equals(before.turns)
                && parents.equals(before.parents)
                && reports.equals(before.reports)
                && late.keySet().equals(before.late.keySet())
                && remembersAs(late, before.late)
                && remembersAs(regions, before.regions);
    }

    private static boolean remembersAs(Map<String, Region> now, Map<String, Region> before) {
        for (var entry : now.entrySet()) {
            var old = before.getOrDefault(entry.getKey(), Region.NEW);
            if (!entry.getValue().remembersAs(old)) {
                return false;
            }
        }
        return true;
    }
}
