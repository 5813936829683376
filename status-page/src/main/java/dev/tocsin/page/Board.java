package dev.tocsin.page;

import dev.tocsin.schemas.CatalogEntry;
import dev.tocsin.schemas.CatalogKind;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckHour;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the topics have said so far. Thread-safe by its own lock.
final class Board {
    private static final Duration HISTORY = Duration.ofDays(30);
    private static final int INCIDENTS = 1000;

    /// One hour of one agent.
    record Hour(String check, Instant hour, long up, long votes) {}

    final Map<String, CheckDefinition> checks = new TreeMap<>();
    final Map<String, String> serviceNames = new HashMap<>();
    final Map<String, MaintenanceWindow> windows = new TreeMap<>();
    final Map<String, Hour> hours = new HashMap<>();
    final Freshness freshness = new Freshness();

    /// Check and region, to the newest vote's event time by the broker's clock.
    final Map<String, Instant> heard = new HashMap<>();

    /// Incident id to its newest event.
    final Map<String, IncidentEvent> incidents = new HashMap<>();

    /// Incident id to its events, oldest first, for the incidents of the last while.
    final Map<String, List<IncidentEvent>> events =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, List<IncidentEvent>> e) {
                    return size() > INCIDENTS;
                }
            };

    synchronized void check(String id, @Nullable CheckDefinition definition) {
        set(checks, id, definition);
    }

    synchronized void entry(String key, @Nullable CatalogEntry entry) {
        if (key.startsWith("service:")) {
            var name =
                    entry == null || entry.getKind() != CatalogKind.SERVICE
                            ? null
                            : entry.getName();
            set(serviceNames, key.substring("service:".length()), name);
        }
    }

    synchronized void window(String id, @Nullable MaintenanceWindow window) {
        set(windows, id, window);
    }

    synchronized void incident(String id, @Nullable IncidentEvent newest) {
        set(incidents, id, newest);
    }

    synchronized void event(@Nullable IncidentEvent event) {
        if (event != null) {
            events.computeIfAbsent(event.getIncidentId(), _ -> new ArrayList<>()).add(event);
        }
    }

    synchronized void hour(String key, @Nullable CheckHour hour, Instant now) {
        var edge = now.minus(HISTORY);
        if (hour == null || hour.getHour().isBefore(edge)) {
            hours.remove(key);
            return;
        }
        var outcomes = hour.getOutcomes();
        long up =
                outcomes.getOrDefault(Outcome.PASS.name(), 0L)
                        + outcomes.getOrDefault(Outcome.DEGRADED.name(), 0L);
        long down = outcomes.getOrDefault(Outcome.FAIL.name(), 0L);
        hours.put(key, new Hour(hour.getCheckId(), hour.getHour(), up, up + down));
    }

    /// @param result null for a tick
    synchronized void result(@Nullable CheckResult result, Instant stamped, Instant received) {
        freshness.heard(stamped, received);
        if (result == null) {
            return;
        }
        switch (result.getOutcome()) {
            case PASS, DEGRADED, FAIL -> {
                var at = result.getStartedAt().plusMillis(result.getClockOffsetMs());
                heard.merge(
                        place(result.getCheckId(), result.getRegion()),
                        at.isAfter(stamped) ? stamped : at,
                        (a, b) -> a.isAfter(b) ? a : b);
            }
            case ERROR, MISSED, UNKNOWN -> {
                // says nothing of the target
            }
        }
    }

    static String place(String check, String region) {
        return check + "|" + region;
    }

    private static <V> void set(Map<String, V> map, String key, @Nullable V value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }
}
