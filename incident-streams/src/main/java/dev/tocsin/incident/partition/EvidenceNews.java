package dev.tocsin.incident.partition;

import dev.tocsin.incident.engine.fleet.Evidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a partition tells of the regions: everything when it begins and when a region is gone, after that only what has changed, and
/// nothing but that time passes as long as a region is silent. One thread.
final class EvidenceNews {
    /// With these a signal is a fraction of what one may be.
    private static final int REGIONS_AT_MOST = 100;

    private static final int NAMES_AT_MOST = 30_000;

    private final Map<String, Evidence.Of> told = new TreeMap<>();
    private int toldChecks;
    private boolean begun;

    /// @param now of every region
    /// @return empty when there is nothing to tell
    List<Evidence> of(int checks, Map<String, Evidence.Of> now) {
        boolean whole = !begun || !now.keySet().containsAll(told.keySet());
        var changed = new TreeMap<>(now);
        if (!whole) {
            changed.entrySet().removeIf(of -> of.getValue().equals(told.get(of.getKey())));
        }
        boolean silent = now.values().stream().anyMatch(Evidence::silent);
        if (!whole && changed.isEmpty() && toldChecks == checks && !silent) {
            return List.of();
        }
        told.keySet().retainAll(now.keySet());
        told.putAll(changed);
        toldChecks = checks;
        begun = true;
        return portions(checks, changed, whole);
    }

    private static List<Evidence> portions(
            int checks, Map<String, Evidence.Of> regions, boolean whole) {
        var all = new ArrayList<Evidence>();
        var portion = new TreeMap<String, Evidence.Of>();
        String after = null;
        int names = 0;
        for (var region : regions.entrySet()) {
            int length = region.getKey().length();
            if (!portion.isEmpty()
                    && (portion.size() == REGIONS_AT_MOST || names + length > NAMES_AT_MOST)) {
                all.add(portion(checks, portion, whole, after, portion.lastKey()));
                after = portion.lastKey();
                portion = new TreeMap<>();
                names = 0;
            }
            portion.put(region.getKey(), region.getValue());
            names += length;
        }
        all.add(portion(checks, portion, whole, after, null));
        return all;
    }

    private static Evidence portion(
            int checks,
            Map<String, Evidence.Of> regions,
            boolean whole,
            @Nullable String after,
            @Nullable String upTo) {
        return new Evidence(checks, regions, whole ? new Evidence.Names(after, upTo) : null);
    }
}
