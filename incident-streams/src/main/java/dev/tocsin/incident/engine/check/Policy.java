package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Severity;
import java.time.Duration;
import java.util.List;

/// When a check's failures are an incident, every default filled in, and what is known around it now.
///
/// @param group of services: what fails together there is one outage
/// @param around what is known of the agents as a whole, and `near` what concerns this check
/// @param dependsOn checks that explain this one's failure when they fail themselves
/// @param hold how long the verdicts of those are waited for before anybody is told
/// @param slot two agents of a region that vote the same within it ran the same slot
/// @param failures with `of`: a region fails at m of its last n votes; `of` 0 means `failureThreshold` in a row
public record Policy(
        String checkId,
        String group,
        Around around,
        Near near,
        List<String> dependsOn,
        Duration hold,
        List<String> regions,
        Duration window,
        Duration slot,
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
        dependsOn = List.copyOf(dependsOn);
        regions = List.copyOf(regions);
    }

    /// How many votes of a region are kept at most: more than any threshold needs, also where they come out of order.
    int votes() {
        return 4 * Math.max(Math.max(failureThreshold, successThreshold), of) + 16;
    }

    public Patience patience() {
        return new Patience(
                regions, window.toMillis(), staleAfter.toMillis(), maxResultAge.toMillis());
    }

    public Policy under(Around now) {
        return under(now, near);
    }

    /// The same with other agents around, and other things near.
    public Policy under(Around now, Near known) {
        return new Policy(
                checkId,
                group,
                now,
                known,
                dependsOn,
                hold,
                regions,
                window,
                slot,
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
