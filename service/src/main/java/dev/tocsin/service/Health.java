package dev.tocsin.service;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What is wrong with a process, part by part. Thread-safe.
public final class Health {
    private final Map<String, String> waiting = new ConcurrentHashMap<>();
    private final Map<String, String> failed = new ConcurrentHashMap<>();

    /// The part cannot work yet or at the moment, and tries on: alive, not ready.
    public void waiting(String part, String why) {
        waiting.put(part, why);
    }

    /// The part has ended by a bug: the process should be restarted.
    public void failed(String part, Throwable cause) {
        failed.put(part, cause.toString());
    }

    public void fine(String part) {
        waiting.remove(part);
    }

    public boolean alive() {
        return failed.isEmpty();
    }

    public boolean ready() {
        return failed.isEmpty() && waiting.isEmpty();
    }

    /// Part to what is wrong with it, sorted; empty when all is well.
    public Map<String, String> troubles() {
        var all = new TreeMap<>(waiting);
        all.putAll(failed);
        return all;
    }

    /// The reason a part waits, or null.
    public @Nullable String why(String part) {
        return waiting.get(part);
    }
}
