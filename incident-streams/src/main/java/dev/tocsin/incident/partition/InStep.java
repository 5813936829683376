package dev.tocsin.incident.partition;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Keeps partitions in step of time while they work off what waited for this process: one that is read to its end before another is
/// begun would tell of things that happened later first, and more so with each restart in the middle. Times are the records' own,
/// in ms; `nanos` is any clock that only goes forward. Thread-safe.
public final class InStep {
    /// Not each record is waited for: fetching in turns costs.
    private static final long STEP_MS = 2000;

    /// A partition that gives nothing for so long, as its broker is away, is not waited for.
    private static final long PATIENCE_NANOS = Duration.ofSeconds(3).toNanos();

    /// A partition that has not caught up.
    ///
    /// @param end first offset that was written after it was assigned
    /// @param ms of the newest record that was read
    /// @param movedAtNanos when anything was read last
    private record Place(long end, long ms, long movedAtNanos) {}

    private final Map<Integer, Place> behind = new HashMap<>();

    /// @param next offset of what is read next
    /// @param end of the next that is written
    /// @param ms of the newest record that was read before it was assigned; below zero when that is not known
    public synchronized void assigned(int partition, long next, long end, long ms, long nanos) {
        behind.put(partition, new Place(end, ms, nanos));
        read(partition, next, ms, nanos);
    }

    public synchronized void revoked(int partition) {
        behind.remove(partition);
    }

    /// @param next offset of what is read next
    /// @param ms of the newest record that was read
    public synchronized void read(int partition, long next, long ms, long nanos) {
        behind.computeIfPresent(
                partition,
                (_, place) -> next < place.end() ? new Place(place.end(), ms, nanos) : null);
    }

    /// Those that are to wait for others.
    public synchronized Set<Integer> ahead(long nanos) {
        long slowest =
                behind.values().stream()
                        .filter(place -> nanos - place.movedAtNanos() < PATIENCE_NANOS)
                        .mapToLong(Place::ms)
                        .min()
                        .orElse(Long.MAX_VALUE - STEP_MS);
        return behind.entrySet().stream()
                .filter(one -> one.getValue().ms() > slowest + STEP_MS)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
