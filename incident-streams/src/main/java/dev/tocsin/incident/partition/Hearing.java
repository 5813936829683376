package dev.tocsin.incident.partition;

import dev.tocsin.incident.engine.fleet.Evidence;
import dev.tocsin.incident.engine.fleet.FleetEngine;
import dev.tocsin.schemas.CheckDefinition;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// From which regions a partition's checks hear, and where one fails alone: what its task tells of the agents. On the heap,
/// rebuilt with the task.
public final class Hearing {
    /// A region is quiet when three results of its most frequent check have not come, and never sooner than this.
    private static final Duration QUIET_AT_LEAST = Duration.ofSeconds(30);

    private static final class Place {
        /// How many checks have this interval, in ms.
        private final TreeMap<Long, Integer> intervals = new TreeMap<>();

        private int witnessed;
        private boolean heard;
        private boolean heardSinceResumed;
        private long lastHeardMs;
        private Instant resumedAt;

        private Place(Instant now) {
            resumedAt = now;
        }

        private @Nullable Instant quietSince(Instant now) {
            var shortest = Duration.ofMillis(intervals.firstKey()).multipliedBy(3);
            var patience = shortest.compareTo(QUIET_AT_LEAST) > 0 ? shortest : QUIET_AT_LEAST;
            var last = Instant.ofEpochMilli(Math.max(lastHeardMs, resumedAt.toEpochMilli()));
            return now.isBefore(last.plus(patience)) ? null : last;
        }
    }

    private record Alone(String region, @Nullable Instant since, String target) {}

    private final Map<String, Place> places = new HashMap<>();
    private final Map<String, Alone> aloneByCheck = new HashMap<>();
    private Instant resumedAt = Instant.EPOCH;
    private int checks;

    /// @param now before that nothing could be heard of it
    public void add(CheckDefinition check, Instant now) {
        checks++;
        count(check, 1, now);
    }

    public void remove(CheckDefinition check) {
        checks--;
        count(check, -1, resumedAt);
        aloneByCheck.remove(check.getCheckId());
    }

    private void count(CheckDefinition check, int by, Instant now) {
        for (var region : check.getRegions()) {
            var place = places.computeIfAbsent(region, _ -> new Place(now));
            place.intervals.merge(
                    check.getIntervalMs(),
                    by,
                    (before, more) -> before + more == 0 ? null : before + more);
            if (check.getRegions().size() > 1) {
                place.witnessed += by;
            }
            if (place.intervals.isEmpty()) {
                places.remove(region);
            }
        }
    }

    /// Something came, whatever it says.
    public void heard(String region, boolean voted, long appendedMs) {
        var place = places.get(region);
        if (place != null) {
            place.heard = true;
            place.heardSinceResumed = true;
            place.lastHeardMs = appendedMs;
        }
    }

    /// Time stood still: what was not heard meanwhile could not have been.
    public void resumed(Instant now) {
        resumedAt = now;
        for (var place : places.values()) {
            place.heardSinceResumed = false;
            place.resumedAt = now;
        }
    }

    /// @param region where the check fails alone, or null when it fails nowhere, or not alone
    /// @param definition asked for only when that is new
    public void failsAlone(
            String check,
            @Nullable String region,
            @Nullable Instant since,
            Supplier<CheckDefinition> definition) {
        if (region == null) {
            aloneByCheck.remove(check);
            return;
        }
        var before = aloneByCheck.get(check);
        if (before == null || !before.region().equals(region)) {
            var host = host(definition.get().getUrl());
            aloneByCheck.put(check, new Alone(region, since, host));
        }
    }

    /// Checks at one host fail together for reasons of their own. A target that names none stands for itself.
    private static String host(String url) {
        try {
            var host = new URI(url).getHost();
            return host == null ? url : host;
        } catch (URISyntaxException e) {
            return url;
        }
    }

    /// What is known now; null as long as some region has had no chance to be heard since time stood still.
    public @Nullable Evidence evidence(Instant now) {
        var alone = aloneByCheck.values().stream().collect(Collectors.groupingBy(Alone::region));
        var regions = new TreeMap<String, Evidence.Of>();
        for (var entry : places.entrySet()) {
            var place = entry.getValue();
            var quiet = place.quietSince(now);
            if (quiet == null && !place.heardSinceResumed) {
                return null;
            }
            var there = alone.getOrDefault(entry.getKey(), List.of());
            regions.put(
                    entry.getKey(),
                    new Evidence.Of(
                            place.witnessed,
                            there.size(),
                            there.stream()
                                    .map(Alone::since)
                                    .filter(Objects::nonNull)
                                    .min(Instant::compareTo)
                                    .orElse(null),
                            there.stream()
                                    .map(Alone::target)
                                    .distinct()
                                    .sorted()
                                    .limit(FleetEngine.UNRELATED)
                                    .collect(Collectors.toSet()),
                            place.heard,
                            quiet));
        }
        return new Evidence(checks, regions);
    }
}
