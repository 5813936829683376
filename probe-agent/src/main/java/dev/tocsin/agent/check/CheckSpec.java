package dev.tocsin.agent.check;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An element of `checks:` as written, its probe's own block taken out; also the shape of `defaults:`.
record CheckSpec(
        @Nullable String id,
        @Nullable String service,
        @Nullable String name,
        @Nullable String url,
        @Nullable Duration interval,
        @Nullable Duration timeout,
        @Nullable Duration retryInterval,
        @Nullable List<String> regions,
        @Nullable List<String> conditions,
        @Nullable List<String> degradedConditions,
        @Nullable IncidentSpec incident,
        @Nullable List<String> dependsOn,
        @Nullable Map<String, String> labels) {

    static final CheckSpec NONE =
            new CheckSpec(
                    null, null, null, null, null, null, null, null, null, null, null, null, null);

    /// `incident:`; null is the engine's default.
    record IncidentSpec(
            @Nullable Duration window,
            @Nullable Integer failureThreshold,
            @Nullable Integer successThreshold,
            @Nullable Integer failures,
            @Nullable Integer of,
            @Nullable String quorum,
            @Nullable Integer minRegions,
            @Nullable Duration partialFor,
            @Nullable Duration recoverFor,
            @Nullable Duration staleAfter,
            @Nullable Duration reopenWithin,
            @Nullable String noData,
            @Nullable String severity) {
        static final IncidentSpec NONE =
                new IncidentSpec(
                        null, null, null, null, null, null, null, null, null, null, null, null,
                        null);

        IncidentSpec {
            if (quorum != null && !quorum.matches("majority|any|all|[1-9]\\d*|([1-9]\\d?|100)%")) {
                throw new IllegalArgumentException(
                        "quorum: \""
                                + quorum
                                + "\" is not majority, any, all, a number or a percentage such as 50%");
            }
            if (noData != null && !noData.matches("alert|keep-last|ok")) {
                throw new IllegalArgumentException(
                        "no-data: \"" + noData + "\" is not alert, keep-last or ok");
            }
            if (severity != null && !severity.matches("critical|error|warning|info")) {
                throw new IllegalArgumentException(
                        "severity: \"" + severity + "\" is not critical, error, warning or info");
            }
            if ((failures == null) != (of == null)
                    || (failures != null && of != null && (failures < 1 || failures > of))) {
                throw new IllegalArgumentException(
                        "failures, of: give both, failures from 1 to of");
            }
            if ((failureThreshold != null && failureThreshold < 1)
                    || (successThreshold != null && successThreshold < 1)) {
                throw new IllegalArgumentException(
                        "failure-threshold, success-threshold: at least 1");
            }
        }
    }
}
