package dev.tocsin.incident.partition;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Which check to look at when, if nothing is heard of it: one entry a check, on the heap, rebuilt with the task. An entry
/// that fires too early, because results came in meanwhile, is only put back later: a healthy result need not touch it.
public final class DeadlineIndex {
    private final TreeMap<Instant, Set<String>> due = new TreeMap<>();
    private final Map<String, Instant> armed = new HashMap<>();

    /// Arms the check for `at`, unless it is armed for an earlier time.
    public void arm(String check, Instant at) {
        var already = armed.get(check);
        if (already != null) {
            if (!already.isAfter(at)) {
                return;
            }
            disarm(check);
        }
        armed.put(check, at);
        due.computeIfAbsent(at, _ -> new LinkedHashSet<>()).add(check);
    }

    public void disarm(String check) {
        var at = armed.remove(check);
        if (at != null) {
            due.computeIfPresent(
                    at, (_, checks) -> checks.remove(check) && checks.isEmpty() ? null : checks);
        }
    }

    public void clear() {
        due.clear();
        armed.clear();
    }

    /// Takes out up to `limit` checks whose time has come, earliest first.
    public List<String> take(Instant now, int limit) {
        var taken = new ArrayList<String>();
        while (!due.isEmpty() && !due.firstKey().isAfter(now) && taken.size() < limit) {
            var check = due.firstEntry().getValue().iterator().next();
            disarm(check);
            taken.add(check);
        }
        return taken;
    }
}
