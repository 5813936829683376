package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.standalone.embedded.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./tocsin up` for half an hour, with a tenth of its checks at targets that say nothing. `-Dtocsin.soak=PT5M` for less.
@Tag("slow")
class SoakIT {
    private static final Duration LASTS =
            Duration.parse(System.getProperty("tocsin.soak", "PT30M"));
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int CHECKS = 300;
    private static final int DEAD = CHECKS / 10;
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final List<String> REGIONS = List.of("us", "eu");

    /// So that a third of the time has ten.
    private static final Duration SAMPLE_EACH = LASTS.dividedBy(30);

    private static final Pattern LIVE = Pattern.compile("Total +\\d+ +(\\d+)");
    private static final Pattern SEGMENT = Pattern.compile("\\d{20}\\.log");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /// @param heap bytes of what lives after a collection, counted in the same stop: what is allocated until the next `jcmd` has started was 30 MB on a busy
    ///     machine
    /// @param topics bytes in each
    private record Sample(
            long heap, long threads, long handles, long resident, Map<String, Long> topics) {}

    @TempDir Path dir = Path.of(".");

    private final Path data = dir.resolve("data");
    private final int base = 21_392;

    @Test
    void everyHealthySlotIsRunAndNothingGrows() throws Exception {
        try (var target = new Target(0, (String _) -> 204);
                var holes = new BlackHoles()) {
            var process = up(checks(target, holes));
            try {
                await("it is ready")
                        .atMost(LIMIT)
                        .failFast("it ended: see its log", () -> !process.isAlive())
                        .until(() -> answers(base + 4, "/ready") == 200);
                var ready = Instant.now();
                var samples = new ArrayList<Sample>();
                while (Instant.now().isBefore(ready.plus(LASTS))) {
                    TimeUnit.MILLISECONDS.sleep(
                            SAMPLE_EACH.toMillis()); // how often it is looked at
                    assertThat(process.isAlive()).isTrue();
                    assertThat(answers(base + 4, "/health")).isEqualTo(200);
                    assertThat(answers(base + 5, "/")).isEqualTo(200);
                    samples.add(sample(process));
                    System.out.println(samples.getLast());
                }
                var over = Instant.now();
                var results = Judge.results(Ports.from(base).settings());
                every(results, ready, over);
                flat(samples);
            } finally {
                process.destroy();
                assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            }
        }
    }

    private Path checks(Target target, BlackHoles holes) throws IOException {
        var yaml = new StringBuilder();
        yaml.append(
                "defaults: { interval: %ds, timeout: 8s, regions: %s }\n"
                        .formatted(INTERVAL.toSeconds(), REGIONS));
        yaml.append(
                """
                notify:
                  allow-networks: [127.0.0.1/32]
                  targets: [{ id: oncall, type: webhook, url: "%s", secret: "%s" }]
                  routes: [{ targets: [oncall] }]
                """
                        .formatted(target.url(), PipelineScenario.SECRET));
        yaml.append("checks:\n");
        IntStream.range(0, CHECKS)
                .forEach(i ->
                        yaml.append(
                                "  - { id: %s, service: s%d, url: \"%s\" }\n"
                                        .formatted(
                                                i < DEAD ? "dead" + i : "good" + i,
                                                i % 20,
                                                i < DEAD ? holes.url(i) : target.url() + i)));
        return Files.writeString(dir.resolve("soak.yaml"), yaml);
    }

    /// As a user starts it, with the memory that the command gives it.
    private Process up(Path file) throws IOException {
        var log = Files.createDirectories(Path.of("target", "processes")).resolve("soak.log");
        return new ProcessBuilder(
                        Path.of(System.getProperty("tocsin.home"), "tocsin").toString(),
                        "up",
                        "-f",
                        file.toString(),
                        "--data-dir",
                        data.toString(),
                        "--port-base",
                        Integer.toString(base))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static int answers(int port, String path) throws InterruptedException {
        try {
            return HTTP.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .timeout(Duration.ofSeconds(10))
                                    .build(),
                            BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException _) {
            return 0; // not yet, or no more: whoever asks says which it may be
        }
    }

    private Sample sample(Process process) throws Exception {
        long heap =
                LIVE.matcher(jcmd(process, "GC.class_histogram"))
                        .results()
                        .mapToLong(live -> Long.parseLong(live.group(1)))
                        .sum();
        assertThat(heap).isPositive();
        var of = Path.of("/proc", Long.toString(process.pid()));
        var resident =
                Files.readAllLines(of.resolve("status")).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                        .sum();
        return new Sample(
                heap, count(of.resolve("task")), count(of.resolve("fd")), resident, topics());
    }

    private static String jcmd(Process process, String command) throws Exception {
        var jcmd =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                Long.toString(process.pid()),
                                command)
                        .redirectErrorStream(true)
                        .start();
        try (var out = jcmd.getInputStream()) {
            return new String(out.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static long count(Path folder) throws IOException {
        try (var all = Files.list(folder)) {
            return all.count();
        }
    }

    private Map<String, Long> topics() throws IOException {
        try (var all = Files.walk(data)) {
            return all.filter(file -> SEGMENT.matcher(file.getFileName().toString()).matches())
                    .collect(
                            Collectors.groupingBy(
                                    SoakIT::topic,
                                    TreeMap::new,
                                    Collectors.summingLong(file -> file.toFile().length())));
        }
    }

    private static String topic(Path segment) {
        return segment.getParent().getFileName().toString().replaceAll("-\\d+$", "");
    }

    /// Each slot of what is well has one result. What is dead is looked at again at once, which may take its next slots (MISSED): it is found failing all
    /// the same, and nothing is given up for want of a place.
    private static void every(List<CheckResult> results, Instant from, Instant to) {
        var runs =
                results.stream()
                        .collect(
                                Collectors.groupingBy(
                                        r -> r.getCheckId() + " from " + r.getRegion(),
                                        TreeMap::new,
                                        Collectors.toList()));
        assertThat(runs).hasSize(CHECKS * REGIONS.size());
        var faults = new ArrayList<String>();
        long slots = 0;
        for (var run : runs.entrySet()) {
            boolean dead = run.getKey().startsWith("dead");
            var right = dead ? Outcome.FAIL : Outcome.PASS;
            var at = new TreeSet<Instant>();
            for (var result : run.getValue()) {
                if (result.getOutcome() == right) {
                    if (!at.add(result.getScheduledAt())) {
                        faults.add(run.getKey() + " twice at " + result.getScheduledAt());
                    }
                } else if (!dead || result.getOutcome() != Outcome.MISSED) {
                    faults.add(run.getKey() + ": " + result);
                }
            }
            slots += dead ? 0 : at.size();
            inTurn(run.getKey(), at, dead ? INTERVAL.multipliedBy(4) : INTERVAL, from, to)
                    .forEach(faults::add);
        }
        System.out.printf("%d healthy slots, %d faults%n", slots, faults.size());
        assertThat(faults).isEmpty();
    }

    /// @param step at most from one to the next
    private static List<String> inTurn(
            String run, NavigableSet<Instant> at, Duration step, Instant from, Instant to) {
        var faults = new ArrayList<String>();
        var before = from;
        for (var next : at.tailSet(from)) {
            if (Duration.between(before, next).compareTo(step) > 0) {
                faults.add(run + ": nothing between " + before + " and " + next);
            }
            before = next;
        }
        if (before.isBefore(to.minus(step.plus(INTERVAL)))) { // one may be on its way
            faults.add(run + ": nothing since " + before);
        }
        return faults;
    }

    /// The last third beside the one before: the first has what is made once.
    private static void flat(List<Sample> samples) {
        int third = samples.size() / 3;
        var middle = samples.subList(third, 2 * third);
        var last = samples.subList(samples.size() - third, samples.size());
        assertThat(most(last, Sample::heap))
                .as("heap")
                .isLessThan(most(middle, Sample::heap) * 11 / 10 + 4_000_000);
        assertThat(most(last, Sample::threads))
                .as("threads")
                .isLessThanOrEqualTo(most(middle, Sample::threads) + 8);
        assertThat(most(last, Sample::handles))
                .as("handles")
                .isLessThanOrEqualTo(most(middle, Sample::handles) + 16);
        for (var topic : last.getLast().topics().keySet()) {
            long then = grown(middle, topic);
            long now = grown(last, topic);
            System.out.printf("%s: %d bytes, then %d%n", topic, then, now);
            assertThat(now).as(topic).isLessThan(then * 5 / 4 + 100_000);
        }
    }

    private static long most(List<Sample> samples, ToLongFunction<Sample> of) {
        return samples.stream().mapToLong(of).max().orElseThrow();
    }

    private static long grown(List<Sample> samples, String topic) {
        return samples.getLast().topics().getOrDefault(topic, 0L)
                - samples.getFirst().topics().getOrDefault(topic, 0L);
    }
}
