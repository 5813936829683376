package dev.tocsin.service;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// What is wrong with a process, part by part. Thread-safe.
public final class Health {
    private final Map<String, String> waiting = new ConcurrentHashMap<>();
    private final Map<String, String> failed = new ConcurrentHashMap<>();
    private final CompletableFuture<Refusal> refused = new CompletableFuture<>();

    /// Why the process is to end.
    ///
    /// @param startAgain whether it may help to start it again
    public record Refusal(String why, boolean startAgain) {}

    /// The part cannot work yet or at the moment, and tries on: alive, not ready.
    public void waiting(String part, String why) {
        waiting.put(part, why);
    }

    /// Going on would lose or mislead, and it does not help to try again: the process should end.
    public void refused(String part, String why) {
        failed.put(part, why);
        refused.complete(new Refusal(why, false));
    }

    /// It did not get on, and may when it is started again: the process should end. Of several reasons to end the first one counts.
    public void gaveUp(String part, String why) {
        failed.put(part, why);
        refused.complete(new Refusal(why, true));
    }

    /// Going on loses or misleads, until [#recovered].
    public void failing(String part, String why) {
        failed.put(part, why);
    }

    public void recovered(String part) {
        failed.remove(part);
    }

    public boolean isRefused() {
        return refused.isDone();
    }

    /// Returns when a part has refused to go on, or has given up.
    public Refusal awaitRefusal() throws InterruptedException {
        try {
            return refused.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // nobody fails it
        }
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
