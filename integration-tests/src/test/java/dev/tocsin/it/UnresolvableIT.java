package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.agent.Agent;
import dev.tocsin.agent.AgentConfig;
import dev.tocsin.agent.check.CheckFile;
import dev.tocsin.incident.IncidentStreams;
import dev.tocsin.notifier.Notifier;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.page.StatusPage;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The brokers' names do not resolve yet, as where containers start in any order.
class UnresolvableIT {
    @TempDir Path dir = Path.of(".");

    @Test
    void everyServiceStartsSaysWhatItWaitsForAndEndsCleanly() throws Exception {
        var kafka =
                new KafkaSettings(
                        Map.of(
                                "bootstrap.servers", "no-such-broker.invalid:9092",
                                "schema.registry.url", "http://no-such-registry.invalid:8081"));
        var health = new Health();
        try (var target = new Target(0, (int _) -> 204)) {
            var file =
                    Files.writeString(
                            dir.resolve("c.yaml"),
                            "checks: [{ id: a, url: '%s', interval: 1s, regions: [us] }]"
                                    .formatted(target.url()));
            try (var _ =
                            new IncidentStreams(
                                    kafka,
                                    "1",
                                    dir.resolve("streams"),
                                    health,
                                    new SimpleMeterRegistry());
                    var _ =
                            new Notifier(
                                    kafka,
                                    "1",
                                    dir.resolve("notifier"),
                                    new NotifyConfig(Map.of(), List.of(), List.of(), null),
                                    health,
                                    new SimpleMeterRegistry());
                    var _ =
                            new StatusPage(
                                    kafka,
                                    new StatusPage.Spec("127.0.0.1", 0, "t"),
                                    health,
                                    new SimpleMeterRegistry());
                    var _ =
                            new Agent(
                                    AgentConfig.of("us", Map.of()),
                                    kafka,
                                    CheckFile.read(
                                            ConfigFile.load(file, Map.of(), Set.of("checks"))),
                                    dir.resolve("agent"),
                                    Map.of(),
                                    health,
                                    new SimpleMeterRegistry())) {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> target.webhookIds().size() > 1); // it probes all the same
                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> {
                            assertThat(health.troubles())
                                    .containsKeys(
                                            "publisher",
                                            "checks",
                                            "streams",
                                            "notifier",
                                            "state",
                                            "results");
                            assertThat(health.troubles().values())
                                    .allMatch(why -> why.contains("No resolvable bootstrap"));
                        });
                assertThat(health.alive()).isTrue();
            }
        }
    }
}
