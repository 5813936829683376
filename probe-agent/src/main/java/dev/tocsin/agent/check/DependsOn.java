package dev.tocsin.agent.check;

import dev.tocsin.schemas.CheckDefinition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whether what checks depend on makes sense, as a whole.
final class DependsOn {
    private final Map<String, List<String>> parents = new HashMap<>();

    DependsOn(List<CheckDefinition> checks) {
        checks.forEach(check -> parents.put(check.getCheckId(), check.getDependsOn()));
    }

    /// What is wrong with one check's, or null.
    @Nullable String wrong(CheckDefinition check) {
        for (var parent : check.getDependsOn()) {
            if (!parents.containsKey(parent)) {
                return "there is no check \"" + parent + "\" here";
            }
            var way = way(parent, check.getCheckId(), new HashSet<>());
            if (way != null) {
                return "a circle: " + check.getCheckId() + " -> " + way;
            }
        }
        return null;
    }

    private @Nullable String way(String from, String to, Set<String> seen) {
        if (from.equals(to)) {
            return from;
        }
        if (seen.add(from)) {
            for (var next : parents.getOrDefault(from, List.of())) {
                var way = way(next, to, seen);
                if (way != null) {
                    return from + " -> " + way;
                }
            }
        }
        return null;
    }
}
