package dev.tocsin.service.progress;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How far a service has read of where it could, and since when that stands still. Times are since any one instant, of a clock that does not leap. No thread.
public final class Progress {
    /// A new leader is elected within that.
    static final Duration UNANSWERED = Duration.ofSeconds(10);

    /// Transactions here take milliseconds; one whose owner died is aborted after ten seconds.
    static final Duration OPEN = Duration.ofSeconds(15);

    /// A rebalance takes less, and so does what one record can ask for.
    static final Duration STILL = Duration.ofSeconds(30);

    private static final class Place {
        private long position = -1;
        private End end = new End(0, 0);

        /// When it was last seen to read, or that there was nothing to read.
        private Duration readAt;

        /// When its stable end was last seen to move, or to be its end.
        private Duration stableAt;

        Place(Duration now) {
            readAt = now;
            stableAt = now;
        }

        void become(long newPosition, End newEnd, Duration now) {
            if (newPosition != position || newPosition >= newEnd.stable()) {
                readAt = now;
            }
            if (newEnd.stable() != end.stable() || newEnd.stable() >= newEnd.end()) {
                stableAt = now;
            }
            position = newPosition;
            end = newEnd;
        }
    }

    private final String kafka;
    private final Map<String, Place> places = new TreeMap<>();
    private Duration answeredAt;
    private Duration answeredForAllAt;
    private String why = "";

    /// @param kafka how the brokers are reached, for people
    public Progress(String kafka, Duration now) {
        this.kafka = kafka;
        answeredAt = now;
        answeredForAllAt = now;
    }

    /// @param positions of what is read now, by topic and partition; of others nothing is known any more
    /// @param ends of the same
    public void answered(Map<String, Long> positions, Map<String, End> ends, Duration now) {
        answeredAt = now;
        why = "";
        places.keySet().retainAll(positions.keySet());
        positions.forEach((partition, position) -> {
            var end = ends.get(partition);
            if (end != null) {
                places.computeIfAbsent(partition, _ -> new Place(now)).become(position, end, now);
            }
        });
    }

    /// Also for what others read.
    public void answeredForAll(Duration now) {
        answeredForAllAt = now;
    }

    public void unanswered(String because) {
        why = because;
    }

    /// What is waited for; null when all goes on.
    public @Nullable String trouble(Duration now) {
        var silent = unanswered(now);
        if (silent.compareTo(UNANSWERED) >= 0) {
            return "Kafka (%s) has not answered for %d s: %s"
                    .formatted(kafka, silent.toSeconds(), why.isEmpty() ? "no answer" : why);
        }
        var open = longest(place -> place.stableAt);
        if (open != null && since(open.getValue().stableAt, now).compareTo(OPEN) >= 0) {
            return "a transaction in %s has been open at offset %d for %d s, and nothing after it can be read: kafka-transactions.sh find-hanging, then abort, ends it"
                    .formatted(
                            open.getKey(),
                            open.getValue().end.stable(),
                            since(open.getValue().stableAt, now).toSeconds());
        }
        var still = longest(place -> place.readAt);
        if (still != null && since(still.getValue().readAt, now).compareTo(STILL) >= 0) {
            return "%s is read up to %d of %d, and no further for %d s"
                    .formatted(
                            still.getKey(),
                            still.getValue().position,
                            still.getValue().end.stable(),
                            since(still.getValue().readAt, now).toSeconds());
        }
        var rest = since(answeredForAllAt, now);
        if (rest.compareTo(UNANSWERED) >= 0) {
            return "Kafka (%s) has not answered for %d s, but for what is read here: %s"
                    .formatted(kafka, rest.toSeconds(), why);
        }
        return null;
    }

    private Map.@Nullable Entry<String, Place> longest(Function<Place, Duration> since) {
        return places.entrySet().stream()
                .min(Map.Entry.comparingByValue(java.util.Comparator.comparing(since)))
                .orElse(null);
    }

    private static Duration since(Duration then, Duration now) {
        return now.minus(then);
    }

    public Duration unanswered(Duration now) {
        return since(answeredAt, now);
    }

    /// Records that could be read and are not.
    public long behind() {
        return places.values().stream()
                .mapToLong(place -> Math.max(0, place.end.stable() - place.position))
                .sum();
    }

    /// For how long a transaction has been open that holds readers up.
    public Duration open(Duration now) {
        var open = longest(place -> place.stableAt);
        return open == null ? Duration.ZERO : since(open.getValue().stableAt, now);
    }
}
