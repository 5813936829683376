package dev.tocsin.notifier.heartbeat;

import dev.tocsin.schemas.Topics;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.streams.StreamsSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls an URL from time to time, as long as results are read and alerts told. Where it does not, the log says why. A thread of its own.
public final class Heartbeat implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
    private static final Duration KAFKA_ANSWERS = Duration.ofSeconds(10);

    /// Calls the URL.
    public interface Call {
        /// @return what went wrong, without secrets; null when nothing did
        @Nullable String call();
    }

    private final KafkaSettings kafka;
    private final HeartbeatSettings settings;
    private final String detector;
    private final Supplier<@Nullable String> notifier;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("heartbeat").factory());
    private @Nullable Admin admin;
    private @Nullable Progress before;
    private @Nullable String why;

    /// @param detector name of the consumer group that reads results
    /// @param notifier why alerts are not told by this process; null when they are
    public Heartbeat(
            KafkaSettings kafka,
            HeartbeatSettings settings,
            String detector,
            Supplier<@Nullable String> notifier) {
        this.kafka = kafka;
        this.settings = settings;
        this.detector = detector;
        this.notifier = notifier;
        long millis = settings.every().toMillis();
        var _ = timer.scheduleAtFixedRate(this::beat, 0, millis, TimeUnit.MILLISECONDS);
    }

    private void beat() {
        try {
            var trouble = trouble();
            say(trouble == null ? settings.call().call() : trouble);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | KafkaException e) {
            forgetAdmin();
            say("Kafka does not say how far results are read: " + StreamsSettings.root(e));
        } catch (RuntimeException | Error e) { // thrown on, it would end the timer
            LOG.atError().setCause(e).log("bug: the heartbeat threw");
            say("bug: " + e.getClass().getSimpleName());
        }
    }

    private @Nullable String trouble() throws ExecutionException, InterruptedException {
        var now = progress();
        var last = before;
        before = now;
        if (last == null) {
            return "it is not known yet whether results are read";
        }
        var trouble = now.trouble(last);
        return trouble == null ? notifier.get() : trouble;
    }

    /// Once when it changes.
    private void say(@Nullable String now) {
        if (!Objects.equals(why, now)) {
            if (now == null) {
                LOG.atInfo().log("the heartbeat goes out");
            } else {
                LOG.atWarn().addKeyValue("why", now).log("no heartbeat goes out");
            }
        }
        why = now;
    }

    private Progress progress() throws ExecutionException, InterruptedException {
        var asked = admin;
        if (asked == null) {
            asked = kafka.admin(KAFKA_ANSWERS);
            admin = asked;
        }
        var topic = Topics.CHECK_RESULTS.named(kafka.topicPrefix());
        var described = asked.describeTopics(List.of(topic)).allTopicNames().get();
        var partitions = new HashMap<TopicPartition, OffsetSpec>();
        Objects.requireNonNull(described.get(topic))
                .partitions()
                .forEach(p ->
                        partitions.put(
                                new TopicPartition(topic, p.partition()), OffsetSpec.latest()));
        var ends = new HashMap<Integer, Long>();
        asked.listOffsets(partitions)
                .all()
                .get()
                .forEach((partition, end) -> ends.put(partition.partition(), end.offset()));
        var read = new HashMap<Integer, Long>();
        asked.listConsumerGroupOffsets(detector)
                .partitionsToOffsetAndMetadata()
                .get()
                .forEach((partition, offset) -> {
                    if (partition.topic().equals(topic) && offset != null) {
                        read.put(partition.partition(), offset.offset());
                    }
                });
        return new Progress(ends, read);
    }

    private void forgetAdmin() {
        if (admin != null) {
            admin.close(Duration.ZERO);
            admin = null;
        }
    }

    @Override
    public void close() throws InterruptedException {
        timer.shutdownNow();
        if (timer.awaitTermination(KAFKA_ANSWERS.toMillis(), TimeUnit.MILLISECONDS)) {
            forgetAdmin();
        }
    }
}
