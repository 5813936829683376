package dev.tocsin.incident.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// When a check's failures are an incident, every default filled in.
///
/// @param group of services: what fails together there is one outage
/// @param windows of maintenance that concern this check
/// @param failures with `of`: a region fails at m of its last n votes; `of` 0 means `failureThreshold` in a row
public record Policy(
        String checkId,
        String configVersion,
        String group,
        List<Window> windows,
        List<String> regions,
        Duration window,
        int failureThreshold,
        int successThreshold,
        int failures,
        int of,
        Quorum quorum,
        int minRegions,
        Duration partialFor,
        Duration recoverFor,
        Duration staleAfter,
        Duration noDataFor,
        Duration reopenWithin,
        Duration flapQuiet,
        Duration maxResultAge,
        NoData noData,
        Severity severity) {
    /// Three turns in this time are flapping (rule 4).
    static final Duration FLAP_WINDOW = Duration.ofMinutes(30);

    static final int FLAP_TURNS = 3;

    public Policy {
        windows = List.copyOf(windows);
        regions = List.copyOf(regions);
    }

    /// What explains a failure in these regions now, e.g. `maintenance:db-upgrade`, or null.
    @Nullable String suppression(Set<String> failed, Instant now) {
        return windows.stream()
                .filter(window -> window.explains(failed, now))
                .map(window -> "maintenance:" + window.id())
                .findFirst()
                .orElse(null);
    }

    public enum NoData {
        ALERT,
        KEEP_LAST,
        OK
    }

    /// Ordered: later is worse.
    public enum Severity {
        INFO,
        WARNING,
        ERROR,
        CRITICAL
    }
}
