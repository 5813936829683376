package dev.tocsin.incident.engine.check;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was decided elsewhere and concerns one check (rules 7 and 10).
///
/// @param windows of maintenance that concern it
/// @param parents what was last heard of those that it depends on, by check id
/// @param reports of users of its service
/// @param definedAt when it was defined, or its regions changed, while this process ran: nobody could be heard before; null for
///     before that
public record Near(
        List<Window> windows,
        Map<String, Parent> parents,
        Reports reports,
        @Nullable Instant definedAt) {
    public static final Near NOTHING = new Near(List.of(), Map.of(), Reports.NONE, null);

    public Near(List<Window> windows, Map<String, Parent> parents, Reports reports) {
        this(windows, parents, reports, null);
    }

    public Near since(@Nullable Instant at) {
        return new Near(windows, parents, reports, at);
    }

    /// Whether what was never heard has not had its chance yet.
    boolean graces(Duration staleAfter, Instant now) {
        return definedAt != null && !now.isAfter(definedAt.plus(staleAfter));
    }

    public Near {
        windows = List.copyOf(windows);
        parents = Map.copyOf(parents);
    }
}
