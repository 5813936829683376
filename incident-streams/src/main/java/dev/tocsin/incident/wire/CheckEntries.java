package dev.tocsin.incident.wire;

import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.Region;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A check's state as entries of a store: one under its id, and one for each region where something is known. Only what changed is
/// written. What earlier versions stored as a whole is still read.
public final class CheckEntries {
    /// No id has it.
    private static final char SEPARATOR = '\0';

    private static final char REGION = 'r';
    private static final char LATE = 'l';

    private final Map<String, CheckState> heads = new HashMap<>();
    private final Map<String, Map<String, Region>> regions = new HashMap<>();
    private final Map<String, Map<String, Region>> lates = new HashMap<>();
    private final TreeSet<String> old = new TreeSet<>();

    /// One that is there. The order does not matter.
    ///
    /// @throws IllegalStateException for a version that this build does not know: guessing would lose incidents
    public void read(String key, byte[] value) {
        int end = key.indexOf(SEPARATOR);
        if (value[0] == StateCodec.VERSION && end < 0) {
            var whole = OldCheckState.read(value);
            heads.put(key, whole);
            regions.computeIfAbsent(key, _ -> new TreeMap<>()).putAll(whole.regions());
            lates.computeIfAbsent(key, _ -> new TreeMap<>()).putAll(whole.late());
            old.add(key);
        } else if (value[0] != CheckCodec.VERSION) {
            throw new IllegalStateException(
                    "stored state has version "
                            + value[0]
                            + "; this build reads "
                            + CheckCodec.VERSION);
        } else if (end < 0) {
            heads.put(key, CheckCodec.head(value));
        } else {
            (key.charAt(end + 1) == LATE ? lates : regions)
                    .computeIfAbsent(key.substring(0, end), _ -> new TreeMap<>())
                    .put(key.substring(end + 2), CheckCodec.region(value));
        }
    }

    /// What they say, by check.
    public Map<String, CheckState> states() {
        var checks = new TreeSet<>(heads.keySet());
        checks.addAll(regions.keySet());
        checks.addAll(lates.keySet());
        var states = new HashMap<String, CheckState>();
        for (var check : checks) {
            var head = heads.getOrDefault(check, CheckState.EMPTY);
            states.put(
                    check,
                    new CheckState(
                            regions.getOrDefault(check, Map.of()),
                            lates.getOrDefault(check, Map.of()),
                            head.incident(),
                            head.turns(),
                            head.electorate(),
                            head.partialSince(),
                            null,
                            head.looksBackAt()));
        }
        return states;
    }

    /// Those that are stored as earlier versions did, and are to be written anew.
    public Iterable<String> old() {
        return old;
    }

    /// @param put takes a key with its bytes, or null to delete it
    public static void write(
            String check,
            CheckState before,
            CheckState after,
            BiConsumer<String, byte @Nullable []> put) {
        if (!after.remembersHeadAs(before)) {
            boolean nothing = after.remembersHeadAs(CheckState.EMPTY);
            put.accept(check, nothing ? null : CheckCodec.head(after));
        }
        write(check, REGION, before.regions(), after.regions(), put);
        write(check, LATE, before.late(), after.late(), put);
    }

    private static void write(
            String check,
            char kind,
            Map<String, Region> before,
            Map<String, Region> after,
            BiConsumer<String, byte @Nullable []> put) {
        after.forEach((name, region) -> {
            if (!region.remembersAs(before.getOrDefault(name, Region.NEW))) {
                boolean nothing = region.unseen().equals(Region.NEW);
                put.accept(key(check, kind, name), nothing ? null : CheckCodec.region(region));
            }
        });
        for (var name : before.keySet()) {
            if (!after.containsKey(name)) {
                put.accept(key(check, kind, name), null);
            }
        }
    }

    /// Whose entry it is.
    public static String check(String key) {
        int end = key.indexOf(SEPARATOR);
        return end < 0 ? key : key.substring(0, end);
    }

    private static String key(String check, char kind, String region) {
        return check + SEPARATOR + kind + region;
    }
}
