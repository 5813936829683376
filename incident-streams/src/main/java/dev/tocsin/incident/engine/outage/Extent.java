package dev.tocsin.incident.engine.outage;

import dev.tocsin.incident.engine.Severity;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// How bad an outage is.
///
/// @param global it fails somewhere, and no region that is heard, or was before it fell silent, is fine
/// @param failing regions in which any active incident fails
public record Extent(Severity severity, boolean global, Set<String> failing) {
    static final Extent NONE = new Extent(Severity.INFO, false, Set.of());

    public Extent {
        failing = new TreeSet<>(failing);
    }

    static Extent of(Sums sums) {
        var failing = new TreeSet<String>();
        boolean fine = false;
        for (var entry : sums.regions().entrySet()) {
            if (entry.getValue().failing() > 0) {
                failing.add(entry.getKey());
            } else {
                fine |= entry.getValue().fine() > 0;
            }
        }
        return new Extent(worst(sums.severities()), !failing.isEmpty() && !fine, failing);
    }

    private static Severity worst(Map<Severity, Integer> severities) {
        return severities.keySet().stream().max(Severity::compareTo).orElse(Severity.INFO);
    }

    /// The wider and worse of both.
    Extent or(Extent other) {
        var all = new TreeSet<>(failing);
        all.addAll(other.failing);
        return new Extent(
                severity.compareTo(other.severity) < 0 ? other.severity : severity,
                global || other.global,
                all);
    }
}
