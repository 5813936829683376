package dev.tocsin.notifier;

import dev.tocsin.notifier.heartbeat.Heartbeat;
import dev.tocsin.notifier.send.Handover;
import dev.tocsin.notifier.send.Senders;
import dev.tocsin.notifier.stream.Formats;
import dev.tocsin.notifier.stream.GroupSizes;
import dev.tocsin.notifier.stream.TargetMeters;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.service.SteadyClock;
import dev.tocsin.service.Unread;
import dev.tocsin.service.streams.Bugs;
import dev.tocsin.service.streams.Prerequisites;
import dev.tocsin.service.streams.StreamsSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Streams app that routes incidents and tells them: exactly once up to the senders, at least once on the wire.
public final class Notifier implements AutoCloseable {
    /// Its name in `/health`.
    static final String PART = "notifier";

    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

    /// A planned stop hands over within three seconds (DESIGN section 7).
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

    /// A topic of that release alone.
    private static final String OF_0_1_0 = "notified";

    private static final Duration STANDSTILL = Duration.ofMinutes(1);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Lifecycle lifecycle = new Lifecycle();
    private final Health health;
    private final MeterRegistry metrics;

    /// Stream threads that ended since one was last seen to work.
    private final AtomicInteger ended = new AtomicInteger();

    private volatile boolean running;

    /// @param instance name of this process among its like; stays the same over restarts
    /// @param stateDir survives restarts too
    public Notifier(
            KafkaSettings kafka,
            String instance,
            Path stateDir,
            NotifyConfig config,
            Health health,
            MeterRegistry metrics) {
        this.health = health;
        this.metrics = metrics;
        health.waiting(PART, "starting");
        var starter =
                Thread.ofVirtual()
                        .name("notifier-start")
                        .start(() -> {
                            try {
                                if (new Prerequisites(kafka, health, PART)
                                        .await(admin -> missing(admin, kafka.topicPrefix()))) {
                                    start(kafka, instance, stateDir, config);
                                }
                            } catch (RuntimeException e) {
                                LOG.atError().setCause(e).log("cannot start");
                                health.failed(PART, e);
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

    private void start(KafkaSettings kafka, String instance, Path stateDir, NotifyConfig config) {
        var sizes = lifecycle.closing("group sizes", new GroupSizes(kafka, new Unread(metrics)));
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
        var handover =
                new Handover(
                        Topics.INCIDENTS.named(kafka.topicPrefix()),
                        senders,
                        this::works,
                        this::lives);
        var streams =
                new KafkaStreams(
                        NotifierTopology.build(
                                kafka.topicPrefix(),
                                config,
                                sizes::hasOthers,
                                handover,
                                Formats.avro(kafka),
                                meters,
                                new Bugs(metrics, "tocsin_notifier_bugs_total", health),
                                clock),
                        properties(kafka, instance, stateDir),
                        handover,
                        new SteadyTime(clock));
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
                    senders.awaitAnswers(LAST_ANSWERS);
                });
        streams.setStateListener((state, _) -> {
            running = state == State.RUNNING;
            if (state == State.RUNNING && ended.get() == 0) {
                health.fine(PART);
            } else if (state == State.ERROR) {
                health.failed(PART, new IllegalStateException("all stream threads have died"));
            } else if (ended.get() == 0) {
                health.waiting(
                        PART,
                        state == State.REBALANCING
                                ? "waits for its share of the targets, or restores it"
                                : state.name());
            }
        });
        streams.setUncaughtExceptionHandler(this::ended);
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

    private void works() {
        if (ended.getAndSet(0) > 0) {
            health.fine(PART);
        }
    }

    /// One that replaced another may own nothing, or nothing happens: then there is no commit to see.
    private void lives() {
        if (running) {
            works();
        }
    }

    /// On the thread that ends: the next begins when this returns.
    private StreamThreadExceptionResponse ended(Throwable e) {
        var why = StreamsSettings.root(e);
        LOG.atDebug().setCause(e).log("its stack");
        if (why instanceof FencedInstanceIdException) {
            LOG.atError().log("another notifier has the same --instance: this one ends");
            health.failed(PART, why);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        int times = ended.incrementAndGet();
        health.waiting(PART, why.toString());
        LOG.atWarn()
                .addKeyValue("why", why.toString())
                .log("a stream thread is replaced; what it had begun is done again");
        try {
            Thread.sleep(
                    Math.min(
                            LONGEST_PAUSE.toMillis(),
                            100L << Math.min(times, 10))); // not in a hurry
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    private static Properties properties(KafkaSettings kafka, String instance, Path stateDir) {
        return StreamsSettings.of(
                kafka,
                "tocsin-notifier",
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

    /// What does not exist of what it reads and writes, or null.
    private static @Nullable String missing(Admin admin, String prefix)
            throws ExecutionException, InterruptedException {
        var there = admin.listTopics().names().get();
        if (there.contains(prefix + OF_0_1_0)) {
            LOG.atWarn()
                    .addKeyValue("topic", prefix + OF_0_1_0)
                    .log(
                            "0.1.0 kept there whom it told; it is not read, and may be deleted. Deliveries of 0.1.0 that wait become dead letters");
        }
        return Stream.of(
                        Topics.CHECKS.named(prefix),
                        Topics.INCIDENTS.named(prefix),
                        Topics.DELIVERIES.named(prefix),
                        Topics.DELIVERY_ATTEMPTS.named(prefix),
                        Topics.INCIDENTS.deadLetters(prefix),
                        Topics.DELIVERIES.deadLetters(prefix))
                .filter(name -> !there.contains(name))
                .findFirst()
                .map(name -> "topic " + name + " does not exist: tocsin admin bootstrap makes it")
                .orElse(null);
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
