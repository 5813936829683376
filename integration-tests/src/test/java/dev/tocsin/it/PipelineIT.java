package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.tocsin.agent.Agent;
import dev.tocsin.agent.AgentConfig;
import dev.tocsin.agent.check.CheckFile;
import dev.tocsin.incident.IncidentStreams;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroDeserializer;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.AppliedChecks;
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
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
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
            AppliedChecks.publish(cluster.settings(), CheckFile.read(config), List.of());
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
            try (var ours = new AvroDeserializer<GenericRecord>();
                    Deserializer<Object> theirs = confluent("KafkaAvroDeserializer")) {
                ours.configure(cluster.settings().properties(), false);
                theirs.configure(
                        Map.of("schema.registry.url", cluster.settings().registryUrl()), false);
                assertThat(incidents(cluster, ours)).startsWith("OPENED").endsWith("CLOSED");
                assertThat(incidents(cluster, theirs)).isEqualTo(incidents(cluster, ours));
                System.out.println(
                        "Confluent's deserializer reads from incidents: "
                                + incidents(cluster, theirs));
            }
            var status =
                    AgentStatus.newBuilder()
                            .setAgentId("a")
                            .setRegion("us")
                            .setBootEpoch(1L)
                            .setAt(Instant.EPOCH)
                            .setChecks(1)
                            .setVersion("t")
                            .build();
            assertThat(throughConfluent(cluster, status)).isEqualTo(status);
            assertThat(records(cluster, Topics.CHECK_RESULTS.deadLetters(""))).hasSize(1);
            assertThat(records(cluster, Topics.CHECKS.deadLetters(""))).hasSize(1);
        } finally {
            target.stop(0);
        }
    }

    @Test
    void anAgentThatStartsBeforeBrokerAndRegistryLosesNoResult() throws Exception {
        var ports = Ports.from(19192);
        var kafka =
                new KafkaSettings(
                        Map.of(
                                "bootstrap.servers", "127.0.0.1:" + ports.kafka(),
                                "schema.registry.url",
                                        "http://127.0.0.1:"
                                                + ports.registry()
                                                + "/apis/ccompat/v7"));
        var file =
                Files.writeString(
                        dir.resolve("early.yaml"),
                        """
                        checks: [{ id: early, url: "tcp://127.0.0.1:1", interval: 500ms, timeout: 400ms, retry-interval: 500ms, regions: [us] }]
                        """);
        var checks = CheckFile.read(ConfigFile.load(file, Map.of(), Set.of("checks")));
        var health = new Health();
        try (var _ =
                new Agent(
                        AgentConfig.of("us", null, null, null, Map.of()),
                        kafka,
                        checks,
                        Map.of(),
                        health,
                        new SimpleMeterRegistry())) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> health.troubles().containsKey("publisher"));
            assertThat(health.alive()).isTrue();
            var streams =
                    new IncidentStreams(
                            kafka,
                            "early",
                            dir.resolve("early"),
                            health,
                            new SimpleMeterRegistry());
            try (var cluster = new Cluster(dir.resolve("late"), ports);
                    streams;
                    Deserializer<CheckResult> results =
                            AvroSerdes.deserializer(kafka.properties())) {
                await().atMost(Duration.ofSeconds(60)).until(health::ready);
                var sequences =
                        records(cluster, Topics.CHECK_RESULTS.name()).stream()
                                .map(bytes ->
                                        results.deserialize("check-results", bytes).getSequence())
                                .toList();
                assertThat(sequences).contains(1L).doesNotHaveDuplicates();
                assertThat(sequences)
                        .hasSize((int) (long) sequences.stream().max(Long::compare).orElseThrow());
            }
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

    private static List<String> incidents(Cluster cluster, Deserializer<?> avro) {
        return records(cluster, "incidents").stream()
                .filter(bytes -> bytes[0] == 0)
                .map(bytes -> (GenericRecord) avro.deserialize("incidents", bytes))
                .map(event -> String.valueOf(event.get("type")))
                .toList();
    }

    /// Confluent's own class, by name: it is on the class path of the tests alone.
    @SuppressWarnings({
        "unchecked",
        "TypeParameterUnusedInFormals"
    }) // both of Confluent's classes take and give Object
    private static <T> T confluent(String name) throws ReflectiveOperationException {
        return (T)
                Class.forName("io.confluent.kafka.serializers." + name)
                        .getDeclaredConstructor()
                        .newInstance();
    }

    /// Confluent's serializer writes a heartbeat, ours reads it.
    private static AgentStatus throughConfluent(Cluster cluster, AgentStatus status)
            throws ReflectiveOperationException {
        Serializer<Object> theirs = confluent("KafkaAvroSerializer");
        theirs.configure(
                Map.of(
                        "schema.registry.url",
                        cluster.settings().registryUrl(),
                        "auto.register.schemas",
                        "false"),
                false);
        try (theirs;
                Deserializer<AgentStatus> ours =
                        AvroSerdes.deserializer(cluster.settings().properties())) {
            return ours.deserialize("agents", theirs.serialize("agents", status));
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
