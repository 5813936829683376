package dev.tocsin.incident.engine.report;

import dev.tocsin.incident.engine.check.Reports;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Users who report one service (rule 10). Pure.
///
/// @param lastAt by reporter, those of the last five minutes
/// @param told how many the checks of the service were told of last, and `toldAt` when; 0 when never
public record UserReports(Map<String, Instant> lastAt, int told, Instant toldAt) {
    public static final UserReports NONE = new UserReports(Map.of(), 0, Instant.EPOCH);

    /// So many different ones in so long are evidence.
    public static final int ENOUGH = 5;

    public static final Duration WINDOW = Duration.ofMinutes(5);
    private static final Duration AGAIN = Duration.ofMinutes(1);

    public UserReports {
        lastAt = new TreeMap<>(lastAt);
    }

    /// @param tell what the checks of the service are to know, or null: when there are enough, then each minute, or when they double
    public record Change(UserReports next, @Nullable Reports tell) {}

    public Change add(String reporter, Instant now) {
        var all = new TreeMap<>(lastAt);
        all.put(reporter, now);
        all.values().removeIf(at -> !at.isAfter(now.minus(WINDOW)));
        boolean tell =
                all.size() >= ENOUGH
                        && (all.size() >= 2 * told || !now.isBefore(toldAt.plus(AGAIN)));
        return tell
                ? new Change(
                        new UserReports(all, all.size(), now),
                        new Reports(all.size(), now.plus(WINDOW)))
                : new Change(new UserReports(all, told, toldAt), null);
    }
}
