package dev.tocsin.standalone;

import dev.tocsin.agent.Agent;
import dev.tocsin.agent.AgentConfig;
import dev.tocsin.incident.IncidentStreams;
import dev.tocsin.notifier.Notifier;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Every service in this process, joined by topics alone, as they are when they run apart.
public final class Pipeline implements AutoCloseable {
    private final Lifecycle lifecycle = new Lifecycle();

    public Pipeline(
            KafkaSettings kafka,
            Path dataDir,
            List<AgentConfig> agents,
            NotifyConfig notify,
            Map<String, String> env,
            Health health,
            MeterRegistry metrics) {
        lifecycle.closing("notifier", new Notifier(kafka, "standalone", notify, health));
        lifecycle.closing(
                "incident-streams",
                new IncidentStreams(
                        kafka, "standalone", dataDir.resolve("streams"), health, metrics));
        for (var agent : agents) {
            lifecycle.closing(
                    "agent " + agent.id(),
                    new Agent(agent, kafka, List.of(), env, health, metrics));
        }
    }

    /// Publishes definitions to `checks`, and a tombstone for each removed id. Returns when the broker has them all.
    public static void apply(
            KafkaSettings kafka, List<CheckDefinition> checks, List<String> removed)
            throws InterruptedException, ExecutionException {
        var topic = Topics.CHECKS.named(kafka.topicPrefix());
        try (var serializer = AvroSerdes.<CheckDefinition>serializer(kafka.properties());
                var producer =
                        new KafkaProducer<String, byte[]>(
                                kafka.client(
                                        Map.of(
                                                "max.block.ms",
                                                "15000",
                                                "delivery.timeout.ms",
                                                "20000",
                                                "request.timeout.ms",
                                                "15000"),
                                        Map.of(
                                                "key.serializer", StringSerializer.class.getName(),
                                                "value.serializer",
                                                        ByteArraySerializer.class.getName(),
                                                "acks", "all")))) {
            for (var check : checks) {
                producer.send(
                                new ProducerRecord<>(
                                        topic,
                                        check.getCheckId(),
                                        serializer.serialize(topic, check)))
                        .get();
            }
            for (var id : removed) {
                producer.send(new ProducerRecord<String, byte[]>(topic, id, null)).get();
            }
        }
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
