package dev.tocsin.it;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Records of one topic as they should not be, by a seed: what somebody's mistake, another team or a broken disk may put there.
final class Mutants {
    /// What is wrong with a record.
    enum Way {
        FLIPPED,
        CUT,
        DOUBLED,
        RANDOM,
        RANDOM_IN_FRAME,
        UNKNOWN_ID,
        FOREIGN,
        DEEP,
        OTHER_TYPE,
        WRONG_KEY,
        LONG_KEY,
        NO_KEY,
        NULL,
        LARGE
    }

    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Mutant(Way way, @Nullable String key, byte @Nullable [] value) {}

    /// What mutants are made of.
    ///
    /// @param own good records, of things that nobody else is concerned of
    /// @param victims good keys with good records that say something else of them: under another key they are none
    /// @param others good values of our other types
    /// @param foreignId of a registered schema that is none of ours
    /// @param deep values that lie in one another, under the name of the topic's type
    /// @param largeBytes how large the largest are
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Stock(
            List<Entry> own,
            List<Entry> victims,
            List<byte[]> others,
            int foreignId,
            byte[] deep,
            int largeBytes) {}

    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Entry(String key, byte[] value) {}

    private static final int FRAME = 5;
    private static final int RANDOM_AT_MOST = 15_000;

    private static final int LONG_KEY = 40_000;

    /// Few of them, since each is so large, or a question to the registry.
    private static final int RARE = 40;

    private static final Way[] WAYS = Way.values();

    private final Random random;
    private final Stock stock;
    private int made;
    private long randomBytes;

    Mutants(long seed, Stock stock) {
        random = new Random(seed);
        this.stock = stock;
    }

    /// How many random bytes were in all of them.
    long randomBytes() {
        return randomBytes;
    }

    Mutant next() {
        made++;
        var way = WAYS[random.nextInt(WAYS.length)];
        if ((way == Way.LARGE || way == Way.UNKNOWN_ID) && random.nextInt(WAYS.length) > 0) {
            way = Way.RANDOM;
        }
        if (made % (10 * RARE) == 0) {
            way = Way.LARGE;
        }
        var own = any(stock.own());
        var victim = any(stock.victims());
        // Under a good key too: nothing that cannot be read changes what is known of it.
        var key = random.nextBoolean() ? own.key() : victim.key();
        return switch (way) {
            case FLIPPED -> new Mutant(way, own.key(), flipped(own.value()));
            case CUT -> new Mutant(way, own.key(), cut(own.value()));
            case DOUBLED -> new Mutant(way, own.key(), doubled(own.value()));
            case RANDOM -> new Mutant(way, key, random(random.nextInt(RANDOM_AT_MOST)));
            case RANDOM_IN_FRAME ->
                    new Mutant(way, own.key(), framed(own.value(), random.nextInt(2_000)));
            case UNKNOWN_ID ->
                    new Mutant(way, key, withId(own.value(), 1_000_000 + random.nextInt(1 << 30)));
            case FOREIGN -> new Mutant(way, key, withId(own.value(), stock.foreignId()));
            case DEEP -> new Mutant(way, key, stock.deep());
            case OTHER_TYPE -> new Mutant(way, key, any(stock.others()));
            case WRONG_KEY ->
                    new Mutant(way, "mutant-" + random.nextInt(1_000_000), victim.value());
            case LONG_KEY -> new Mutant(way, "k".repeat(LONG_KEY), victim.value());
            case NO_KEY -> new Mutant(way, null, victim.value());
            case NULL -> new Mutant(way, random.nextInt(3) == 0 ? null : own.key(), null);
            case LARGE -> new Mutant(way, key, large());
        };
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private byte[] random(int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        randomBytes += length;
        return bytes;
    }

    private byte[] flipped(byte[] good) {
        var bytes = good.clone();
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return bytes;
    }

    private byte[] cut(byte[] good) {
        return Arrays.copyOf(good, random.nextInt(good.length));
    }

    private static byte[] doubled(byte[] good) {
        var bytes = Arrays.copyOf(good, 2 * good.length);
        System.arraycopy(good, 0, bytes, good.length, good.length);
        return bytes;
    }

    private byte[] framed(byte[] good, int length) {
        var bytes = random(FRAME + length);
        System.arraycopy(good, 0, bytes, 0, FRAME);
        return bytes;
    }

    private static byte[] withId(byte[] good, int id) {
        var bytes = good.clone();
        ByteBuffer.wrap(bytes).putInt(1, id);
        return bytes;
    }

    private byte[] large() {
        var bytes = random(stock.largeBytes());
        System.arraycopy(any(stock.own()).value(), 0, bytes, 0, FRAME);
        return bytes;
    }
}
