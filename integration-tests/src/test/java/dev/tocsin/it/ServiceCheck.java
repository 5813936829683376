package dev.tocsin.it;

import static org.awaitility.Awaitility.await;

import dev.tocsin.agent.AgentConfig;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.embedded.Pipeline;
import dev.tocsin.standalone.topic.Applied;
import dev.tocsin.standalone.topic.IncidentFeed;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/// The whole pipeline with one check, `shop`, in region us, each second.
final class ServiceCheck implements AutoCloseable {
    private final KafkaSettings kafka;
    private final Pipeline pipeline;

    ServiceCheck(KafkaSettings kafka, Path dir, String url) throws Exception {
        this.kafka = kafka;
        var file =
                Files.writeString(
                        dir.resolve("shop.yaml"),
                        """
                        checks:
                          - id: shop
                            url: %s
                            interval: 1s
                            timeout: 1s
                            regions: [us]
                            incident: { failure-threshold: 1 }
                        """
                                .formatted(url));
        var config = ConfigFile.load(file, Map.of(), Set.of("checks"));
        new Applied(config).publish(kafka, false);
        pipeline =
                new Pipeline(
                        kafka,
                        dir,
                        List.of(AgentConfig.of("us", Map.of())),
                        NotifyConfig.from(config),
                        Map.of(),
                        new Health(),
                        new SimpleMeterRegistry());
    }

    /// The id of its incident, once one is open.
    String incident() {
        var found = new AtomicReference<IncidentEvent>();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> {
                    IncidentFeed.read(kafka, false, () -> false, found::set);
                    return found.get() != null;
                });
        return found.get().getIncidentId();
    }

    @Override
    public void close() {
        pipeline.close();
    }
}
