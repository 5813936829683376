package dev.tocsin.service.progress;

import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Loop;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks Kafka every few seconds whether what a service reads goes on: health names what it waits for, the log says when that begins and ends. A thread and
/// an admin client of its own, so that it says so also where the service hangs.
public final class ProgressWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressWatch.class);
    private static final Duration EACH = Duration.ofSeconds(3);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(4);

    private final KafkaSettings kafka;
    private final String part;
    private final String topic;
    private final Positions positions;
    private final Health health;
    private final Progress progress;
    private final Spell spell = new Spell();
    private final long startNanos = System.nanoTime();
    private final ScheduledExecutorService timer;
    private @Nullable Admin admin;

    /// @param part whose health it is; its progress is a part of its own
    /// @param topic that it is there to read: asked for while it reads nothing
    public ProgressWatch(
            KafkaSettings kafka,
            String part,
            String topic,
            Positions positions,
            Health health,
            MeterRegistry metrics) {
        this.kafka = kafka;
        this.part = part + ".progress";
        this.topic = topic;
        this.positions = positions;
        this.health = health;
        progress = new Progress(kafka.bootstrapServers(), Duration.ZERO);
        gauge(
                metrics,
                "tocsin_kafka_unanswered_seconds",
                "Since Kafka last said where what this part reads ends.",
                of -> of.unanswered(now()).toMillis() / 1e3);
        gauge(
                metrics,
                "tocsin_read_behind_records",
                "Records that this part could read and has not.",
                Progress::behind);
        gauge(
                metrics,
                "tocsin_open_transaction_seconds",
                "For how long a transaction has held this part up.",
                of -> of.open(now()).toMillis() / 1e3);
        timer =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name(this.part).factory());
        var _ =
                timer.scheduleWithFixedDelay(
                        Loop.task(this.part, health, this::look),
                        EACH.toMillis(),
                        EACH.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void gauge(
            MeterRegistry metrics, String name, String description, ToDoubleFunction<Progress> of) {
        Gauge.builder(name, this, watch -> watch.locked(of))
                .description(description)
                .tag("part", part)
                .register(metrics);
    }

    private synchronized double locked(ToDoubleFunction<Progress> of) {
        return of.applyAsDouble(progress);
    }

    private Duration now() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private void look() {
        try {
            ask();
            say();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask() throws InterruptedException {
        try {
            var reads = positions.all();
            var ends = reads.isEmpty() ? nothing() : Ends.of(admin(), reads.keySet());
            var named = new HashMap<String, Long>();
            reads.forEach((partition, position) -> named.put(partition.toString(), position));
            var endsByName = new HashMap<String, End>();
            ends.forEach((partition, end) -> endsByName.put(partition.toString(), end));
            answered(named, endsByName);
        } catch (ExecutionException | KafkaException e) {
            var cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            unanswered(String.valueOf(cause.getMessage()));
        }
    }

    /// A process that reads nothing, as the others read it all, would not hear that Kafka is away. A broker alone says what it knew of the cluster: who
    /// leads a partition has to be asked.
    private <K> Map<K, End> nothing() throws ExecutionException, InterruptedException {
        try {
            var found = admin().describeTopics(List.of(topic)).allTopicNames().get().get(topic);
            var partitions = new HashSet<TopicPartition>();
            Objects.requireNonNull(found)
                    .partitions()
                    .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
            var _ = Ends.of(admin(), partitions);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw e;
            } // it answered
        }
        return Map.of();
    }

    private synchronized void answered(Map<String, Long> reads, Map<String, End> ends) {
        progress.answered(reads, ends, now());
    }

    private synchronized void unanswered(String why) {
        progress.unanswered(why);
    }

    private synchronized void say() {
        var now = now();
        var trouble = progress.trouble(now);
        if (trouble == null) {
            health.fine(part);
        } else {
            health.waiting(part, trouble);
        }
        var word = spell.next(trouble != null, now);
        if (word == Spell.Word.ENDS) {
            LOG.atInfo()
                    .addKeyValue("part", part)
                    .addKeyValue("after-s", spell.end(now).toSeconds())
                    .log("goes on");
        } else if (word != null) {
            LOG.atWarn().addKeyValue("part", part).log(trouble);
        }
    }

    private Admin admin() {
        var asked = admin;
        if (asked == null) {
            asked = kafka.admin(ANSWERS_WITHIN);
            admin = asked;
        }
        return asked;
    }

    @Override
    public void close() throws InterruptedException {
        timer.shutdownNow();
        if (timer.awaitTermination(5, TimeUnit.SECONDS) && admin != null) {
            admin.close(Duration.ZERO);
        }
        synchronized (this) {
            health.fine(part);
        }
    }
}
