package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.it.guarantee.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Thirty targets go down and up while brokers, `streams` and notifiers are restarted in turn, one of each together, five times over. Then the whole history is
/// judged. `-Dtocsin.rounds=1` for fewer, `-Dtocsin.seed=7` for the same plan again.
@Tag("slow")
class RollingRestartIT {
    private static final int ROUNDS = Integer.getInteger("tocsin.rounds", 5);
    private static final int TARGETS = 30;

    /// So long after all are ready somebody may still hear that a group has changed.
    private static final Duration SETTLES = Duration.ofSeconds(8);

    @TempDir Path dir = Path.of(".");
    private final long seed = Long.getLong("tocsin.seed", new Random().nextLong(1_000_000));

    @Test
    void whatGoesDownAndUpDuringARollingRestartOfAllIsToldOnceAndInOrder() throws Exception {
        System.out.printf("%d rounds, seed %d%n", ROUNDS, seed);
        try (var platform = new Platform(dir, "rolling.", seed)) {
            for (int round = 0; round < ROUNDS; round++) {
                var checks = checks(round);
                platform.apply(checks);
                var plan = platform.downtimes.round(checks);
                for (int broker = 1; broker <= ThreeBrokers.COUNT; broker++) {
                    int step = round * ThreeBrokers.COUNT + broker;
                    restart(platform, broker, step % Platform.INSTANCES.size());
                }
                plan.get();
                platform.awaitTold(checks);
            }
            assertThat(platform.downtimes.over()).hasSize(ROUNDS * TARGETS);
            platform.judge();
        }
    }

    /// A round has its own, for a check that opens a third time within half an hour flaps.
    private static Set<String> checks(int round) {
        return IntStream.rangeClosed(1, TARGETS)
                .mapToObj(i -> "r%d-t%02d".formatted(round + 1, i))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// One of each at the same time; returns when the cluster is whole and all are ready, as whoever goes from one to the next waits for.
    private static void restart(Platform platform, int broker, int instance) throws Exception {
        var begun = Instant.now();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var restarts =
                    List.<Callable<Boolean>>of(
                            () -> {
                                platform.brokers.stop(broker);
                                platform.brokers.restart(broker);
                                return true;
                            },
                            () -> restarted(platform.streams.get(instance)),
                            () -> restarted(platform.notifiers.get(instance)));
            for (var one : threads.invokeAll(restarts)) {
                one.get();
            }
        }
        platform.brokers.awaitWhole();
        platform.awaitReady();
        var whole = Instant.now();
        var name = Platform.INSTANCES.get(instance);
        platform.fault(
                new Fault(
                        "restart",
                        "kafka-%d and %s".formatted(broker, name),
                        begun,
                        whole.plus(SETTLES)));
        System.out.printf(
                "kafka-%d, streams-%2$s and notifier-%2$s restarted: whole and ready after %3$d ms%n",
                broker, name, Duration.between(begun, whole).toMillis());
    }

    private static boolean restarted(ServiceProcess process) throws Exception {
        process.stop();
        process.restart();
        return true;
    }
}
