package dev.tocsin.incident.wire;

import dev.tocsin.incident.engine.fleet.Agent;
import dev.tocsin.incident.engine.fleet.Evidence;
import dev.tocsin.incident.engine.fleet.FleetState;
import dev.tocsin.incident.engine.fleet.Watched;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What is known of agents and regions as a store has it: an entry for what each partition says of each region, for each agent,
/// and for each region that is watched. So none grows, and what is written is what has changed.
public final class FleetEntries {
    private static final String OLD = "state";
    private static final String CHECKS = "checks/";
    private static final String REGION = "region/";
    private static final String AGENT = "agent/";
    private static final String WATCHED = "watched/";

    private final Map<Integer, Integer> checks = new TreeMap<>();
    private final Map<String, Map<Integer, Evidence.Of>> regions = new TreeMap<>();
    private final Map<String, Agent> agents = new TreeMap<>();
    private final Map<String, Watched> watched = new TreeMap<>();
    private @Nullable FleetState old;

    /// One entry, as it was written.
    public void read(String key, byte[] value) {
        if (key.equals(OLD)) {
            old = OldFleetState.read(value);
        } else if (key.startsWith(CHECKS)) {
            checks.put(
                    Integer.valueOf(key.substring(CHECKS.length())),
                    StateCodec.decode(value, Integer.class));
        } else if (key.startsWith(REGION)) {
            int slash = key.indexOf('/', REGION.length());
            regions.computeIfAbsent(key.substring(slash + 1), _ -> new TreeMap<>())
                    .put(
                            Integer.valueOf(key.substring(REGION.length(), slash)),
                            StateCodec.decode(value, Evidence.Of.class));
        } else if (key.startsWith(AGENT)) {
            agents.put(key.substring(AGENT.length()), StateCodec.decode(value, Agent.class));
        } else if (key.startsWith(WATCHED)) {
            watched.put(key.substring(WATCHED.length()), StateCodec.decode(value, Watched.class));
        }
    }

    /// All that was read. What 0.1.0 has stored as one value is written in entries.
    public FleetState state(BiConsumer<String, byte @Nullable []> write) {
        var entries = new FleetState(checks, regions, agents, watched);
        if (old == null) {
            return entries;
        }
        write(entries, old, write);
        write.accept(OLD, null);
        return old;
    }

    /// What has changed; null for what is no more.
    public static void write(
            FleetState before, FleetState after, BiConsumer<String, byte @Nullable []> write) {
        differences(CHECKS, before.checks(), after.checks(), write);
        differences(AGENT, before.agents(), after.agents(), write);
        differences(WATCHED, before.watched(), after.watched(), write);
        var names = new TreeSet<>(before.regions().keySet());
        names.addAll(after.regions().keySet());
        for (var name : names) {
            var was = before.regions().getOrDefault(name, Map.of());
            var is = after.regions().getOrDefault(name, Map.of());
            if (!was.equals(is)) { // the same map, as a rule
                differences(REGION, was, is, (key, value) -> write.accept(key + "/" + name, value));
            }
        }
    }

    private static <K, V> void differences(
            String prefix,
            Map<K, V> before,
            Map<K, V> after,
            BiConsumer<String, byte @Nullable []> write) {
        after.forEach((key, value) -> {
            if (!value.equals(before.get(key))) {
                write.accept(prefix + key, StateCodec.encode(value));
            }
        });
        before.keySet().stream()
                .filter(key -> !after.containsKey(key))
                .forEach(key -> write.accept(prefix + key, null));
    }
}
