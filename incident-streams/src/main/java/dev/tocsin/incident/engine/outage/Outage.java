package dev.tocsin.incident.engine.outage;

import dev.tocsin.incident.engine.Past;
import dev.tocsin.incident.engine.Times;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Incidents of one group that overlap in time, as one (rule 8).
///
/// @param children every incident that was ever part of it, by incident id, as last heard
/// @param failing regions in which any of them fails now
public record Outage(
        String id,
        long seq,
        Times times,
        Map<String, Child> children,
        Set<String> failing,
        Past past,
        @Nullable String traceparent) {
    public Outage {
        children = new TreeMap<>(children);
        failing = new TreeSet<>(failing);
    }

    public boolean open() {
        return times.closedAt() == null;
    }

    public Outage told() {
        return new Outage(id, seq + 1, times, children, failing, past, traceparent);
    }

    public Outage at(Times next) {
        return new Outage(id, seq, next, children, failing, past, traceparent);
    }

    public Outage of(Map<String, Child> now, Set<String> failingNow) {
        return new Outage(id, seq, times, now, failingNow, past, traceparent);
    }
}
