package dev.tocsin.incident.engine.dependency;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// A graph that is changed in place, and searched without recursion: a chain may be as long as there are checks.
final class Graph {
    private final Map<String, Set<String>> parents = new HashMap<>();
    private final Map<String, Set<String>> children = new HashMap<>();

    Set<String> parents(String child) {
        return parents.getOrDefault(child, Set.of());
    }

    private Set<String> children(String parent) {
        return children.getOrDefault(parent, Set.of());
    }

    /// @return whether it is new
    boolean add(String child, String parent) {
        children.computeIfAbsent(parent, _ -> new LinkedHashSet<>()).add(child);
        return parents.computeIfAbsent(child, _ -> new TreeSet<>()).add(parent);
    }

    /// @return whether it was there
    boolean remove(String child, String parent) {
        take(children, parent, child);
        return take(parents, child, parent);
    }

    private static boolean take(Map<String, Set<String>> from, String key, String value) {
        var all = from.get(key);
        boolean was = all != null && all.remove(value);
        if (all != null && all.isEmpty()) {
            from.remove(key);
        }
        return was;
    }

    /// Those from which there is a way to the check and back, itself included. Both ways are searched in step: it costs what the
    /// smaller of both reaches, which is next to nothing for one that nothing depends on, or that depends on nothing.
    Set<String> component(String check) {
        var up = new Search(check, this::parents);
        var down = new Search(check, this::children);
        while (true) {
            if (!up.goesOn()) {
                return up.leadingBack();
            }
            if (!down.goesOn()) {
                return down.leadingBack();
            }
        }
    }

    /// A shortest way up, both ends included; there must be one.
    List<String> path(String from, String to) {
        var cameFrom = new HashMap<String, String>();
        var next = new ArrayDeque<String>();
        next.add(from);
        while (!from.equals(to) && !cameFrom.containsKey(to)) {
            var at = next.remove();
            for (var parent : parents(at)) {
                if (!parent.equals(from) && cameFrom.putIfAbsent(parent, at) == null) {
                    next.add(parent);
                }
            }
        }
        var path = new ArrayList<String>();
        for (var at = to; !at.equals(from); at = Objects.requireNonNull(cameFrom.get(at))) {
            path.addFirst(at);
        }
        path.addFirst(from);
        return path;
    }

    /// All that can be reached, an edge at a time.
    private static final class Search {
        private final String start;
        private final Function<String, Set<String>> next;
        private final Set<String> reached = new HashSet<>();
        private final Deque<Iterator<String>> open = new ArrayDeque<>();

        private Search(String start, Function<String, Set<String>> next) {
            this.start = start;
            this.next = next;
            reached.add(start);
            open.add(next.apply(start).iterator());
        }

        /// @return false when all has been reached
        private boolean goesOn() {
            while (!open.isEmpty() && !open.getFirst().hasNext()) {
                open.removeFirst();
            }
            if (open.isEmpty()) {
                return false;
            }
            var found = open.getFirst().next();
            if (reached.add(found)) {
                open.add(next.apply(found).iterator());
            }
            return true;
        }

        /// Of what was reached, once that is all, those from which it goes on to the start.
        private Set<String> leadingBack() {
            var back = new HashMap<String, List<String>>();
            for (var from : reached) {
                for (var to : next.apply(from)) {
                    back.computeIfAbsent(to, _ -> new ArrayList<>()).add(from);
                }
            }
            var leading = new HashSet<String>();
            var open = new ArrayDeque<String>();
            open.add(start);
            while (!open.isEmpty()) {
                var at = open.remove();
                if (leading.add(at)) {
                    open.addAll(back.getOrDefault(at, List.of()));
                }
            }
            return leading;
        }
    }
}
