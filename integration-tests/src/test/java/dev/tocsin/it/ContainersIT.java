package dev.tocsin.it;

import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.topic.Bootstrap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;

/// The pipeline against the broker and the registry that docker-compose.yml names, instead of the embedded ones.
@Isolated
@ExtendWith(NeedsDocker.class)
class ContainersIT {
    private static final String API = "/apis/ccompat/v7";

    @TempDir Path dir = Path.of(".");

    @Test
    void aFailureBecomesASignedWebhookOnKafkaAndRegistryInContainers() throws Exception {
        try (var broker = new KafkaContainer("apache/kafka:4.3.1");
                var registry = new GenericContainer<>("apicurio/apicurio-registry:3.3.3")) {
            registry.withExposedPorts(8080)
                    .waitingFor(
                            Wait.forHttp(API + "/subjects")
                                    .withStartupTimeout(Duration.ofMinutes(2)));
            registry.start();
            broker.start();
            var kafka =
                    new KafkaSettings(
                            Map.of(
                                    "bootstrap.servers",
                                    broker.getBootstrapServers(),
                                    "schema.registry.url",
                                    "http://"
                                            + registry.getHost()
                                            + ":"
                                            + registry.getMappedPort(8080)
                                            + API));
            Bootstrap.run(kafka, 3);
            PipelineScenario.failsAndRecovers(kafka, dir);
        }
    }
}
