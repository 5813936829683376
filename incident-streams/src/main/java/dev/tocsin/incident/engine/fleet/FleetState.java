package dev.tocsin.incident.engine.fleet;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// What is known of all agents and regions. Each entry is small, and is stored by itself.
///
/// @param checks how many each partition has
/// @param regions by name: what each partition says of it
/// @param agents by id, those that were heard within a day
/// @param watched by key, `region:us` or `pipeline:stalled`; only those that ever had an incident or may have one
public record FleetState(
        Map<Integer, Integer> checks,
        Map<String, Map<Integer, Evidence.Of>> regions,
        Map<String, Agent> agents,
        Map<String, Watched> watched) {
    public static final FleetState EMPTY = new FleetState(Map.of(), Map.of(), Map.of(), Map.of());

    public FleetState {
        checks = Collections.unmodifiableMap(new TreeMap<>(checks));
        regions = Collections.unmodifiableMap(new TreeMap<>(regions));
        agents = Collections.unmodifiableMap(new TreeMap<>(agents));
        watched = Collections.unmodifiableMap(new TreeMap<>(watched));
    }

    /// With what a partition says. That a region was ever heard outlives the partition's memory of it.
    FleetState heard(int partition, Evidence evidence) {
        var counts = new TreeMap<>(checks);
        counts.put(partition, evidence.checks());
        var all = new TreeMap<>(regions);
        var whole = evidence.whole();
        if (whole != null) {
            regions.keySet().stream()
                    .filter(name -> whole.has(name) && !evidence.regions().containsKey(name))
                    .forEach(name -> forget(all, name, partition));
        }
        evidence.regions()
                .forEach((name, of) -> {
                    var partitions = new TreeMap<>(all.getOrDefault(name, Map.of()));
                    var before = partitions.get(partition);
                    partitions.put(partition, of.everHeard(before != null && before.heard()));
                    all.put(name, Collections.unmodifiableMap(partitions));
                });
        return new FleetState(counts, all, agents, watched);
    }

    private static void forget(
            Map<String, Map<Integer, Evidence.Of>> all, String region, int partition) {
        var left = new TreeMap<>(all.getOrDefault(region, Map.of()));
        left.remove(partition);
        if (left.isEmpty()) {
            all.remove(region);
        } else {
            all.put(region, Collections.unmodifiableMap(left));
        }
    }

    FleetState heard(String agentId, Agent agent) {
        var all = new TreeMap<>(agents);
        all.put(agentId, agent);
        return with(all);
    }

    FleetState with(Map<String, Agent> next) {
        return new FleetState(checks, regions, next, watched);
    }

    FleetState watching(Map<String, Watched> next) {
        return new FleetState(checks, regions, agents, next);
    }
}
