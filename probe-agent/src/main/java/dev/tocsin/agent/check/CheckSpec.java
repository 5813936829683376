package dev.tocsin.agent.check;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    CheckSpec {
        whole("regions", regions);
        whole("conditions", conditions);
        whole("degraded-conditions", degradedConditions);
        whole("depends-on", dependsOn);
        whole("labels", labels == null ? null : labels.values());
    }

    private static void whole(String key, @Nullable Collection<String> values) {
        if (values != null && values.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException(key + ": one of them is empty");
        }
    }

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
    }
}
