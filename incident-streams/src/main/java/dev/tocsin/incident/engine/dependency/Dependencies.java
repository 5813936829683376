package dev.tocsin.incident.engine.dependency;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Which checks depend on which (rule 7), all of them: a circle can be seen only as a whole, and in one everything would
/// explain everything, and nobody be told. A wanted dependency is in use exactly when it lies on no circle of wanted ones,
/// and so it does not matter in which order they became known. Pure, but changed in place: a change costs what it touches,
/// not the whole. One thread.
public final class Dependencies {
    private static final int SHOWN = 10;

    /// The check `child` depends on `parent`.
    public record Edge(String child, String parent) implements Comparable<Edge> {
        @Override
        public int compareTo(Edge other) {
            int byChild = child.compareTo(other.child);
            return byChild != 0 ? byChild : parent.compareTo(other.parent);
        }
    }

    /// @param begun dependencies that count from now on, `ended` those that no longer do; of other checks, too
    /// @param circles each that a dependency of the check closes, e.g. `a -> b -> a`; the first few of them
    public record Change(Set<Edge> begun, Set<Edge> ended, List<String> circles) {}

    private final Graph wanted = new Graph();

    /// Those of the wanted that lie on a circle.
    private final Graph refused = new Graph();

    /// Those of the check that are in use.
    public Set<String> parents(String check) {
        var used = new TreeSet<>(wanted.parents(check));
        used.removeAll(refused.parents(check));
        return used;
    }

    /// The check depends on these from now on, as far as that makes no circle.
    public Change set(String check, Collection<String> dependsOn) {
        var parents = new TreeSet<>(dependsOn);
        var before = parents(check);
        // Only circles through the check come or go: they lie within what was one component with
        // it, or is now.
        var touched = new TreeSet<>(refused.component(check));
        for (var parent : List.copyOf(wanted.parents(check))) {
            if (!parents.contains(parent)) {
                wanted.remove(check, parent);
                refused.remove(check, parent);
            }
        }
        parents.forEach(parent -> wanted.add(check, parent));
        touched.addAll(wanted.component(check));
        var begun = new TreeSet<Edge>();
        var ended = new TreeSet<Edge>();
        judge(touched, begun, ended);
        // Its own may be new or gone, and say nothing of what was in use.
        begun.removeIf(edge -> edge.child().equals(check));
        ended.removeIf(edge -> edge.child().equals(check));
        var now = parents(check);
        now.stream().filter(p -> !before.contains(p)).forEach(p -> begun.add(new Edge(check, p)));
        before.stream().filter(p -> !now.contains(p)).forEach(p -> ended.add(new Edge(check, p)));
        return new Change(begun, ended, circles(check));
    }

    private void judge(Set<String> touched, Set<Edge> begun, Set<Edge> ended) {
        var components = new HashMap<String, Set<String>>();
        for (var check : touched) {
            if (!components.containsKey(check)) {
                var component = wanted.component(check);
                component.forEach(member -> components.put(member, component));
            }
        }
        for (var child : touched) {
            for (var parent : wanted.parents(child)) {
                boolean circle =
                        child.equals(parent)
                                || components.getOrDefault(child, Set.of()).contains(parent);
                if (circle && refused.add(child, parent)) {
                    ended.add(new Edge(child, parent));
                } else if (!circle && refused.remove(child, parent)) {
                    begun.add(new Edge(child, parent));
                }
            }
        }
    }

    private List<String> circles(String check) {
        var all = List.copyOf(refused.parents(check));
        var circles = new ArrayList<String>();
        for (var parent : all.subList(0, Math.min(all.size(), SHOWN))) {
            circles.add(check + " -> " + shown(refused.path(parent, check)));
        }
        if (all.size() > SHOWN) {
            circles.add("and " + (all.size() - SHOWN) + " more");
        }
        return circles;
    }

    private static String shown(List<String> path) {
        int more = path.size() - SHOWN;
        return more <= 0
                ? String.join(" -> ", path)
                : String.join(" -> ", path.subList(0, SHOWN - 1))
                        + " -> ("
                        + more
                        + " more) -> "
                        + path.getLast();
    }
}
