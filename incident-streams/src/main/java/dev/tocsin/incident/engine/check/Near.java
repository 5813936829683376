package dev.tocsin.incident.engine.check;

import java.util.List;
import java.util.Map;

/// What was decided elsewhere and concerns one check (rules 7 and 10).
///
/// @param windows of maintenance that concern it
/// @param parents what was last heard of those that it depends on, by check id
/// @param reports of users of its service
public record Near(List<Window> windows, Map<String, Parent> parents, Reports reports) {
    public static final Near NOTHING = new Near(List.of(), Map.of(), Reports.NONE);

    public Near {
        windows = List.copyOf(windows);
        parents = Map.copyOf(parents);
    }
}
