package dev.tocsin.incident;

import dev.tocsin.incident.stream.ControlFirst;
import dev.tocsin.incident.stream.Counters;
import dev.tocsin.incident.stream.Formats;
import dev.tocsin.incident.stream.TickWriter;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.RegistryLease;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.service.TopicWatch;
import dev.tocsin.service.progress.Positions;
import dev.tocsin.service.progress.ProgressWatch;
import dev.tocsin.service.streams.Prerequisites;
import dev.tocsin.service.streams.Starter;
import dev.tocsin.service.streams.StreamThreads;
import dev.tocsin.service.streams.StreamsSettings;
import dev.tocsin.service.streams.TopicIds;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.streams.KafkaStreams;

/// The Streams app; what it runs with is in [StreamsSettings].
public final class IncidentStreams implements AutoCloseable {
    private final Lifecycle lifecycle = new Lifecycle();

    /// @param given with a registry's client to share, or one is made
    /// @param instance name of this process among its like; stays the same over restarts
    /// @param stateDir survives restarts too
    /// @throws org.apache.kafka.common.KafkaException when a key store or trust store of the registry's client cannot be read
    public IncidentStreams(
            KafkaSettings given,
            String instance,
            Path stateDir,
            Health health,
            MeterRegistry metrics) {
        var registry = lifecycle.closing("registry", RegistryLease.of(given.serdes())).registry();
        var kafka = given.carrying(RegistryLease.CARRIED, registry);
        // Closed last but for what all use: what it begins meanwhile is closed after it.
        lifecycle.closing(
                "start",
                new Starter(
                        "streams",
                        health,
                        () -> {
                            var formats = Formats.avro(registry, kafka.serdes());
                            var application =
                                    properties(kafka, instance, stateDir)
                                            .getProperty("application.id");
                            var check = new TopicCheck(kafka, registry, application, formats);
                            if (new Prerequisites(kafka, health, "streams").await(check::start)) {
                                start(kafka, instance, stateDir, formats, health, metrics);
                                lifecycle.closing(
                                        "topic watch",
                                        TopicWatch.running(
                                                kafka,
                                                health,
                                                "streams' topics",
                                                check::again,
                                                TopicWatch.MINUTE));
                            }
                        }));
    }

    private void start(
            KafkaSettings kafka,
            String instance,
            Path stateDir,
            Formats formats,
            Health health,
            MeterRegistry metrics) {
        var ticks = lifecycle.closing("ticks", new TickWriter(kafka, health, metrics));
        var topology =
                IncidentTopology.build(
                        kafka.topicPrefix(),
                        lifecycle.closing("topic ids", new TopicIds(kafka)),
                        formats,
                        ticks,
                        new Counters(metrics, health));
        var prefix = kafka.topicPrefix();
        var positions = new Positions();
        var threads = new StreamThreads("streams", health, metrics);
        var streams =
                new KafkaStreams(
                        topology,
                        properties(kafka, instance, stateDir),
                        new ControlFirst(
                                Topics.CHECK_RESULTS.named(prefix),
                                Set.of(
                                        Topics.CHECKS.named(prefix),
                                        Topics.SIGNALS.named(prefix),
                                        Topics.INCIDENT_COMMANDS.named(prefix)),
                                positions,
                                threads));
        lifecycle.onClose("streams", () -> StreamThreads.stop(streams));
        threads.watch(streams);
        streams.start();
        lifecycle.closing(
                "progress",
                new ProgressWatch(
                        kafka,
                        "streams",
                        Topics.CHECK_RESULTS.named(kafka.topicPrefix()),
                        positions,
                        health,
                        metrics));
    }

    /// What Kafka Streams runs with here; public so that a benchmark can run something else with the same.
    public static Properties properties(KafkaSettings kafka, String instance, Path stateDir) {
        return StreamsSettings.of(
                kafka,
                StreamsSettings.INCIDENT_STREAMS,
                instance,
                stateDir,
                Map.of(
                        "num.stream.threads",
                        Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
                        // An idle thread commits only between polls: the default of 100 would make
                        // that the latency of a lone incident.
                        "poll.ms",
                        10,
                        "main.consumer.max.poll.records",
                        2000,
                        "processing.exception.handler.global.enabled",
                        true));
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
