package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/// Targets on loopback that go down and up by a seed, and what the incidents have to say of that.
final class Downtimes implements AutoCloseable {
    /// Mostly longer than to be sure of it, and to tell it, takes while all else is restarted.
    private static final Duration DOWN_AT_LEAST = Duration.ofSeconds(40);

    private static final Duration DOWN_LONGER = Duration.ofSeconds(30);

    /// Over which the beginnings of a round are spread.
    private static final Duration SPREAD = Duration.ofSeconds(60);

    /// What agents may mistake of their clocks' difference to the brokers', of which there is none here.
    private static final Duration CLOCKS = Duration.ofSeconds(1);

    /// As it was.
    ///
    /// @param to from when on it answered well again
    record Downtime(String check, Instant from, Instant to) {}

    private record Flip(long atMs, String check, boolean down) {}

    private final Random random;
    private final Map<String, Instant> down = new ConcurrentHashMap<>();
    private final Map<String, Integer> probes = new ConcurrentHashMap<>();
    private final List<Downtime> over = new CopyOnWriteArrayList<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Target target;

    Downtimes(long seed) throws IOException {
        random = new Random(seed);
        target = new Target(0, (String path) -> answer(path.substring(1)));
    }

    private int answer(String check) {
        probes.merge(check, 1, Integer::sum);
        return down.containsKey(check) ? 500 : 204;
    }

    String url(String check) {
        return target.url() + check;
    }

    /// How often it was asked.
    int probes(String check) {
        return probes.getOrDefault(check, 0);
    }

    /// Each goes down once, some time soon, and up again.
    ///
    /// @return ends when all are up
    Future<?> round(Set<String> checks) {
        var flips = new ArrayList<Flip>();
        for (var check : checks) {
            long from = random.nextLong(SPREAD.toMillis());
            long to = from + DOWN_AT_LEAST.toMillis() + random.nextLong(DOWN_LONGER.toMillis());
            flips.add(new Flip(from, check, true));
            flips.add(new Flip(to, check, false));
        }
        flips.sort(Comparator.comparingLong(Flip::atMs));
        return thread.submit(() -> {
            var begun = Instant.now();
            for (var flip : flips) {
                var wait = Duration.between(Instant.now(), begun.plusMillis(flip.atMs()));
                Thread.sleep(wait.isNegative() ? Duration.ZERO : wait); // the plan
                flip(flip);
            }
            return over.size();
        });
    }

    private void flip(Flip flip) {
        if (flip.down()) {
            down.put(flip.check(), Instant.now());
        } else {
            var from = Objects.requireNonNull(down.remove(flip.check()));
            over.add(new Downtime(flip.check(), from, Instant.now()));
        }
    }

    /// Those of a check that are over.
    List<Downtime> of(String check) {
        return over.stream().filter(was -> was.check().equals(check)).toList();
    }

    List<Downtime> over() {
        return List.copyOf(over);
    }

    /// Each downtime is one incident that opened and closed once, for what it was; and there is no other.
    ///
    /// @param back when Kafka was last away for long, and came back: of what was over soon after, and is told from what was measured meanwhile, that is when it
    ///     is known to have failed last
    void judge(List<IncidentEvent> events, Instant back) {
        Judge.decisions(events);
        var byCheck = new HashMap<String, List<IncidentEvent>>();
        events.forEach(event ->
                byCheck.computeIfAbsent(event.getKey(), _ -> new ArrayList<>()).add(event));
        assertThat(byCheck.keySet())
                .as("what was told of, and what was down")
                .containsExactlyInAnyOrderElementsOf(
                        over.stream().map(Downtime::check).collect(Collectors.toSet()));
        for (var was : over) {
            var told = byCheck.getOrDefault(was.check(), List.of());
            assertThat(told.stream().map(IncidentEvent::getIncidentId).distinct())
                    .as("incidents of %s", was)
                    .hasSize(1);
            assertThat(told.getFirst().getType()).isEqualTo(IncidentEventType.OPENED);
            assertThat(told)
                    .filteredOn(event -> !event.getReason().startsWith("late_evidence"))
                    .last()
                    .extracting(IncidentEvent::getType)
                    .isEqualTo(IncidentEventType.CLOSED);
            assertThat(told)
                    .as("%s", was)
                    .filteredOn(event ->
                            event.getType() == IncidentEventType.REOPENED
                                    || event.getType() == IncidentEventType.CLOSED)
                    .hasSize(1);
            assertThat(told.getLast().getStartedAt())
                    .as("%s", was)
                    .isBetween(was.from().minus(CLOCKS), was.to());
            boolean afterwards = told.getFirst().getReason().startsWith("late_evidence");
            var failed = afterwards && back.isBefore(was.to()) ? back : was.to();
            assertThat(told.getLast().getEndedAt()).as("%s", was).isAfter(failed.minus(CLOCKS));
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        target.close();
    }
}
