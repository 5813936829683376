package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.agent.Agent;
import dev.tocsin.agent.AgentConfig;
import dev.tocsin.incident.IncidentStreams;
import dev.tocsin.notifier.Notifier;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.page.StatusPage;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.SchemaRegistry;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.standalone.Tocsin;
import dev.tocsin.standalone.embedded.EmbeddedRegistry;
import dev.tocsin.standalone.topic.Applied;
import dev.tocsin.standalone.topic.Bootstrap;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A registry that is away, lost, made anew, and restored.
@ExtendWith(SharedCluster.class)
class RegistryIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int PORT = 19692;

    @TempDir Path dir = Path.of(".");

    private IncidentStreams streams(KafkaSettings kafka, Health health) {
        return new IncidentStreams(
                kafka, "registry", dir.resolve("state"), health, new SimpleMeterRegistry());
    }

    private void apply(KafkaSettings kafka) throws Exception {
        var file =
                Files.writeString(
                        dir.resolve("checks.yaml"),
                        "checks: [{ id: shop, url: 'http://127.0.0.1:1/', regions: [us] }]");
        new Applied(ConfigFile.load(file, Map.of(), Set.of("checks"))).publish(kafka, false);
    }

    @Test
    void withoutTheIdsOfWhatItMayWriteStreamsIsNotReadyAndNamesTheRegistryAndTheSubject(
            KafkaSettings kafka) throws Exception {
        var health = new Health();
        try (var _ =
                streams(kafka.with("schema.registry.url", "http://127.0.0.1:1/nobody"), health)) {
            await().atMost(LIMIT)
                    .untilAsserted(() ->
                            assertThat(health.why("streams"))
                                    .contains(
                                            "waiting for the registry",
                                            "http://127.0.0.1:1/nobody/subjects/"
                                                    + kafka.topicPrefix()));
            assertThat(health.alive()).isTrue();
        }
    }

    /// On an installation that has never had an incident.
    @Test
    void aRegistryThatGoesAwayHoldsUpNotEvenTheFirstIncident(KafkaSettings given) throws Exception {
        var down = new AtomicBoolean();
        var metrics = new SimpleMeterRegistry();
        var health = new Health();
        var registry = new EmbeddedRegistry(dir.resolve("going"), PORT);
        try (var shop = new Target(0, (int _) -> down.get() ? 500 : 200);
                var oncall = new Target(0, (int _) -> 200);
                var lifecycle = new Lifecycle()) {
            lifecycle.closing("registry", registry);
            registry.await();
            var kafka =
                    given.with("topic.prefix", "first.")
                            .with("schema.registry.url", registry.url());
            Bootstrap.run(kafka, 2);
            var file =
                    Files.writeString(
                            dir.resolve("all.yaml"),
                            """
                            checks: [{ id: shop, url: "%s", interval: 1s, timeout: 500ms, regions: [us] }]
                            notify:
                              allow-networks: [127.0.0.0/8]
                              targets: [{ id: oncall, type: webhook, url: "%s", secret: "%s" }]
                              routes: [{ targets: [oncall] }]
                            """
                                    .formatted(shop.url(), oncall.url(), PipelineScenario.SECRET));
            new Applied(ConfigFile.load(file, Map.of(), Set.of("checks"))).publish(kafka, false);
            lifecycle.closing(
                    "streams",
                    new IncidentStreams(
                            kafka, "first", dir.resolve("first-streams"), health, metrics));
            lifecycle.closing(
                    "notifier",
                    new Notifier(
                            kafka,
                            "first",
                            dir.resolve("first-notifier"),
                            NotifyConfig.from(ConfigFile.load(file, Map.of(), Set.of())),
                            health,
                            metrics));
            lifecycle.closing(
                    "agent",
                    new Agent(
                            AgentConfig.of("us", Map.of()),
                            kafka,
                            List.of(),
                            dir.resolve("first-agent"),
                            Map.of(),
                            health,
                            metrics));
            await().atMost(LIMIT).until(() -> health.ready() && shop.webhookIds().size() > 3);
            registry.close();
            down.set(true);
            await().atMost(LIMIT).until(() -> oncall.webhookIds().size() == 1);
            down.set(false);
            await().atMost(LIMIT).until(() -> oncall.webhookIds().size() == 2);
            assertThat(metrics.get("tocsin_stream_threads_replaced_total").counters())
                    .allSatisfy(counter -> assertThat(counter.count()).isZero());
        }
    }

    @Test
    void aRegistryMadeAnewIsRefusedUntilTheBackupIsRestored(KafkaSettings kafka) throws Exception {
        apply(kafka);
        var backup = dir.resolve("registry.json");
        var config = dir.resolve("kafka.yaml");
        Files.writeString(config, SharedCluster.section(kafka));
        follow(0, config, backup);
        try (var registry = new EmbeddedRegistry(dir.resolve("anew"), PORT)) {
            registry.await();
            var anew = kafka.with("schema.registry.url", registry.url());
            Files.writeString(config, SharedCluster.section(anew));
            assertThatThrownBy(() -> Bootstrap.run(anew, 2))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("is not the one that these topics were written with")
                    .hasMessageContaining("tocsin admin registry import");
            refuse(anew);

            follow(1, config, backup);
            follow(1, config, backup);
            var before = new SchemaRegistry(kafka.properties());
            var after = new SchemaRegistry(anew.properties());
            for (var topic : Topics.ALL) {
                var subject = topic.subject(kafka.topicPrefix());
                var schema = SpecificData.get().getSchema(topic.type());
                assertThat(after.lookup(subject, schema)).isEqualTo(before.lookup(subject, schema));
            }
            assertThat(Bootstrap.run(anew, 2)).isEmpty();
            var health = new Health();
            try (var _ = streams(anew, health)) {
                await().atMost(LIMIT).until(health::ready);
            }
        }
    }

    @Test
    void intoARegistryThatHasSomethingElseUnderAnIdNothingIsRestored(KafkaSettings kafka)
            throws Exception {
        var backup = dir.resolve("registry.json");
        var config = dir.resolve("kafka.yaml");
        Files.writeString(config, SharedCluster.section(kafka));
        assertThat(run("admin", "registry", "export", "-f", config, backup)).isZero();
        try (var registry = new EmbeddedRegistry(dir.resolve("other"), PORT)) {
            registry.await();
            var other = kafka.with("schema.registry.url", registry.url());
            var their = new SchemaRegistry(other.properties());
            for (int i = 0; i < 20; i++) {
                their.register(
                        "foreign" + i,
                        Schema.createRecord("Foreign" + i, null, "x", false, List.of()));
            }
            Files.writeString(config, SharedCluster.section(other));
            assertThat(run("admin", "registry", "import", "-f", config, backup)).isNotZero();
            assertThat(their.latest("foreign19")).isEqualTo(20);
        }
    }

    /// The command of one block of docs/how-to/operate.md.
    private static void follow(int block, Path config, Path backup) throws IOException {
        var root = Path.of(System.getProperty("tocsin.home", ".."));
        var commands =
                HowTo.blocks(root.resolve("docs/how-to/operate.md")).stream()
                        .filter(it -> it.kind().equals("bash"))
                        .toList();
        var words = List.of(commands.get(block).text().strip().split(" "));
        assertThat(words).startsWith("./tocsin").contains("config", "registry-backup.json");
        var args =
                words.stream()
                        .skip(1)
                        .map(word -> word.equals("config") ? config.toString() : word)
                        .map(word -> word.equals("registry-backup.json") ? backup.toString() : word)
                        .toArray();
        assertThat(run(args)).isZero();
    }

    private void refuse(KafkaSettings anew) throws InterruptedException {
        var streams = new Health();
        var page = new Health();
        try (var _ = streams(anew, streams);
                var _ =
                        new StatusPage(
                                anew,
                                new StatusPage.Spec("127.0.0.1", 0, "S"),
                                page,
                                new SimpleMeterRegistry())) {
            for (var health : new Health[] {streams, page}) {
                await().atMost(LIMIT)
                        .until(() -> {
                            assertThat(health.ready()).isFalse();
                            return health.isRefused();
                        });
                assertThat(health.awaitRefusal().why())
                        .contains("schema id", "which is nothing there");
            }
        }
    }

    private static int run(Object... args) {
        return Tocsin.run(
                java.util.Arrays.stream(args).map(Object::toString).toArray(String[]::new));
    }
}
