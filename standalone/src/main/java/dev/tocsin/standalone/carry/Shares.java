package dev.tocsin.standalone.carry;

import dev.tocsin.service.streams.Place;
import dev.tocsin.service.streams.Place.Everywhere;
import dev.tocsin.service.streams.Place.Nowhere;
import dev.tocsin.service.streams.Place.Undecided;
import dev.tocsin.service.streams.Place.Which;
import dev.tocsin.service.streams.Place.WithKey;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The entries of one store, dealt out to so many partitions. Pure.
final class Shares {
    /// As its changelog has it.
    static final class Entry {
        private final String key;
        private final byte[] value;
        private final long writtenMs;

        /// @param writtenMs its stamp
        Entry(String key, byte[] value, long writtenMs) {
            this.key = key;
            this.value = value;
            this.writtenMs = writtenMs;
        }

        String key() {
            return key;
        }

        byte[] value() {
            return value;
        }

        long writtenMs() {
            return writtenMs;
        }
    }

    private static final Comparator<Entry> GREATEST =
            (one, other) -> Arrays.compareUnsigned(one.value(), other.value());
    private static final Comparator<Entry> NEWEST =
            Comparator.comparingLong(Entry::writtenMs).thenComparing(GREATEST);

    private final Place.Rule rule;
    private final int partitions;

    /// What each partition of the old app has now.
    private final Map<Integer, Map<String, Entry>> old = new TreeMap<>();

    Shares(Place.Rule rule, int partitions) {
        this.rule = rule;
        this.partitions = partitions;
    }

    /// A record of the changelog, in the order of its partition.
    ///
    /// @param value null for a tombstone
    void read(int partition, String key, byte @Nullable [] value, long writtenMs) {
        var has = old.computeIfAbsent(partition, _ -> new TreeMap<>());
        if (value == null) {
            has.remove(key);
        } else {
            has.put(key, new Entry(key, value, writtenMs));
        }
    }

    /// How many are yet to be decided on by the old app.
    long undecided() {
        return old.values().stream()
                .flatMap(has -> has.values().stream())
                .filter(entry -> place(entry) instanceof Undecided)
                .count();
    }

    /// By partition of the new app what it gets. Those that get nothing are left out.
    Map<Integer, Collection<Entry>> dealt() {
        var dealt = new TreeMap<Integer, Map<String, Entry>>();
        for (var has : old.values()) {
            for (var entry : has.values()) {
                var place = place(entry);
                for (int partition : place.among(partitions)) {
                    dealt.computeIfAbsent(partition, _ -> new TreeMap<>())
                            .merge(entry.key(), entry, (one, other) -> right(place, one, other));
                }
            }
        }
        var shares = new TreeMap<Integer, Collection<Entry>>();
        dealt.forEach((partition, share) -> shares.put(partition, share.values()));
        return shares;
    }

    private Place place(Entry entry) {
        return rule.of(entry.key(), entry.value());
    }

    /// Of two partitions that have something under one key.
    private static Entry right(Place place, Entry one, Entry other) {
        var order =
                switch (place) {
                    case Everywhere(Which which) when which == Which.GREATEST -> GREATEST;
                    case Everywhere _, WithKey _, Nowhere _, Undecided _ -> NEWEST;
                };
        return order.compare(one, other) >= 0 ? one : other;
    }
}
