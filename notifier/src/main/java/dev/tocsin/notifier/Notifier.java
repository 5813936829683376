package dev.tocsin.notifier;

import dev.tocsin.notifier.send.Handover;
import dev.tocsin.notifier.send.Senders;
import dev.tocsin.notifier.stream.GroupSizes;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Streams app that routes incidents and tells them: exactly once up to the senders, at least once on the wire.
public final class Notifier implements AutoCloseable {
    /// Its name in `/health`.
    static final String PART = "notifier";

    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

    /// A planned stop hands over within three seconds (DESIGN section 7).
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

    private final Lifecycle lifecycle = new Lifecycle();

    /// @param instance name of this process among its like; stays the same over restarts
    /// @param stateDir survives restarts too
    public Notifier(
            KafkaSettings kafka,
            String instance,
            Path stateDir,
            NotifyConfig config,
            Health health) {
        health.waiting(PART, "starting");
        var starter =
                Thread.ofVirtual()
                        .name("notifier-start")
                        .start(() -> {
                            if (new TopicsThere(kafka, health).await()) {
                                start(kafka, instance, stateDir, config, health);
                            }
                        });
        // Runs last of all: what the starter begins meanwhile is closed after it.
        lifecycle.onClose(
                "start",
                () -> {
                    starter.interrupt();
                    starter.join();
                });
    }

    private void start(
            KafkaSettings kafka,
            String instance,
            Path stateDir,
            NotifyConfig config,
            Health health) {
        var sizes = lifecycle.closing("group sizes", new GroupSizes(kafka));
        health.waiting(PART, "counts the checks of each group");
        try {
            sizes.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        var clock = InstantSource.system();
        var senders = new Senders(clock);
        var handover = new Handover(senders);
        var streams =
                new KafkaStreams(
                        NotifierTopology.build(kafka, config, sizes::hasOthers, handover, clock),
                        properties(kafka, instance, stateDir),
                        handover);
        lifecycle.onClose(
                "streams",
                () ->
                        streams.close(
                                CloseOptions.timeout(Duration.ofSeconds(10))
                                        .withGroupMembershipOperation(
                                                CloseOptions.GroupMembershipOperation
                                                        .LEAVE_GROUP)));
        lifecycle.onClose(
                "senders",
                () -> {
                    senders.close();
                    senders.idle(LAST_ANSWERS);
                });
        streams.setStateListener((state, _) -> {
            if (state == State.RUNNING) {
                health.fine(PART);
            } else if (state == State.ERROR) {
                health.failed(PART, new IllegalStateException("all stream threads have died"));
            } else {
                health.waiting(PART, state.name());
            }
        });
        streams.setUncaughtExceptionHandler(e -> {
            LOG.atWarn()
                    .addKeyValue("why", root(e).toString())
                    .log("a stream thread is replaced; what it had begun is done again");
            LOG.atDebug().setCause(e).log("its stack");
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        streams.start();
    }

    private static Properties properties(KafkaSettings kafka, String instance, Path stateDir) {
        var properties = new Properties();
        properties.putAll(
                kafka.client(
                        Map.ofEntries(
                                Map.entry(
                                        "application.id", kafka.topicPrefix() + "tocsin-notifier"),
                                Map.entry("num.stream.threads", 1),
                                Map.entry("commit.interval.ms", 25),
                                // An idle thread commits, and looks for answers, only between
                                // polls.
                                Map.entry("poll.ms", 5),
                                // The order between an event and a delivery is of no account.
                                Map.entry("max.task.idle.ms", -1),
                                Map.entry("producer.linger.ms", 100),
                                Map.entry("producer.batch.size", 131072),
                                Map.entry("producer.compression.type", "lz4"),
                                Map.entry("main.consumer.session.timeout.ms", 10000),
                                Map.entry("main.consumer.heartbeat.interval.ms", 3000),
                                Map.entry("main.consumer.max.poll.records", 1000),
                                Map.entry("consumer.auto.offset.reset", "earliest"),
                                Map.entry("replication.factor", -1),
                                Map.entry("statestore.cache.max.bytes", 0)),
                        Map.of(
                                "processing.guarantee",
                                "exactly_once_v2",
                                "main.consumer.group.instance.id",
                                instance,
                                "state.dir",
                                stateDir.toString())));
        return properties;
    }

    private static Throwable root(Throwable e) {
        var cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
