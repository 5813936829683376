package dev.tocsin.service.streams;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Utils;

/// Where an entry of a store belongs in an app whose topics have another number of partitions.
public sealed interface Place {
    /// What was kept in no partition of the old app may be in several of the new one, and the other way round: which of several is right.
    enum Which {
        /// The one that was written last.
        NEWEST,

        /// The one whose bytes are the greatest.
        GREATEST
    }

    /// With the records of a key.
    record WithKey(String key) implements Place {}

    /// In each: what is in any was told to all.
    record Everywhere(Which which) implements Place {}

    /// In none.
    ///
    /// @param why for people
    record Nowhere(String why) implements Place {}

    /// It is still to be decided on, by the old app.
    record Undecided() implements Place {}

    /// By what rule the entries of a store belong somewhere.
    @FunctionalInterface
    interface Rule {
        /// @throws IllegalArgumentException for an entry that the rule does not know, naming it
        Place of(String key, byte[] value);
    }

    /// A store's rule.
    ///
    /// @param source name of a topic, without prefix, that is read by the part of the app that has the store: it has as many partitions
    record Store(String source, Rule rule) {}

    /// To which partition Kafka's default partitioner sends a key.
    static int partition(String key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions;
    }

    /// Of so many partitions those to which it belongs.
    default Set<Integer> among(int partitions) {
        return switch (this) {
            case WithKey with -> Set.of(partition(with.key(), partitions));
            case Everywhere _ ->
                    IntStream.range(0, partitions).boxed().collect(Collectors.toUnmodifiableSet());
            case Nowhere _, Undecided _ -> Set.of();
        };
    }
}
