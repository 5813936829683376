package dev.tocsin.incident.engine.dependency;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which checks depend on which (rule 7), all of them: a circle can be seen only as a whole, and in one everything would
/// explain everything, and nobody be told. Pure.
///
/// @param parents by check id, those that are in use
public record Dependencies(Map<String, Set<String>> parents) {
    public static final Dependencies NONE = new Dependencies(Map.of());

    public Dependencies {
        var all = new TreeMap<String, Set<String>>();
        parents.forEach((check, of) -> all.put(check, new TreeSet<>(of)));
        parents = all;
    }

    /// @param begun parents that count from now on, `ended` those that no longer do
    /// @param circles each that a new dependency would have closed, e.g. `a -> b -> a`; that dependency is not used
    public record Change(
            Dependencies next, Set<String> begun, Set<String> ended, List<String> circles) {}

    /// The check depends on these from now on, as far as that makes no circle.
    public Change set(String check, List<String> dependsOn) {
        var before = parents.getOrDefault(check, Set.of());
        var rest = new TreeMap<>(parents);
        rest.remove(check);
        var accepted = new TreeSet<String>();
        var circles = new ArrayList<String>();
        for (var parent : new TreeSet<>(dependsOn)) {
            var path = path(rest, parent, check, new HashSet<>());
            if (path == null) {
                accepted.add(parent);
            } else {
                circles.add(check + " -> " + path);
            }
        }
        if (!accepted.isEmpty()) {
            rest.put(check, accepted);
        }
        var begun = new TreeSet<>(accepted);
        begun.removeAll(before);
        var ended = new TreeSet<>(before);
        ended.removeAll(accepted);
        return new Change(new Dependencies(rest), begun, ended, circles);
    }

    /// From one up to the other, or null when there is no way.
    private static @Nullable String path(
            Map<String, Set<String>> parents, String from, String to, Set<String> seen) {
        if (from.equals(to)) {
            return from;
        }
        if (seen.add(from)) {
            for (var next : parents.getOrDefault(from, Set.of())) {
                var path = path(parents, next, to, seen);
                if (path != null) {
                    return from + " -> " + path;
                }
            }
        }
        return null;
    }
}
