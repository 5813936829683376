package dev.tocsin.incident.partition;

import dev.tocsin.incident.engine.Severity;
import dev.tocsin.incident.engine.check.Around;
import dev.tocsin.incident.engine.check.Near;
import dev.tocsin.incident.engine.check.Patience;
import dev.tocsin.incident.engine.check.Policy;
import dev.tocsin.incident.engine.check.Policy.NoData;
import dev.tocsin.incident.engine.check.Quorum;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.DefinitionRules;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// From a definition to the engine's policy, with the defaults of DESIGN section 6.
public final class Policies {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /// A round of retries may be long; to leave somebody in the dark for longer is worse than to tell too much.
    private static final Duration HOLD_AT_MOST = Duration.ofSeconds(30);

    /// Most checks share their times and regions: one copy of each does for a million of them.
    private static final Map<Object, Object> SHARED = new ConcurrentHashMap<>();

    private static final int SHARED_AT_MOST = 10_000;

    private Policies() {}

    @SuppressWarnings("unchecked")
    private static <T> T shared(T value) {
        var one = SHARED.get(value);
        if (one == null && SHARED.size() < SHARED_AT_MOST) {
            SHARED.put(value, value);
        }
        return one == null ? value : (T) one;
    }

    /// For a definition that comes: what an earlier version let pass, and is stored, is judged as it was.
    ///
    /// Those who follow definitions have the same rules: none is measured and shown that nobody decides on.
    ///
    /// @throws IllegalArgumentException naming the check and the reason, when the definition can never fire or has no bound
    public static void accept(CheckDefinition check) {
        try {
            DefinitionRules.check(check);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "check \"" + check.getCheckId() + "\": " + e.getMessage(), e);
        }
    }

    static Patience patience(Policy policy) {
        return shared(policy.patience());
    }

    /// Under no maintenance, and with nothing wrong around it.
    ///
    /// @throws IllegalArgumentException when nothing can be judged by the definition
    public static Policy of(CheckDefinition check) {
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
        var retry =
                or(check.getRetryIntervalMs(), max(interval.dividedBy(4), Duration.ofSeconds(1)));
        var of = rules.getOf();
        var failures = rules.getFailures();
        int votes = DefinitionRules.votes(rules);
        var minRegions = rules.getMinRegions();
        return new Policy(
                check.getCheckId(),
                shared(check.getGroup()),
                Around.NOTHING,
                Near.NOTHING,
                check.getDependsOn(),
                min(retry.multipliedBy(rules.getFailureThreshold()), HOLD_AT_MOST),
                shared(List.copyOf(check.getRegions())),
                or(rules.getWindowMs(), interval.multipliedBy(votes)),
                shared(min(retry, interval).dividedBy(2)),
                rules.getFailureThreshold(),
                rules.getSuccessThreshold(),
                failures == null ? 0 : failures,
                of == null ? 0 : of,
                shared(Quorum.parse(rules.getQuorum())),
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

    private static Duration or(@Nullable Long millis, Duration fallback) {
        return shared(millis == null ? fallback : Duration.ofMillis(millis));
    }

    private static Duration min(Duration a, Duration b) {
        return shared(a.compareTo(b) < 0 ? a : b);
    }

    private static Duration max(Duration a, Duration b) {
        return shared(a.compareTo(b) > 0 ? a : b);
    }
}
