package dev.tocsin.incident.partition;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// How many checks of this partition each service has. One thread.
public final class Services {
    private final Map<String, Integer> checks = new HashMap<>();

    /// A service that has its first check, or none any more.
    public record Change(String service, boolean has) {}

    /// A check is of another service from now on.
    ///
    /// @param before null where the check is new, `after` where it is gone
    /// @return for whom that is the first, or the last
    public Set<Change> moved(@Nullable String before, @Nullable String after) {
        var changes = new HashSet<Change>();
        if (!Objects.equals(before, after)) {
            if (before != null && checks.merge(before, -1, Services::orNone) == null) {
                changes.add(new Change(before, false));
            }
            if (after != null && Objects.equals(checks.merge(after, 1, Integer::sum), 1)) {
                changes.add(new Change(after, true));
            }
        }
        return changes;
    }

    private static @Nullable Integer orNone(int checks, int less) {
        return checks + less <= 0 ? null : checks + less;
    }

    /// Those that have any, in order.
    public Set<String> all() {
        return new TreeSet<>(checks.keySet());
    }
}
