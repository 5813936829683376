package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.agent.Agent;
import dev.tocsin.agent.AgentConfig;
import dev.tocsin.incident.IncidentStreams;
import dev.tocsin.it.Judge.Telling;
import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.standalone.demo.WebhookReceiver;
import dev.tocsin.standalone.topic.Applied;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Each kind of process is killed with SIGKILL, again and again, at moments from a seed (`-Dseed=`), and the whole history is
/// judged afterwards.
@ExtendWith(SharedCluster.class)
class KillIT {
    private static final int KILLS = 10;
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir Path dir = Path.of(".");
    private final long seed = Long.getLong("seed", new Random().nextLong(1_000_000));
    private final Random random = new Random(seed);

    private void pause(int atMostMs) throws InterruptedException {
        Thread.sleep(random.nextInt(atMostMs)); // the moment of the kill, from the seed
    }

    @Test
    void theNotifierKilledBetweenRoutingAndDelivery(KafkaSettings kafka) throws Exception {
        var gate = new Gate();
        try (var receiver = new WebhookReceiver(PipelineScenario.SECRET, _ -> gate.pass());
                var notifier =
                        new ServiceProcess(
                                "notifier",
                                kafka,
                                dir,
                                """
                                notify:
                                  allow-networks: [127.0.0.0/8]
                                  targets: [{ id: oncall, type: webhook, url: "%s", secret: "%s", digest-above: never }]
                                  routes: [{ targets: [oncall] }]
                                """
                                        .formatted(receiver.url(), PipelineScenario.SECRET))) {
            for (int kill = 1; kill <= KILLS; kill++) {
                gate.set(false);
                var incident = "i" + kill;
                DeliveryIT.tell(kafka, incident, 1, IncidentEventType.OPENED);
                DeliveryIT.tell(kafka, incident, 2, IncidentEventType.UPDATED);
                if (kill > 1) {
                    DeliveryIT.tell(kafka, "i" + (kill - 1), 3, IncidentEventType.CLOSED);
                }
                if (random.nextInt(3) > 0) {
                    await().atMost(LIMIT).until(() -> routed(kafka, incident));
                }
                pause(300);
                notifier.kill();
                gate.set(true);
                notifier.restart();
            }
            DeliveryIT.tell(kafka, "i" + KILLS, 3, IncidentEventType.CLOSED);
            var events = Judge.incidents(kafka);
            await("seed " + seed)
                    .atMost(LIMIT)
                    .until(() ->
                            tellings(receiver).stream()
                                            .filter(telling -> telling.type().equals("CLOSED"))
                                            .map(Telling::incidentId)
                                            .distinct()
                                            .count()
                                    == KILLS);
            assertThat(notifier.starts()).isEqualTo(KILLS + 1);
            Judge.deliveries(events, tellings(receiver));
            System.out.printf(
                    "notifier killed %d times (seed %d): %d events, %d webhooks, %d of them repetitions%n",
                    KILLS,
                    seed,
                    events.size(),
                    receiver.received().size(),
                    receiver.received().size()
                            - tellings(receiver).stream()
                                    .map(Telling::webhookId)
                                    .distinct()
                                    .count());
        }
    }

    /// Keeps the receiver from answering while it is shut.
    private static final class Gate {
        private boolean open = true;

        synchronized void pass() {
            while (!open) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }

        synchronized void set(boolean toOpen) {
            open = toOpen;
            notifyAll();
        }
    }

    private static boolean routed(KafkaSettings kafka, String incident) {
        try (var avro = AvroSerdes.deserializer(kafka.properties(), Delivery.class)) {
            return SharedCluster.values(kafka, "deliveries").stream()
                    .map(bytes -> avro.deserialize("deliveries", bytes))
                    .anyMatch(delivery -> delivery.getIncidentId().equals(incident));
        }
    }

    private static List<Telling> tellings(WebhookReceiver receiver) {
        return receiver.received().stream()
                .map(hook ->
                        new Telling(
                                hook.id(),
                                hook.type(),
                                hook.incidentId(),
                                hook.body().path("data").path("seq").asLong()))
                .toList();
    }

    /// One check for each kill, so that none of them flaps.
    private Applied checks(KafkaSettings kafka, String url, int count, String more)
            throws Exception {
        var yaml =
                IntStream.rangeClosed(1, count)
                        .mapToObj(i ->
                                "  - { id: c%d, url: \"%s%d\", regions: [us, eu] }\n"
                                        .formatted(i, url, i))
                        .collect(Collectors.joining("", more + "checks:\n", ""));
        var file = Files.writeString(dir.resolve("checks.yaml"), yaml);
        var applied = new Applied(ConfigFile.load(file, Map.of(), Set.of("checks", "defaults")));
        applied.publish(kafka, false);
        return applied;
    }

    private static final String FAST =
            "defaults: { interval: 1s, timeout: 900ms, incident: { failure-threshold: 1, success-threshold: 1, recover-for: 500ms, reopen-within: 1ms, stale-after: 60s } }\n";

    /// In this process; what they keep lies in `dir`.
    static Lifecycle agents(KafkaSettings kafka, Path dir, String... regions) {
        var lifecycle = new Lifecycle();
        for (var region : regions) {
            lifecycle.closing(
                    region,
                    new Agent(
                            AgentConfig.of(region, Map.of()),
                            kafka,
                            List.of(),
                            dir.resolve("agent-" + region),
                            Map.of(),
                            new Health(),
                            new SimpleMeterRegistry()));
        }
        return lifecycle;
    }

    private static boolean seen(KafkaSettings kafka, String check, IncidentEventType type) {
        return Judge.incidents(kafka).stream()
                .anyMatch(e -> check.equals(e.getCheckId()) && e.getType() == type);
    }

    @Test
    void incidentStreamsKilledWithAnIncidentOpen(KafkaSettings kafka) throws Exception {
        var failing = new AtomicInteger();
        try (var target =
                        new Target(
                                0, (String path) -> path.equals("/" + failing.get()) ? 500 : 204);
                var streams = new ServiceProcess("streams", kafka, dir, "")) {
            checks(kafka, target.url(), KILLS, FAST);
            try (var _ = agents(kafka, dir, "us", "eu")) {
                for (int kill = 1; kill <= KILLS; kill++) {
                    var check = "c" + kill;
                    failing.set(kill);
                    await("seed " + seed + ", " + check)
                            .atMost(LIMIT)
                            .until(() -> seen(kafka, check, IncidentEventType.OPENED));
                    if (random.nextBoolean()) {
                        failing.set(0); // so that the close falls into the time without it
                    }
                    pause(800);
                    streams.kill();
                    streams.restart();
                    failing.set(0);
                    await("seed " + seed + ", " + check)
                            .atMost(LIMIT)
                            .until(() -> seen(kafka, check, IncidentEventType.CLOSED));
                }
            }
            var events = Judge.incidents(kafka);
            Judge.decisions(events);
            assertThat(
                            events.stream()
                                    .filter(e -> e.getType() == IncidentEventType.OPENED)
                                    .map(e -> e.getKey()))
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.rangeClosed(1, KILLS).mapToObj(i -> "c" + i).toList());
            assertThat(streams.starts()).isEqualTo(KILLS + 1);
            System.out.printf(
                    "incident-streams killed %d times (seed %d): %d events, none twice, none missing%n",
                    KILLS, seed, events.size());
        }
    }

    @Test
    void anAgentKilledUnderLoad(KafkaSettings kafka) throws Exception {
        int checks = 50;
        var failing = new AtomicInteger();
        var metrics = new SimpleMeterRegistry();
        try (var target =
                        new Target(
                                0, (String path) -> path.equals("/" + failing.get()) ? 500 : 204);
                var _ =
                        new IncidentStreams(
                                kafka, "kill", dir.resolve("streams"), new Health(), metrics)) {
            checks(kafka, target.url(), checks, FAST);
            try (var _ = agents(kafka, dir, "eu");
                    var agent =
                            new ServiceProcess("agent", kafka, dir, "agent: { region: us }\n")) {
                for (int kill = 1; kill <= KILLS; kill++) {
                    long before =
                            Judge.results(kafka).stream()
                                    .filter(r -> r.getRegion().equals("us"))
                                    .count();
                    await("seed " + seed)
                            .atMost(LIMIT)
                            .until(() ->
                                    Judge.results(kafka).stream()
                                                    .filter(r -> r.getRegion().equals("us"))
                                                    .count()
                                            > before + checks);
                    pause(1000);
                    agent.kill();
                    agent.restart();
                }
                failing.set(7);
                await("seed " + seed)
                        .atMost(LIMIT)
                        .until(() -> seen(kafka, "c7", IncidentEventType.OPENED));
                failing.set(0);
                await("seed " + seed)
                        .atMost(LIMIT)
                        .until(() -> seen(kafka, "c7", IncidentEventType.CLOSED));
                assertThat(agent.starts()).isEqualTo(KILLS + 1);
            }
            var events = Judge.incidents(kafka);
            Judge.decisions(events);
            assertThat(events).as("no false incident").allMatch(e -> e.getKey().equals("c7"));
            var all = Judge.results(kafka);
            Judge.noResultLostAndNoneTwiceAsNew(all);
            System.out.printf(
                    "agent killed %d times (seed %d) at %d checks a second: %d results, %d of them backfilled, none lost, no false incident%n",
                    KILLS, seed, checks, all.size(), Judge.backfilled(all));
        }
    }

    private static long results(KafkaSettings kafka, String region) {
        return Judge.results(kafka).stream().filter(r -> r.getRegion().equals(region)).count();
    }

    /// So many more than now.
    private void awaitMore(KafkaSettings kafka, String region, int more) {
        long before = results(kafka, region);
        await("seed " + seed)
                .atMost(LIMIT)
                .pollInterval(Duration.ofSeconds(1)) // each look reads the whole topic
                .until(() -> results(kafka, region) >= before + more);
    }

    /// An agent whose disk, or whose clock, is disturbed while it probes; beside one that is well.
    private interface Disturbance {
        void go(ServiceProcess agent) throws Exception;
    }

    private void disturbed(
            KafkaSettings kafka, Path data, Map<String, String> environment, Disturbance what)
            throws Exception {
        try (var target = new Target(0, (String _) -> 204);
                var _ =
                        new IncidentStreams(
                                kafka,
                                "kill",
                                dir.resolve("streams"),
                                new Health(),
                                new SimpleMeterRegistry())) {
            // A busy machine's time-outs are not what is looked for.
            var patient = FAST.replace("failure-threshold: 1", "failure-threshold: 3");
            checks(kafka, target.url(), 50, patient);
            try (var _ = agents(kafka, dir, "eu");
                    var agent =
                            new ServiceProcess(
                                    "agent",
                                    "agent",
                                    kafka,
                                    dir,
                                    "agent: { region: us }\n",
                                    List.of("--data-dir", data.toString()),
                                    environment)) {
                awaitMore(kafka, "us", 100);
                what.go(agent);
                awaitMore(kafka, "us", 250);
                await().atMost(LIMIT).until(agent::ready);
                // What was missed while the clock leapt is filled in slowly.
                await().atMost(LIMIT)
                        .pollInterval(Duration.ofSeconds(1))
                        .untilAsserted(
                                () -> Judge.noResultLostAndNoneTwiceAsNew(Judge.results(kafka)));
                assertThat(agent.alive()).isTrue();
            }
        }
        assertThat(Judge.incidents(kafka)).as("no false incident").isEmpty();
    }

    @Test
    @ExtendWith(NeedsTmpfs.class)
    void aDiskThatFillsUnderLoad(KafkaSettings kafka) throws Exception {
        try (var disk = NeedsTmpfs.mount(dir.resolve("small"), "3m")) {
            disturbed(
                    kafka,
                    disk.path().resolve("data"),
                    Map.of(),
                    agent -> {
                        var filler = disk.fill();
                        awaitMore(kafka, "us", 500); // past the disk
                        assertThat(agent.says("ready").body()).contains("No space left on device");
                        Files.delete(filler);
                    });
        }
    }

    @Test
    @Tag("slow")
    @ExtendWith(NeedsFakeTime.class)
    void aClockThatIsSetUnderLoad(KafkaSettings kafka) throws Exception {
        var clock = Files.writeString(dir.resolve("clock"), "+0");
        disturbed(
                kafka,
                dir.resolve("data"),
                NeedsFakeTime.environment(clock),
                agent -> {
                    for (var offset : List.of("-600", "+0", "+600", "+0")) {
                        Files.writeString(clock, offset);
                        awaitMore(kafka, "us", 250);
                        await("set by " + offset + " s")
                                .atMost(LIMIT)
                                .untilAsserted(() -> {
                                    var says = agent.says("health");
                                    assertThat(says.statusCode()).as(says.body()).isEqualTo(200);
                                });
                    }
                });
    }
}
