package dev.tocsin.incident.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Commands and signals that were given later than the results that are being worked on, as after a standstill: they wait until time
/// has come to them. Read first, they would be decided on before what they answer. In a store, since their offsets are committed.
final class Waiting {
    static final String STORE = "waiting";

    /// Topics are not in step to the second while nothing is behind: a partition may hear nothing but its ticks.
    private static final Duration AHEAD = Duration.ofSeconds(5);

    /// So many are taken with one record, so that none takes long.
    private static final int AT_ONCE = 500;

    /// In a key of the store, before the number.
    private static final char IN_TURN = '+';

    /// A record of one of these topics.
    static final class Letter {
        private final String topic;
        private final @Nullable String key;
        private final byte @Nullable [] value;
        private final long appendedMs;

        /// @param topic where it came from
        Letter(String topic, @Nullable String key, byte @Nullable [] value, long appendedMs) {
            this.topic = topic;
            this.key = key;
            this.value = value;
            this.appendedMs = appendedMs;
        }

        String topic() {
            return topic;
        }

        @Nullable String key() {
            return key;
        }

        byte @Nullable [] value() {
            return value;
        }

        long appendedMs() {
            return appendedMs;
        }
    }

    interface Taker {
        void take(Letter letter);
    }

    private final KeyValueStore<String, byte[]> store;

    /// What is stored, oldest first: an iterator of the store would copy all of its keys.
    private final TreeSet<String> keys = new TreeSet<>();

    /// By key of a record: how many are stored that others of the key wait for.
    private final Map<String, Integer> before = new HashMap<>();

    Waiting(KeyValueStore<String, byte[]> store) {
        this.store = store;
        try (var all = store.all()) {
            all.forEachRemaining(entry ->
                    add(
                            entry.key,
                            isInTurn(entry.key) ? decode(entry.key, entry.value).key() : null));
        }
    }

    /// @param of what others of that key wait for; null where none do
    private void add(String key, @Nullable String of) {
        if (keys.add(key) && of != null) {
            before.merge(of, 1, Integer::sum);
        }
    }

    boolean isEmpty() {
        return keys.isEmpty();
    }

    /// Whether a record that was appended then has to wait, so that all keep their order.
    boolean holds(long appendedMs, Instant now) {
        return !keys.isEmpty() || appendedMs > now.plus(AHEAD).toEpochMilli();
    }

    /// Whether one of this key waits that is to be taken in turn.
    boolean holds(@Nullable String key) {
        return key != null && before.containsKey(key);
    }

    private static boolean isInTurn(String key) {
        return key.charAt(key.length() - 17) == IN_TURN;
    }

    /// @param number makes the order of the topic
    /// @param inTurn whether others of its key have to wait for it
    void put(Letter letter, long number, boolean inTurn) {
        var key =
                "%016x/%s%c%016x"
                        .formatted(
                                letter.appendedMs(),
                                letter.topic(),
                                inTurn ? IN_TURN : '/',
                                number);
        store.put(key, encode(letter));
        add(key, inTurn ? letter.key() : null);
    }

    /// Those whose time has come, in the order in which they were appended.
    void take(Instant now, Taker taker) {
        for (int i = 0; i < AT_ONCE && !keys.isEmpty(); i++) {
            var key = keys.first();
            if (Instant.ofEpochMilli(appendedMs(key)).isAfter(now)) {
                return;
            }
            var letter = decode(key, store.delete(key));
            keys.remove(key);
            if (letter.key() != null && isInTurn(key)) {
                before.computeIfPresent(letter.key(), (_, n) -> n == 1 ? null : n - 1);
            }
            taker.take(letter);
        }
    }

    private static long appendedMs(String key) {
        return Long.parseLong(key, 0, 16, 16);
    }

    private static byte[] encode(Letter letter) {
        var key = letter.key() == null ? null : letter.key().getBytes(StandardCharsets.UTF_8);
        var value = letter.value();
        var bytes =
                ByteBuffer.allocate(
                        2 * Integer.BYTES
                                + (key == null ? 0 : key.length)
                                + (value == null ? 0 : value.length));
        add(bytes, key);
        add(bytes, value);
        return bytes.array();
    }

    private static void add(ByteBuffer to, byte @Nullable [] part) {
        to.putInt(part == null ? -1 : part.length);
        if (part != null) {
            to.put(part);
        }
    }

    private static Letter decode(String name, byte[] bytes) {
        var from = ByteBuffer.wrap(bytes);
        var key = next(from);
        var topic = name.substring(17, name.length() - 17);
        return new Letter(
                topic,
                key == null ? null : new String(key, StandardCharsets.UTF_8),
                next(from),
                appendedMs(name));
    }

    private static byte @Nullable [] next(ByteBuffer from) {
        int length = from.getInt();
        if (length < 0) {
            return null;
        }
        var part = new byte[length];
        from.get(part);
        return part;
    }
}
