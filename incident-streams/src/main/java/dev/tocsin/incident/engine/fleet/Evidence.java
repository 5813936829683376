package dev.tocsin.incident.engine.fleet;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What the checks of one partition say of the agents.
///
/// @param checks how many there are
/// @param regions those in which they run
public record Evidence(int checks, Map<String, Of> regions) {
    public Evidence {
        regions = new TreeMap<>(regions);
    }

    /// Whether any region is.
    public boolean quiet() {
        return regions.values().stream().anyMatch(of -> of.quietSince() != null);
    }

    /// @param witnessed checks that other regions measure, too
    /// @param failingAlone those of them that fail there while all others that are heard see them up
    /// @param failingSince the first failure of those, or null
    /// @param targets up to [FleetEngine#UNRELATED] different hosts of those
    /// @param heard whether anything has ever come from there
    /// @param quietSince since when nothing has, where that is longer than it should be; else null
    public record Of(
            int witnessed,
            int failingAlone,
            @Nullable Instant failingSince,
            Set<String> targets,
            boolean heard,
            @Nullable Instant quietSince) {
        public Of {
            targets = new TreeSet<>(targets);
        }

        /// Of both partitions; quiet only where both are.
        Of and(Of other) {
            var all = new TreeSet<>(targets);
            all.addAll(other.targets);
            return new Of(
                    witnessed + other.witnessed,
                    failingAlone + other.failingAlone,
                    earlier(failingSince, other.failingSince),
                    all,
                    heard || other.heard,
                    quietSince == null || other.quietSince == null
                            ? null
                            : quietSince.isAfter(other.quietSince) ? quietSince : other.quietSince);
        }

        private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
            return one == null || (other != null && other.isBefore(one)) ? other : one;
        }
    }
}
