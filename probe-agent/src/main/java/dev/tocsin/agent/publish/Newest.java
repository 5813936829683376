package dev.tocsin.agent.publish;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is still to be told, of each topic and key the newest. A topic that could not be written rests for a while, and holds up no other.
/// Times are monotonic nanoseconds, and the caller's. Not thread-safe.
final class Newest<V> {
    /// Of a topic, at most; the oldest goes.
    private static final int EACH_AT_MOST = 50_000;

    /// What a topic that could not be written is left alone.
    private static final long REST_NANOS = 5_000_000_000L;

    /// @param version grows with each that is put
    record Told<V>(String topic, String key, V value, long version) {}

    private final Map<String, LinkedHashMap<String, Told<V>>> topics = new LinkedHashMap<>();
    private final Map<String, Long> restsUntil = new HashMap<>();
    private long dropped;
    private long lastVersion;

    void put(String topic, String key, V value) {
        var waiting = topics.computeIfAbsent(topic, _ -> new LinkedHashMap<>());
        waiting.remove(key);
        waiting.put(key, new Told<>(topic, key, value, ++lastVersion));
        if (waiting.size() > EACH_AT_MOST) {
            waiting.pollFirstEntry();
            dropped++;
        }
    }

    /// Takes the next one, topics in turn.
    @Nullable Told<V> poll(long now) {
        for (var topic : List.copyOf(topics.keySet())) {
            var waiting = topics.get(topic);
            if (waiting == null || waiting.isEmpty() || now < restsUntil.getOrDefault(topic, now)) {
                continue;
            }
            topics.remove(topic);
            topics.put(topic, waiting); // the others first, next time
            return waiting.pollFirstEntry().getValue();
        }
        return null;
    }

    /// It did not get there: it waits again, unless there is something newer.
    void again(Told<V> told, long now) {
        var waiting = topics.computeIfAbsent(told.topic(), _ -> new LinkedHashMap<>());
        waiting.merge(told.key(), told, (a, c) -> a.version() > c.version() ? a : c);
        restsUntil.put(told.topic(), now + REST_NANOS);
    }

    boolean isEmpty() {
        return topics.values().stream().allMatch(Map::isEmpty);
    }

    /// How many were dropped, since there were too many.
    long dropped() {
        return dropped;
    }
}
