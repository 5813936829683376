package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.agent.AgentConfig;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.demo.WebhookReceiver;
import dev.tocsin.standalone.embedded.Pipeline;
import dev.tocsin.standalone.topic.Applied;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/// What every cluster must be good for: a target fails in three regions and recovers, and signed webhooks tell of both.
final class PipelineScenario {
    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private PipelineScenario() {}

    /// @param kafka a cluster with topics and schemas in place
    static void failsAndRecovers(KafkaSettings kafka, Path dir) throws Exception {
        var fails = new AtomicBoolean();
        try (var target = new Target(0, (int _) -> fails.get() ? 500 : 204);
                var receiver = new WebhookReceiver(SECRET, _ -> {})) {
            var file =
                    Files.writeString(
                            dir.resolve("it.yaml"),
                            """
                            checks:
                              - id: shop
                                url: %s
                                interval: 1s
                                timeout: 1s
                                regions: [us, eu, ap]
                                incident: { failure-threshold: 1, success-threshold: 1, recover-for: 1s }
                            notify:
                              allow-networks: [127.0.0.0/8]
                              targets: [{ id: oncall, type: webhook, url: "%s", secret: "%s" }]
                              routes: [{ targets: [oncall] }]
                            """
                                    .formatted(target.url(), receiver.url(), SECRET));
            var config = ConfigFile.load(file, Map.of(), Set.of("checks"));
            new Applied(config).publish(kafka, false);
            var agents =
                    List.of("us", "eu", "ap").stream()
                            .map(region -> AgentConfig.of(region, Map.of()))
                            .toList();
            var health = new Health();
            var metrics = new SimpleMeterRegistry();
            try (var _ =
                    new Pipeline(
                            kafka,
                            dir,
                            agents,
                            NotifyConfig.from(config),
                            Map.of(),
                            health,
                            metrics)) {
                await().atMost(Duration.ofSeconds(60))
                        .until(() ->
                                health.ready()
                                        && metrics
                                                .find("tocsin_streams_results_total")
                                                .tag("bucket", "voted")
                                                .counters()
                                                .stream()
                                                .anyMatch(c -> c.count() >= 6));
                var failed = Instant.now();
                fails.set(true);
                await().pollInterval(Duration.ofMillis(10))
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> types(receiver).contains("OPENED"));
                System.out.printf(
                        "failure to webhook: %d ms%n",
                        Duration.between(failed, Instant.now()).toMillis());
                fails.set(false);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> types(receiver).contains("CLOSED"));
            }
            assertThat(receiver.refused()).isEmpty();
            assertThat(types(receiver).getFirst()).isEqualTo("OPENED");
            assertThat(types(receiver).getLast()).isEqualTo("CLOSED");
        }
    }

    private static List<String> types(WebhookReceiver receiver) {
        return receiver.received().stream().map(WebhookReceiver.Received::type).toList();
    }
}
