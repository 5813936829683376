package dev.tocsin.agent.publish;

import dev.tocsin.schemas.CheckHour;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Keys;
import dev.tocsin.schemas.LatencyBucket;
import dev.tocsin.schemas.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// Counts results by check and hour, for the `check-hours` topic: history without the results themselves. Every boot has
/// counts of its own, so that a restart adds and never overwrites. Thread-safe.
public final class HourCounts {
    /// Upper bounds in microseconds, 1 ms to 60 s in steps of 1, 2, 5; what is slower falls into the last.
    private static final List<Long> BOUNDS =
            List.of(
                    1_000L,
                    2_000L,
                    5_000L,
                    10_000L,
                    20_000L,
                    50_000L,
                    100_000L,
                    200_000L,
                    500_000L,
                    1_000_000L,
                    2_000_000L,
                    5_000_000L,
                    10_000_000L,
                    20_000_000L,
                    60_000_000L,
                    Long.MAX_VALUE);

    private static final Duration MEMORY = Duration.ofHours(3);

    private record Key(String check, Instant hour) {}

    private static final class Counts {
        final String agent;
        final String region;
        final long boot;
        final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
        final NavigableMap<Long, Long> latency = new TreeMap<>();
        boolean changed;

        Counts(CheckResult first) {
            agent = first.getAgentId();
            region = first.getRegion();
            boot = first.getBootEpoch();
        }
    }

    private final Map<Key, Counts> counts = new HashMap<>();

    /// The newest hour that was told and is not known any more.
    private Instant forgotten = Instant.MIN;

    public synchronized void count(CheckResult result) {
        var hour = result.getScheduledAt().truncatedTo(ChronoUnit.HOURS);
        var key = new Key(result.getCheckId(), hour);
        if (!hour.isAfter(forgotten) && !counts.containsKey(key)) {
            return; // begun anew, it would overwrite what was told: slots that a suspended machine
            // missed
        }
        var entry = counts.computeIfAbsent(key, _ -> new Counts(result));
        entry.outcomes.merge(result.getOutcome(), 1L, Long::sum);
        if (result.getOutcome() == Outcome.PASS || result.getOutcome() == Outcome.DEGRADED) {
            long bound =
                    BOUNDS.stream()
                            .filter(b -> result.getDurationUs() <= b)
                            .findFirst()
                            .orElse(Long.MAX_VALUE);
            entry.latency.merge(bound, 1L, Long::sum);
        }
        entry.changed = true;
    }

    /// Hands over key and value of all that has changed, until `sent` says no: that one and the rest are handed over the next time. Hours
    /// long past are forgotten when they were told. `sent` may take long, as while Kafka is away: nobody who counts waits for it.
    public void tell(Instant now, BiPredicate<String, CheckHour> sent) {
        for (var key : changed()) {
            var hour = taken(key, now);
            if (hour != null && !sent.test(Keys.of(hour), hour)) {
                again(key);
                break;
            }
        }
        forget(now);
    }

    private synchronized List<Key> changed() {
        return counts.entrySet().stream()
                .filter(entry -> entry.getValue().changed)
                .map(Map.Entry::getKey)
                .toList();
    }

    /// @return null when it is forgotten, or told, by now
    private synchronized @Nullable CheckHour taken(Key key, Instant now) {
        var entry = counts.get(key);
        if (entry == null || !entry.changed) {
            return null;
        }
        entry.changed = false;
        return hour(key, entry, now);
    }

    private synchronized void again(Key key) {
        var entry = counts.get(key);
        if (entry != null) {
            entry.changed = true;
        }
    }

    private synchronized void forget(Instant now) {
        for (var all = counts.entrySet().iterator(); all.hasNext(); ) {
            var entry = all.next();
            var hour = entry.getKey().hour();
            if (!entry.getValue().changed && hour.isBefore(now.minus(MEMORY))) {
                all.remove();
                forgotten = hour.isAfter(forgotten) ? hour : forgotten;
            }
        }
    }

    private static CheckHour hour(Key key, Counts entry, Instant now) {
        var outcomes = new HashMap<String, Long>();
        entry.outcomes.forEach((outcome, count) -> outcomes.put(outcome.name(), count));
        var latency = new ArrayList<LatencyBucket>();
        entry.latency.forEach((bound, count) -> latency.add(new LatencyBucket(bound, count)));
        return CheckHour.newBuilder()
                .setCheckId(key.check())
                .setRegion(entry.region)
                .setAgentId(entry.agent)
                .setBootEpoch(entry.boot)
                .setHour(key.hour())
                .setOutcomes(outcomes)
                .setLatency(latency)
                .setUpdatedAt(now.truncatedTo(ChronoUnit.MILLIS))
                .build();
    }
}
