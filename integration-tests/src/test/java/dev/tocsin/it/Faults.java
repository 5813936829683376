package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.it.guarantee.Fault;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/// What is done to processes, by a seed: SIGKILL, SIGSTOP and SIGCONT, SIGTERM, each for a while.
final class Faults {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /// From when each has its share until one that was stopped has heard that it is out of the group: two heartbeats, and a rebalance.
    private static final Duration SETTLES = Duration.ofSeconds(8);

    private record Made(String what, String instance, Instant begun) {}

    private final List<ServiceProcess> processes;
    private final Random random;
    private final Callable<Boolean> shared;
    private final List<Made> open = new ArrayList<>();
    private final List<Fault> over = new ArrayList<>();

    /// @param shared whether each of them has a share of the work: one that is back is ready before others have given it its own
    Faults(List<ServiceProcess> processes, long seed, Callable<Boolean> shared) {
        this.processes = processes;
        random = new Random(seed);
        this.shared = shared;
    }

    /// One, and mostly waits until all are well again.
    void next() throws IOException, InterruptedException {
        pause(1500);
        var victim = processes.get(random.nextInt(processes.size()));
        int kind = random.nextInt(10);
        if (kind < 4) {
            made("kill -9", victim);
            victim.kill();
            pause(random.nextInt(10) == 0 ? 13_000 : 2000);
            victim.restart();
        } else if (kind < 7) {
            made("kill -STOP", victim);
            victim.pause();
            if (random.nextInt(3) == 0) {
                Thread.sleep(11_000); // longer than its session
            }
            pause(4000);
            victim.goOn();
        } else {
            made("kill -TERM", victim);
            victim.stop();
            victim.restart();
        }
        if (random.nextInt(4) != 0) {
            awaitReady();
        }
    }

    private void made(String what, ServiceProcess victim) {
        open.add(new Made(what, victim.name(), Instant.now()));
    }

    /// For as long as the seed says.
    private void pause(int atMostMs) throws InterruptedException {
        Thread.sleep(random.nextInt(atMostMs));
    }

    void awaitReady() {
        await("all are ready")
                .atMost(LIMIT)
                .untilAsserted(() -> {
                    for (var process : processes) {
                        var says = process.says("ready");
                        assertThat(says.statusCode())
                                .as("%s: %s", process.name(), says.body())
                                .isEqualTo(200);
                    }
                });
        await("each has its share").atMost(LIMIT).until(shared);
        var now = Instant.now();
        open.forEach(made ->
                over.add(new Fault(made.what(), made.instance(), made.begun(), now.plus(SETTLES))));
        open.clear();
    }

    /// Those that are over.
    List<Fault> all() {
        return List.copyOf(over);
    }

    /// How many of each kind.
    Map<String, Integer> kinds() {
        var kinds = new TreeMap<String, Integer>();
        over.forEach(fault -> kinds.merge(fault.what(), 1, Integer::sum));
        return kinds;
    }
}
