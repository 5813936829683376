package dev.tocsin.notifier;

import dev.tocsin.notifier.heartbeat.Heartbeat;
import dev.tocsin.notifier.send.Handover;
import dev.tocsin.notifier.send.Senders;
import dev.tocsin.notifier.stream.Formats;
import dev.tocsin.notifier.stream.GroupSizes;
import dev.tocsin.notifier.stream.Places;
import dev.tocsin.notifier.stream.Successor;
import dev.tocsin.notifier.stream.TargetMeters;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.RegistryLease;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.service.SteadyClock;
import dev.tocsin.service.TopicWatch;
import dev.tocsin.service.Unread;
import dev.tocsin.service.progress.Positions;
import dev.tocsin.service.progress.ProgressWatch;
import dev.tocsin.service.streams.AppState;
import dev.tocsin.service.streams.Bugs;
import dev.tocsin.service.streams.Prerequisites;
import dev.tocsin.service.streams.Starter;
import dev.tocsin.service.streams.StreamThreads;
import dev.tocsin.service.streams.StreamsSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

/// The Streams app that routes incidents and tells them: exactly once up to the senders, at least once on the wire.
public final class Notifier implements AutoCloseable {
    /// Its name in `/health`.
    static final String PART = "notifier";

    private static final String APPLICATION = "tocsin-notifier";

    private static final Duration STANDSTILL = Duration.ofMinutes(1);

    private final Lifecycle lifecycle = new Lifecycle();
    private final Health health;
    private final MeterRegistry metrics;

    /// @param given with a registry's client to share, or one is made
    /// @param instance name of this process among its like; stays the same over restarts
    /// @param stateDir survives restarts too
    /// @throws org.apache.kafka.common.KafkaException when a key store or trust store of the registry's client cannot be read
    public Notifier(
            KafkaSettings given,
            String instance,
            Path stateDir,
            NotifyConfig config,
            Health health,
            MeterRegistry metrics) {
        this.health = health;
        this.metrics = metrics;
        var registry = lifecycle.closing("registry", RegistryLease.of(given.serdes())).registry();
        var kafka = given.carrying(RegistryLease.CARRIED, registry);
        // Closed last but for what all use: what it begins meanwhile is closed after it.
        lifecycle.closing(
                "start",
                new Starter(
                        PART,
                        health,
                        () -> {
                            var formats = Formats.avro(kafka);
                            var application =
                                    properties(kafka, instance, stateDir)
                                            .getProperty("application.id");
                            var check = new TopicCheck(kafka, registry, application, formats);
                            if (new Prerequisites(kafka, health, PART).await(check::start)) {
                                start(kafka, instance, stateDir, config, formats);
                                lifecycle.closing(
                                        "topic watch",
                                        TopicWatch.running(
                                                kafka,
                                                health,
                                                "notifier's topics",
                                                check::again,
                                                TopicWatch.MINUTE));
                            }
                        }));
    }

    /// What it keeps.
    ///
    /// @param keys of the events of an incident, by its id
    public static AppState state(Function<String, @Nullable String> keys) {
        return new AppState(
                APPLICATION,
                List.of(Topics.INCIDENTS.name(), Topics.DELIVERIES.name()),
                Places.of(keys));
    }

    private void start(
            KafkaSettings kafka,
            String instance,
            Path stateDir,
            NotifyConfig config,
            Formats formats) {
        var positions = new Positions();
        // Before all that reads: what that waits for is said from its first record on.
        lifecycle.closing(
                "progress",
                new ProgressWatch(
                        kafka,
                        PART,
                        Topics.INCIDENTS.named(kafka.topicPrefix()),
                        positions,
                        health,
                        metrics));
        var sizes =
                lifecycle.closing(
                        "group sizes",
                        GroupSizes.start(kafka, positions, health, new Unread(metrics)));
        health.waiting(PART, "counts the checks of each group");
        try {
            sizes.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        var clock = new SteadyClock();
        var meters = new TargetMeters(metrics, config.targets().keySet(), clock);
        var senders = new Senders(clock);
        var threads = new StreamThreads(PART, health, metrics);
        var handover =
                new Handover(
                        Topics.INCIDENTS.named(kafka.topicPrefix()), senders, positions, threads);
        var successor = lifecycle.closing("successor", Successor.by(kafka, formats));
        var streams =
                new KafkaStreams(
                        NotifierTopology.build(
                                kafka.topicPrefix(),
                                config,
                                sizes::hasOthers,
                                handover,
                                successor,
                                formats,
                                meters,
                                new Bugs(metrics, "tocsin_notifier_bugs_total", health),
                                clock),
                        properties(kafka, instance, stateDir),
                        handover,
                        new SteadyTime(clock));
        lifecycle.onClose("streams", () -> StreamThreads.stop(streams));
        lifecycle.onClose(
                "senders",
                () -> {
                    senders.close();
                    senders.awaitAnswers(Handover.PATIENCE);
                });
        threads.watch(streams);
        streams.start();
        if (config.heartbeat() != null) {
            lifecycle.closing(
                    "heartbeat",
                    new Heartbeat(
                            kafka,
                            config.heartbeat(),
                            kafka.topicPrefix() + StreamsSettings.INCIDENT_STREAMS,
                            () -> trouble(handover, meters)));
        }
    }

    private @Nullable String trouble(Handover handover, TargetMeters meters) {
        if (health.why(PART) != null) {
            return "the notifier waits: " + health.why(PART);
        }
        return handover.sincePoll().compareTo(STANDSTILL) > 0
                ? "the notifier's thread does not go on"
                : meters.trouble();
    }

    private static Properties properties(KafkaSettings kafka, String instance, Path stateDir) {
        return StreamsSettings.of(
                kafka,
                APPLICATION,
                instance,
                stateDir,
                Map.of(
                        "num.stream.threads",
                        1,
                        // An idle thread commits, and looks for answers, only between polls.
                        "poll.ms",
                        5,
                        "main.consumer.max.poll.records",
                        1000));
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
