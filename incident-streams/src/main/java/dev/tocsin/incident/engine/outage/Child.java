package dev.tocsin.incident.engine.outage;

import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Severity;
import dev.tocsin.incident.engine.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What an outage needs to know of one incident.
///
/// @param regions region to verdict; silent ones are left out
/// @param reopenWithin of its check's policy
public record Child(
        String incidentId,
        String checkId,
        String name,
        String service,
        Kind kind,
        Severity severity,
        boolean open,
        boolean suppressed,
        Instant startedAt,
        @Nullable Instant endedAt,
        Map<String, Verdict> regions,
        Map<String, String> labels,
        Duration reopenWithin,
        @Nullable String traceparent) {
    public Child {
        regions = new TreeMap<>(regions);
        labels = new TreeMap<>(labels);
    }

    /// Silence is no outage, and neither is what was announced.
    public boolean counts() {
        return open && !suppressed && kind != Kind.NO_DATA;
    }
}
