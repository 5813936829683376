package dev.tocsin.standalone.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What a bad day of one size came to; null is what was not reached.
///
/// @param checks of the one group
/// @param othersMedianS how much later the others were told than on the quiet day
/// @param othersS the same of the one that it was worst for
/// @param bytesPerCheck what incident-streams wrote, by every check that failed, the others too: they fail on that day as well
/// @param cpuS of incident-streams' threads, from the first failure to the last close
/// @param failure what was not reached, and what had been by then
record Day(
        int checks,
        @Nullable Double openedS,
        @Nullable Double toldS,
        @Nullable Double closedS,
        @Nullable Double othersMedianS,
        @Nullable Double othersS,
        @Nullable Double bytesPerCheck,
        @Nullable Long largestBytes,
        @Nullable Integer outageEvents,
        @Nullable Double cpuS,
        Written written,
        @Nullable String failure) {

    /// Seconds from one to the other; what seems to come before its cause (two clocks that are read one after the other) takes no time.
    static @Nullable Double seconds(@Nullable Long fromMs, OptionalLong toMs) {
        return fromMs == null || toMs.isEmpty()
                ? null
                : Math.max(0, toMs.getAsLong() - fromMs) / 1000.0;
    }

    /// How much longer each of them took than on the quiet day, in ms, at least 0, sorted; empty unless all of them were told on both.
    static List<Long> later(
            Collection<String> keys, Map<String, Long> quietMs, Map<String, Long> badMs) {
        var later = new ArrayList<Long>();
        for (var key : keys) {
            var quiet = quietMs.get(key);
            var bad = badMs.get(key);
            if (quiet == null || bad == null) {
                return List.of();
            }
            later.add(Math.max(0, bad - quiet));
        }
        later.sort(Long::compare);
        return later;
    }

    /// In seconds; null of nothing.
    static @Nullable Double quantile(List<Long> sortedMs, double q) {
        return sortedMs.isEmpty() ? null : Quantile.of(sortedMs, q) / 1000.0;
    }

    /// How the bytes of a check grow from the smaller to this one; null unless both were measured.
    @Nullable Double growth(Day smaller) {
        return bytesPerCheck == null || smaller.bytesPerCheck == null || smaller.checks >= checks
                ? null
                : bytesPerCheck / smaller.bytesPerCheck;
    }

    /// The names of DESIGN section 9.
    ///
    /// @param smallest of the days measured
    void into(ObjectNode json, Day smallest) {
        json.put("checks", checks)
                .put("opened_s", openedS)
                .put("outage_told_s", toldS)
                .put("closed_s", closedS)
                .put("others_delay_s", othersS)
                .put("bytes_per_check", bytesPerCheck == null ? null : Math.round(bytesPerCheck))
                .put("bytes_growth", growth(smallest))
                .put("largest_record_bytes", largestBytes)
                .put("events_of_outage", outageEvents);
    }
}
