package dev.tocsin.incident.engine;

import java.time.Duration;
import java.util.List;

/// When a check's failures are an incident, every default filled in.
///
/// @param failures with `of`: a region fails at m of its last n votes; `of` 0 means `failureThreshold` in a row
public record Policy(
        String checkId,
        String configVersion,
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
        regions = List.copyOf(regions);
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
