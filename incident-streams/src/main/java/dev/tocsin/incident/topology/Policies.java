package dev.tocsin.incident.topology;

import dev.tocsin.incident.engine.Policy;
import dev.tocsin.incident.engine.Policy.NoData;
import dev.tocsin.incident.engine.Policy.Severity;
import dev.tocsin.incident.engine.Quorum;
import dev.tocsin.incident.engine.Window;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.MaintenanceWindow;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// From a definition to the engine's policy, with the defaults of DESIGN section 6.
final class Policies {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private Policies() {}

    /// @throws IllegalArgumentException when the definition is none that `tocsin validate` lets pass
    static Policy of(CheckDefinition check, Collection<MaintenanceWindow> maintenance) {
        var rules = check.getIncident();
        var interval = Duration.ofMillis(check.getIntervalMs());
        int configured = check.getRegions().size();
        if (configured == 0
                || check.getIntervalMs() <= 0
                || rules.getFailureThreshold() < 1
                || rules.getSuccessThreshold() < 1) {
            throw new IllegalArgumentException(
                    "a check needs regions, an interval and thresholds above 0");
        }
        var of = rules.getOf();
        var failures = rules.getFailures();
        int votes = Math.max(5, Math.max(rules.getFailureThreshold(), of == null ? 0 : of) + 2);
        var minRegions = rules.getMinRegions();
        return new Policy(
                check.getCheckId(),
                check.getConfigVersion(),
                check.getGroup(),
                maintenance.stream()
                        .filter(window -> concerns(window, check))
                        .map(window ->
                                new Window(
                                        window.getWindowId(),
                                        Set.copyOf(window.getRegions()),
                                        window.getStartsAt(),
                                        window.getEndsAt()))
                        .toList(),
                check.getRegions(),
                or(rules.getWindowMs(), interval.multipliedBy(votes)),
                rules.getFailureThreshold(),
                rules.getSuccessThreshold(),
                failures == null ? 0 : failures,
                of == null ? 0 : of,
                Quorum.parse(rules.getQuorum()),
                minRegions != null
                        ? minRegions
                        : rules.getQuorum().equals("any") ? 1 : Math.min(2, configured),
                or(rules.getPartialForMs(), max(interval.multipliedBy(5), MINUTE)),
                or(rules.getRecoverForMs(), max(interval.multipliedBy(2), Duration.ofSeconds(10))),
                or(rules.getStaleAfterMs(), max(interval.multipliedBy(3), Duration.ofSeconds(30))),
                max(interval.multipliedBy(3), MINUTE),
                or(rules.getReopenWithinMs(), Duration.ofMinutes(10)),
                max(Duration.ofMinutes(15), interval.multipliedBy(5)),
                max(Duration.ofMinutes(10), interval.multipliedBy(3)),
                NoData.valueOf(rules.getNoData().replace('-', '_').toUpperCase(Locale.ROOT)),
                Severity.valueOf(rules.getSeverity().toUpperCase(Locale.ROOT)));
    }

    /// A window concerns the checks that it names by id, service or labels, and all when it names none.
    private static boolean concerns(MaintenanceWindow window, CheckDefinition check) {
        boolean names =
                !window.getChecks().isEmpty()
                        || !window.getServices().isEmpty()
                        || !window.getLabels().isEmpty();
        return !names
                || window.getChecks().contains(check.getCheckId())
                || window.getServices().contains(check.getService())
                || (!window.getLabels().isEmpty()
                        && check.getLabels().entrySet().containsAll(window.getLabels().entrySet()));
    }

    private static Duration or(@Nullable Long millis, Duration fallback) {
        return millis == null ? fallback : Duration.ofMillis(millis);
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }
}
