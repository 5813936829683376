package dev.tocsin.standalone.embedded;

import dev.tocsin.agent.Agent;
import dev.tocsin.agent.AgentConfig;
import dev.tocsin.incident.IncidentStreams;
import dev.tocsin.notifier.Notifier;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.schemas.serde.RegistryLease;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Every service in this process, joined by topics alone, as they are when they run apart.
public final class Pipeline implements AutoCloseable {
    private final Lifecycle lifecycle = new Lifecycle();

    /// @param given with a registry's client to share, or one is made for all
    public Pipeline(
            KafkaSettings given,
            Path dataDir,
            List<AgentConfig> agents,
            NotifyConfig notify,
            Map<String, String> env,
            Health health,
            MeterRegistry metrics) {
        var registry = lifecycle.closing("registry", RegistryLease.of(given.serdes())).registry();
        var kafka = given.carrying(RegistryLease.CARRIED, registry);
        lifecycle.closing(
                "notifier",
                new Notifier(
                        kafka, "standalone", dataDir.resolve("notifier"), notify, health, metrics));
        lifecycle.closing(
                "incident-streams",
                new IncidentStreams(
                        kafka, "standalone", dataDir.resolve("streams"), health, metrics));
        for (var agent : agents) {
            lifecycle.closing(
                    "agent " + agent.id(),
                    new Agent(
                            agent,
                            kafka,
                            List.of(),
                            dataDir.resolve("agent-" + agent.id()),
                            env,
                            health,
                            metrics));
        }
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
