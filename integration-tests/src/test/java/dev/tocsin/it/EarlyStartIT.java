package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.agent.Agent;
import dev.tocsin.agent.AgentConfig;
import dev.tocsin.agent.check.CheckFile;
import dev.tocsin.incident.IncidentStreams;
import dev.tocsin.page.StatusPage;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Lane;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.embedded.Cluster;
import dev.tocsin.standalone.embedded.Ports;
import dev.tocsin.standalone.topic.Applied;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Services that start while broker and registry are away.
class EarlyStartIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir Path dir = Path.of(".");

    private Agent agent(KafkaSettings kafka, Path file, Health health) {
        var checks = CheckFile.read(ConfigFile.load(file, Map.of(), Set.of("checks")));
        return new Agent(
                AgentConfig.of("us", Map.of()),
                kafka,
                checks,
                dir.resolve("agent"),
                Map.of(),
                health,
                new SimpleMeterRegistry());
    }

    @Test
    void nothingIsLostAndTheChecksAreRememberedForTheNextTime() throws Exception {
        var ports = Ports.from(19192);
        var kafka =
                new KafkaSettings(
                        Map.of(
                                "bootstrap.servers", "127.0.0.1:" + ports.kafka(),
                                "schema.registry.url",
                                        "http://127.0.0.1:"
                                                + ports.registry()
                                                + "/apis/ccompat/v7"));
        var early =
                Files.writeString(
                        dir.resolve("early.yaml"),
                        """
                        checks: [{ id: early, url: "tcp://127.0.0.1:1", interval: 500ms, timeout: 400ms, retry-interval: 500ms, regions: [us] }]
                        """);
        try (var target = new Target(0, (int _) -> 204);
                var page =
                        new StatusPage(
                                kafka,
                                new StatusPage.Spec("127.0.0.1", 0, "Early"),
                                new Health(),
                                new SimpleMeterRegistry())) {
            assertThat(page(page)).contains("\"status\":\"unknown\"", "\"stale\":true");
            var health = new Health();
            try (var _ = agent(kafka, early, health);
                    var _ =
                            new IncidentStreams(
                                    kafka,
                                    "early",
                                    dir.resolve("early"),
                                    health,
                                    new SimpleMeterRegistry())) {
                await().atMost(LIMIT).until(() -> health.troubles().containsKey("publisher"));
                assertThat(health.alive()).isTrue();
                try (var _ = new Cluster(dir.resolve("late"), ports)) {
                    await().atMost(LIMIT).until(health::ready);
                    assertThat(sequences(kafka)).contains(1L);
                    var later =
                            Files.writeString(
                                    dir.resolve("later.yaml"),
                                    "checks: [{ id: later, url: '%s', interval: 1s, regions: [us] }]"
                                            .formatted(target.url()));
                    new Applied(ConfigFile.load(later, Map.of(), Set.of("checks")))
                            .publish(kafka, false);
                    await().atMost(LIMIT).until(() -> !target.webhookIds().isEmpty());
                    await().atMost(LIMIT)
                            .untilAsserted(() ->
                                    assertThat(page(page))
                                            .contains(
                                                    "\"id\":\"later\",\"name\":\"later\",\"status\":\"operational\"",
                                                    "\"stale\":false"));
                    var all = sequences(kafka);
                    assertThat(all).doesNotHaveDuplicates();
                    assertThat(all)
                            .hasSize(all.stream().max(Long::compare).orElseThrow().intValue());
                }
            }
            int before = target.webhookIds().size();
            var none = Files.writeString(dir.resolve("none.yaml"), "checks: []\n");
            try (var _ = agent(kafka, none, new Health())) { // the cluster is gone
                await().atMost(LIMIT).until(() -> target.webhookIds().size() > before);
            }
            await().atMost(LIMIT) // grey by itself, and it says since when
                    .untilAsserted(() ->
                            assertThat(page(page))
                                    .contains("\"status\":\"unknown\"", "\"stale\":true")
                                    .doesNotContain("\"data_at\":null"));
            try (var _ = new Cluster(dir.resolve("late"), ports);
                    var _ =
                            agent(
                                    kafka,
                                    none,
                                    new Health())) { // what it found meanwhile was on disk
                await().atMost(LIMIT)
                        .untilAsserted(() -> {
                            var found = results(kafka, "later");
                            assertThat(found)
                                    .anyMatch(r ->
                                            r.getLane() == Lane.BACKFILL && r.getSequence() == 1);
                            assertThat(found.stream().filter(r -> r.getLane() == Lane.BACKFILL))
                                    .extracting(r -> r.getBootEpoch() + "/" + r.getSequence())
                                    .doesNotHaveDuplicates();
                        });
            }
        }
    }

    private static String page(StatusPage page) throws Exception {
        var url = URI.create("http://127.0.0.1:" + page.port() + "/api/v1/status.json").toURL();
        try (var in = url.openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<Long> sequences(KafkaSettings kafka) {
        return results(kafka, "early").stream().map(CheckResult::getSequence).toList();
    }

    private static List<CheckResult> results(KafkaSettings kafka, String check) {
        try (Deserializer<CheckResult> results =
                AvroSerdes.deserializer(kafka.properties(), CheckResult.class)) {
            return SharedCluster.values(kafka, "check-results").stream()
                    .map(bytes -> results.deserialize("check-results", bytes))
                    .filter(result -> result.getCheckId().equals(check))
                    .toList();
        }
    }
}
