package dev.tocsin.incident.partition;

import dev.tocsin.incident.engine.fleet.FleetEngine;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// The checks that fail in one region and are up in all others, by region. Added up when asked, and only where something has changed.
final class FailingAlone {
    /// @param targets up to [FleetEngine#UNRELATED] of their hosts, as 8 hex digits each: they are only told apart
    record Sum(int checks, @Nullable Instant since, Set<String> targets) {}

    private static final Sum NONE = new Sum(0, null, Set.of());

    private static final class Alone {
        private final @Nullable Instant since;
        private final Supplier<String> host;
        private @Nullable String target;

        Alone(@Nullable Instant since, Supplier<String> host) {
            this.since = since;
            this.host = host;
        }

        /// Most fail alone only until the next region's vote: not asked for before it is needed.
        String target() {
            if (target == null) {
                target = hash(host.get());
            }
            return target;
        }
    }

    private final Map<String, String> regionByCheck = new HashMap<>();
    private final Map<String, Map<String, Alone>> byRegion = new HashMap<>();
    private final Map<String, Sum> sums = new HashMap<>();

    /// @param host asked for later, and only if it still fails alone then
    void at(String check, String region, @Nullable Instant since, Supplier<String> host) {
        if (!region.equals(regionByCheck.get(check))) {
            nowhere(check);
            regionByCheck.put(check, region);
            byRegion.computeIfAbsent(region, _ -> new HashMap<>())
                    .put(check, new Alone(since, host));
            sums.remove(region);
        }
    }

    void nowhere(String check) {
        var region = regionByCheck.remove(check);
        if (region != null) {
            byRegion.computeIfPresent(
                    region,
                    (_, checks) ->
                            checks.remove(check) != null && checks.isEmpty() ? null : checks);
            sums.remove(region);
        }
    }

    Sum in(String region) {
        var checks = byRegion.get(region);
        return checks == null ? NONE : sums.computeIfAbsent(region, _ -> sum(checks));
    }

    private static Sum sum(Map<String, Alone> checks) {
        return new Sum(
                checks.size(),
                checks.values().stream()
                        .map(alone -> alone.since)
                        .filter(Objects::nonNull)
                        .min(Instant::compareTo)
                        .orElse(null),
                checks.values().stream()
                        .map(Alone::target)
                        .distinct()
                        .sorted()
                        .limit(FleetEngine.UNRELATED)
                        .collect(Collectors.toSet()));
    }

    private static String hash(String host) {
        var crc = new CRC32();
        crc.update(host.getBytes(StandardCharsets.UTF_8));
        return "%08x".formatted(crc.getValue());
    }
}
