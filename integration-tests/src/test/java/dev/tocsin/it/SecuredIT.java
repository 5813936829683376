package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.incident.IncidentStreams;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.Tocsin;
import dev.tocsin.standalone.command.ConfigOption;
import dev.tocsin.standalone.topic.Bootstrap;
import dev.tocsin.standalone.topic.Difference;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The same services on a cluster that wants TLS, SASL and rights, all by properties that are passed through, under a topic prefix.
@ExtendWith(SharedCluster.class)
class SecuredIT {
    @TempDir Path dir = Path.of(".");

    private static String config(SecuredCluster cluster) {
        return """
        kafka:
          bootstrap.servers: "%1$s"
          security.protocol: SASL_SSL
          sasl.mechanism: PLAIN
          sasl.jaas.config: 'org.apache.kafka.common.security.plain.PlainLoginModule required username="tocsin" password="%4$s";'
          ssl.truststore.type: PEM
          ssl.truststore.location: "%2$s"
          schema.registry.url: "%3$s"
          schema.registry.ssl.truststore.type: PEM
          schema.registry.ssl.truststore.location: "%2$s"
          basic.auth.credentials.source: USER_INFO
          basic.auth.user.info: "tocsin:%4$s"
          topic.prefix: acme.
        """
                .formatted(
                        cluster.bootstrapServers(),
                        cluster.ca(),
                        cluster.registryUrl(),
                        SecuredCluster.PASSWORD);
    }

    @Test
    void theWholePipelineRunsOnTlsSaslAclsAndBasicAuth(KafkaSettings plain) throws Exception {
        try (var cluster = new SecuredCluster(dir, 19492, plain.registryUrl(), "acme.")) {
            var text = config(cluster);
            var file = Files.writeString(dir.resolve("secured.yaml"), text);
            assertThat(run("admin", "bootstrap", "--partitions", "2", "-f", file)).isZero();
            var kafka = KafkaSettings.from(ConfigOption.parse(file, Map.of()));

            PipelineScenario.failsAndRecovers(kafka, dir);

            try (var admin = Admin.create(kafka.client(Map.of(), Map.of()))) {
                assertThat(admin.listTopics().names().get())
                        .contains("acme.incidents", "acme.check-results", "acme.checks-dlq")
                        .allMatch(name -> name.startsWith("acme."));
            }
            assertThat(run("incidents", "-f", file)).isZero();
            Files.writeString(file, text.replace("\"tocsin:", "\"nobody:"));
            assertThat(run("admin", "bootstrap", "-f", file)).isEqualTo(3);
        }
    }

    @Test
    void streamsStartsAlsoWhereItMayNotLookAtHowTopicsAreKept(KafkaSettings plain)
            throws Exception {
        try (var cluster = new SecuredCluster(dir, 19492, plain.registryUrl(), "acme.")) {
            var file = Files.writeString(dir.resolve("secured.yaml"), config(cluster));
            assertThat(run("admin", "bootstrap", "--partitions", "2", "-f", file)).isZero();
            cluster.deny("acme.", AclOperation.DESCRIBE_CONFIGS);
            var kafka = KafkaSettings.from(ConfigOption.parse(file, Map.of()));
            var health = new Health();
            try (var _ =
                    new IncidentStreams(
                            kafka, "1", dir.resolve("state"), health, new SimpleMeterRegistry())) {
                await().atMost(Duration.ofSeconds(60)).until(health::ready);
            }
            assertThat(Bootstrap.run(kafka, 2))
                    .extracting(Difference::fate)
                    .containsExactly(Difference.Fate.LEFT);
        }
    }

    private static int run(Object... args) {
        return Tocsin.run(
                java.util.Arrays.stream(args).map(Object::toString).toArray(String[]::new));
    }
}
