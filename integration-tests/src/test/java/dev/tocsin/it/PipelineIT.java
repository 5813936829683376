package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.agent.AgentConfig;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroDeserializer;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.Applied;
import dev.tocsin.standalone.Pipeline;
import dev.tocsin.standalone.demo.WebhookReceiver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The whole: a target fails, a webhook comes; it recovers, and whoever was told is told.
@ExtendWith(SharedCluster.class)
class PipelineIT {
    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    @TempDir Path dir = Path.of(".");

    @Test
    void aFailureBecomesASignedWebhookAndARecoveryASecondOne(KafkaSettings kafka) throws Exception {
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
                              targets: [{ id: oncall, type: webhook, url: "%s", secret: "%s" }]
                              routes: [{ targets: [oncall] }]
                            """
                                    .formatted(target.url(), receiver.url(), SECRET));
            var config = ConfigFile.load(file, Map.of(), Set.of("checks"));
            for (var topic : List.of(Topics.CHECK_RESULTS, Topics.CHECKS)) {
                SharedCluster.write(
                        kafka, topic.name(), "shop", "not Avro".getBytes(StandardCharsets.UTF_8));
            }
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
        assertThat(SharedCluster.values(kafka, Topics.CHECK_RESULTS.deadLetters(""))).hasSize(1);
        assertThat(SharedCluster.values(kafka, Topics.CHECKS.deadLetters(""))).hasSize(1);
        try (var ours = new AvroDeserializer<GenericRecord>();
                Deserializer<Object> theirs = ConfluentIT.theirs("KafkaAvroDeserializer")) {
            ours.configure(kafka.properties(), false);
            theirs.configure(Map.of("schema.registry.url", kafka.registryUrl()), false);
            var read = incidents(kafka, theirs);
            System.out.println("Confluent's deserializer reads from incidents: " + read);
            assertThat(read).startsWith("OPENED").endsWith("CLOSED");
            assertThat(read).isEqualTo(incidents(kafka, ours));
        }
    }

    private static List<String> types(WebhookReceiver receiver) {
        return receiver.received().stream()
                .map(hook -> hook.body().path("data").path("type").asText())
                .toList();
    }

    private static List<String> incidents(KafkaSettings kafka, Deserializer<?> avro) {
        return SharedCluster.values(kafka, "incidents").stream()
                .map(bytes -> (GenericRecord) avro.deserialize("incidents", bytes))
                .map(event -> String.valueOf(event.get("type")))
                .toList();
    }
}
