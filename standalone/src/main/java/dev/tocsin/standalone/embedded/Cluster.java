package dev.tocsin.standalone.embedded;

import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.standalone.topic.Bootstrap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;

/// The embedded cluster: broker and registry, with topics and schemas in place.
public final class Cluster implements AutoCloseable {
    /// One machine, few checks: three partitions keep the ticks and commit markers few.
    private static final int LANES = 3;

    private final Lifecycle lifecycle = new Lifecycle();
    private final KafkaSettings settings;

    /// @param ports where each part listens
    public Cluster(Path dataDir, Ports ports) throws IOException, InterruptedException {
        try {
            var registry =
                    lifecycle.closing(
                            "registry",
                            new EmbeddedRegistry(dataDir.resolve("registry"), ports.registry()));
            lifecycle.closing("kafka", new EmbeddedKafka(dataDir.resolve("kafka"), ports.kafka()));
            registry.await();
            settings = ports.settings();
            Bootstrap.run(settings, LANES);
        } catch (IOException | InterruptedException | RuntimeException e) {
            lifecycle.close();
            throw e;
        } catch (ExecutionException e) {
            lifecycle.close();
            throw new IOException("topics could not be made: " + e.getCause(), e);
        }
    }

    public KafkaSettings settings() {
        return settings;
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
