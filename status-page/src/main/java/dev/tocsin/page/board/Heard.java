package dev.tocsin.page.board;

import dev.tocsin.schemas.CheckResult;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// When each check was heard of last, and where. Not thread-safe.
final class Heard {
    /// @param voted by region: event time of the newest vote, by the broker's clock
    /// @param worked likewise, of the newest that says that it works
    private record OfCheck(
            int partition, Map<String, Instant> voted, Map<String, Instant> worked) {}

    private final Map<String, OfCheck> checks = new HashMap<>();

    void result(int partition, CheckResult result, Instant stamped) {
        var check =
                checks.compute(
                        result.getCheckId(),
                        (_, old) ->
                                old == null
                                        ? new OfCheck(partition, new HashMap<>(), new HashMap<>())
                                        : old.partition == partition
                                                ? old
                                                : new OfCheck(partition, old.voted, old.worked));
        switch (result.getOutcome()) {
            case PASS, DEGRADED -> {
                newer(check.voted, result, stamped);
                newer(check.worked, result, stamped);
            }
            case FAIL -> newer(check.voted, result, stamped);
            case ERROR, MISSED, UNKNOWN -> {
                // says nothing of the target
            }
        }
    }

    private static void newer(Map<String, Instant> times, CheckResult result, Instant stamped) {
        var at = result.getStartedAt().plusMillis(result.getClockOffsetMs());
        times.merge(
                result.getRegion(),
                at.isAfter(stamped) ? stamped : at,
                (a, b) -> a.isAfter(b) ? a : b);
    }

    /// The partition that its results come in; null before there was one.
    @Nullable Integer partition(String check) {
        var heard = checks.get(check);
        return heard == null ? null : (Integer) heard.partition;
    }

    @Nullable Instant voted(String check, String region) {
        var heard = checks.get(check);
        return heard == null ? null : heard.voted.get(region);
    }

    @Nullable Instant worked(String check, String region) {
        var heard = checks.get(check);
        return heard == null ? null : heard.worked.get(region);
    }

    /// Of checks that are no more nothing is kept.
    void keep(Set<String> defined) {
        checks.keySet().retainAll(defined);
    }
}
