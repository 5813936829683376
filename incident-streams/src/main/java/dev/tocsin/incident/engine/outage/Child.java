package dev.tocsin.incident.engine.outage;

import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Resolution;
import dev.tocsin.incident.engine.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an outage needs to know of one incident, as last told.
///
/// @param startedAt when it began to fail this time
/// @param resolution why it was closed; null while it is open
/// @param regions what is said of each; not sorted, so that ten thousand of them cost little
/// @param fine those of them that are not heard, and that its check takes for fine: silence makes no scope wider. Null where an earlier
///     build told it
/// @param passing nothing of it that is heard fails any more, whatever `regions` say: those recover when that has lasted
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
        boolean flapping,
        Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable String resolution,
        Map<String, Standing> regions,
        @Nullable Set<String> fine,
        boolean passing,
        Map<String, String> labels,
        Duration reopenWithin,
        @Nullable String traceparent) {
    public Child {
        regions = Map.copyOf(regions);
        fine = fine == null ? null : Set.copyOf(fine);
        labels = Map.copyOf(labels);
    }

    /// Closed, and not because it passes again: it was removed, or somebody closed it.
    boolean otherwise() {
        return !open && resolution != null && !resolution.equals(Resolution.RECOVERED);
    }

    /// What became of it, after its name.
    String gone() {
        return Resolution.CONFIG_REMOVED.equals(resolution)
                ? " was removed"
                : " was closed by hand";
    }

    /// Silence is no outage, and neither is what was announced.
    private boolean counts() {
        return open && !suppressed && kind != Kind.NO_DATA;
    }

    boolean failsIn(Standing standing) {
        return standing == Standing.FAILING
                || (standing == Standing.DEGRADED && kind == Kind.DEGRADED);
    }

    private boolean failsSomewhere() {
        return regions.values().stream().anyMatch(this::failsIn);
    }

    /// As told, wherever it is heard.
    private boolean passesAsTold() {
        return !failsSomewhere() && regions.values().stream().anyMatch(Standing::heard);
    }

    /// Whether an outage opens and lasts because of it: it fails somewhere now, or it was part of an outage that is open, and
    /// waits for its close. One that flaps and was told to pass waits for nothing: flapping is a word about telling.
    ///
    /// @param was whether it was active until now, in an outage that is open
    boolean active(boolean was) {
        return (counts() && failsSomewhere() && !passing)
                || (was && open && !(flapping && passesAsTold()));
    }

    /// Whether it passes or fails by `now`, and where it fails at least: silence may have been told of that before.
    public Child heard(Child now) {
        var standings = new HashMap<>(regions);
        if (!now.passing) {
            now.regions.forEach((region, standing) -> {
                if (failsIn(standing)) {
                    standings.put(region, standing);
                }
            });
        }
        return new Child(
                incidentId,
                checkId,
                name,
                service,
                kind,
                severity,
                open,
                suppressed,
                flapping,
                startedAt,
                endedAt,
                resolution,
                standings,
                fine,
                now.passing,
                labels,
                reopenWithin,
                traceparent);
    }
}
