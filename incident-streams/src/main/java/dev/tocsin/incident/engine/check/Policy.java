package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Severity;
import java.time.Duration;
import java.util.List;

/// When a check's failures are an incident, every default filled in.
///
/// @param group of services: what fails together there is one outage
/// @param windows of maintenance that concern this check
/// @param around what is known of the agents as a whole
/// @param dependsOn checks that explain this one's failure when they fail themselves
/// @param hold how long the verdicts of those are waited for before anybody is told
/// @param failures with `of`: a region fails at m of its last n votes; `of` 0 means `failureThreshold` in a row
public record Policy(
        String checkId,
        String group,
        List<Window> windows,
        Around around,
        List<String> dependsOn,
        Duration hold,
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
    public static final Duration FLAP_WINDOW = Duration.ofMinutes(30);

    public static final int FLAP_TURNS = 3;

    public Policy {
        windows = List.copyOf(windows);
        dependsOn = List.copyOf(dependsOn);
        regions = List.copyOf(regions);
    }

    public Policy under(Around now) {
        return under(windows, now);
    }

    /// The same under other windows, and with other agents around.
    public Policy under(List<Window> announced, Around now) {
        return new Policy(
                checkId,
                group,
                announced,
                now,
                dependsOn,
                hold,
                regions,
                window,
                failureThreshold,
                successThreshold,
                failures,
                of,
                quorum,
                minRegions,
                partialFor,
                recoverFor,
                staleAfter,
                noDataFor,
                reopenWithin,
                flapQuiet,
                maxResultAge,
                noData,
                severity);
    }

    public enum NoData {
        ALERT,
        KEEP_LAST,
        OK
    }
}
