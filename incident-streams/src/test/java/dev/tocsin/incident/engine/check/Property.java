package dev.tocsin.incident.engine.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Something that must hold for every random history. A history that breaks it is shrunk to one from which nothing can be left out, and shown
/// with its seed: `-Dseed=` plays that one alone.
final class Property {
    private static final int HISTORIES = 200;
    private static final int SHRINKS = 20_000;

    private Property() {}

    /// @param broken what is wrong with a history, or null
    static <T> void holds(
            Function<RandomGenerator, List<T>> histories,
            Function<List<T>, @Nullable String> broken) {
        var given = Long.getLong("seed");
        for (long seed = given == null ? 1 : given;
                seed <= (given == null ? HISTORIES : given);
                seed++) {
            var history = histories.apply(new Random(seed));
            if (broken.apply(history) != null) {
                var least = shrink(history, broken);
                throw new AssertionError(
                        "seed %d: %s; least history (%d of %d):%n%s"
                                .formatted(
                                        seed,
                                        broken.apply(least),
                                        least.size(),
                                        history.size(),
                                        String.join(
                                                "\n",
                                                least.stream().map(String::valueOf).toList())));
            }
        }
    }

    /// Leaves out ever smaller runs of it, as long as what is left still breaks the property (delta debugging).
    static <T> List<T> shrink(List<T> history, Function<List<T>, @Nullable String> broken) {
        var least = history;
        int tries = 0;
        for (int run = Math.max(1, least.size() / 2); run >= 1; ) {
            boolean shorter = false;
            for (int from = 0; from < least.size() && tries < SHRINKS; tries++) {
                var without = new ArrayList<>(least.subList(0, from));
                without.addAll(least.subList(Math.min(least.size(), from + run), least.size()));
                if (broken.apply(without) != null) {
                    least = without;
                    shorter = true;
                } else {
                    from += run;
                }
            }
            if (tries >= SHRINKS || (run == 1 && !shorter)) {
                break;
            }
            run = shorter ? run : run / 2;
        }
        return least;
    }
}
