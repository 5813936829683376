package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.tocsin.agent.AgentConfig;
import dev.tocsin.agent.check.CheckFile;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroDeserializer;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Health;
import dev.tocsin.standalone.Cluster;
import dev.tocsin.standalone.Pipeline;
import dev.tocsin.standalone.Ports;
import dev.tocsin.standalone.WebhookReceiver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole on the embedded cluster: a target fails, a webhook comes; it recovers, and whoever was told is told.
class PipelineIT {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    @TempDir Path dir = Path.of(".");

    @Test
    void aFailureBecomesASignedWebhookAndARecoveryASecondOne() throws Exception {
        var fails = new AtomicBoolean();
        var target =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        target.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        exchange.sendResponseHeaders(fails.get() ? 500 : 204, -1);
                    }
                });
        target.start();
        try (var cluster = new Cluster(dir, Ports.from(19092));
                var receiver = new WebhookReceiver(SECRET, _ -> {})) {
            var file =
                    Files.writeString(
                            dir.resolve("it.yaml"),
                            """
                            checks:
                              - id: shop
                                url: http://127.0.0.1:%d/
                                interval: 1s
                                timeout: 1s
                                regions: [us, eu, ap]
                                incident: { failure-threshold: 1, success-threshold: 1, recover-for: 1s }
                            notify:
                              targets: [{ id: oncall, type: webhook, url: "%s", secret: "%s" }]
                              routes: [{ targets: [oncall] }]
                            """
                                    .formatted(
                                            target.getAddress().getPort(), receiver.url(), SECRET));
            var config = ConfigFile.load(file, Map.of(), Set.of("checks"));
            garbage(cluster);
            Pipeline.apply(cluster.settings(), CheckFile.read(config), List.of());
            var agents =
                    List.of("us", "eu", "ap").stream()
                            .map(region -> AgentConfig.of(region, null, null, null, Map.of()))
                            .toList();
            var health = new Health();
            var metrics = new SimpleMeterRegistry();
            try (var _ =
                    new Pipeline(
                            cluster.settings(),
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
                await().atMost(Duration.ofSeconds(30))
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
            assertThat(incidents(cluster)).startsWith("OPENED").endsWith("CLOSED");
            assertThat(records(cluster, Topics.CHECK_RESULTS.deadLetters(""))).hasSize(1);
            assertThat(records(cluster, Topics.CHECKS.deadLetters(""))).hasSize(1);
        } finally {
            target.stop(0);
        }
    }

    private static List<String> types(WebhookReceiver receiver) {
        return receiver.received().stream()
                .map(hook -> hook.body().path("data").path("type").asText())
                .toList();
    }

    /// Records that are not Avro, before anything else in their partitions.
    private static void garbage(Cluster cluster) throws Exception {
        try (var producer =
                new KafkaProducer<String, byte[]>(
                        cluster.settings()
                                .client(
                                        Map.of(),
                                        Map.of(
                                                "key.serializer",
                                                StringSerializer.class.getName(),
                                                "value.serializer",
                                                ByteArraySerializer.class.getName())))) {
            for (var topic : List.of(Topics.CHECK_RESULTS, Topics.CHECKS, Topics.INCIDENTS)) {
                producer.send(
                                new ProducerRecord<>(
                                        topic.name(),
                                        "shop",
                                        "not Avro".getBytes(StandardCharsets.UTF_8)))
                        .get();
            }
        }
    }

    private static List<String> incidents(Cluster cluster) {
        try (var avro = new AvroDeserializer<GenericRecord>()) {
            avro.configure(cluster.settings().properties(), false);
            return records(cluster, "incidents").stream()
                    .filter(bytes -> bytes[0] == 0)
                    .map(bytes -> String.valueOf(avro.deserialize("incidents", bytes).get("type")))
                    .toList();
        }
    }

    private static List<byte[]> records(Cluster cluster, String topic) {
        try (var consumer =
                new KafkaConsumer<String, byte[]>(
                        cluster.settings()
                                .client(
                                        Map.of(),
                                        Map.of(
                                                "key.deserializer",
                                                StringDeserializer.class.getName(),
                                                "value.deserializer",
                                                ByteArrayDeserializer.class.getName(),
                                                "isolation.level",
                                                "read_committed")))) {
            var partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(p -> new TopicPartition(topic, p.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            var values = new java.util.ArrayList<byte[]>();
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }
}
