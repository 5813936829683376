package dev.tocsin.service.progress;

import dev.tocsin.service.Health;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether what a service reads goes on, each time that it is looked at. Thread-safe; `look` on one thread.
final class ProgressLook {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressLook.class);

    /// Who knows where partitions end.
    interface Broker {
        Map<TopicPartition, End> ends(Set<TopicPartition> partitions)
                throws ExecutionException, InterruptedException;

        /// Returns when it has answered for the rest of what the service is there to read: one that reads partitions of the last broker alone, or none, may still
        /// have to write.
        ///
        /// @param but these
        void answers(Set<TopicPartition> but) throws ExecutionException, InterruptedException;
    }

    private final String part;
    private final Broker broker;
    private final Supplier<Map<TopicPartition, Long>> positions;
    private final Health health;
    private final Supplier<Duration> clock;
    private final Progress progress;
    private final Spell spell = new Spell();

    /// @param kafka how the brokers are reached, for people
    /// @param clock since any instant; never leaps
    ProgressLook(
            String kafka,
            String part,
            Broker broker,
            Supplier<Map<TopicPartition, Long>> positions,
            Health health,
            MeterRegistry metrics,
            Supplier<Duration> clock) {
        this.part = part;
        this.broker = broker;
        this.positions = positions;
        this.health = health;
        this.clock = clock;
        progress = new Progress(kafka, clock.get());
        gauge(
                metrics,
                "tocsin_kafka_unanswered_seconds",
                "Since Kafka last said where what this part reads ends.",
                of -> of.unanswered(clock.get()).toMillis() / 1e3);
        gauge(
                metrics,
                "tocsin_read_behind_records",
                "Records that this part could read and has not.",
                Progress::behind);
        gauge(
                metrics,
                "tocsin_open_transaction_seconds",
                "For how long a transaction has held this part up.",
                of -> of.open(clock.get()).toMillis() / 1e3);
    }

    private void gauge(
            MeterRegistry metrics, String name, String description, ToDoubleFunction<Progress> of) {
        Gauge.builder(name, this, look -> look.locked(of))
                .description(description)
                .tag("part", part)
                .register(metrics);
    }

    private synchronized double locked(ToDoubleFunction<Progress> of) {
        return of.applyAsDouble(progress);
    }

    void look() {
        try {
            ask();
            say();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask() throws InterruptedException {
        var reads = positions.get();
        try {
            if (!reads.isEmpty()) {
                answered(reads, broker.ends(reads.keySet()));
            }
            broker.answers(reads.keySet());
            if (reads.isEmpty()) {
                answered(Map.of(), Map.of());
            }
            answeredForAll();
        } catch (ExecutionException | KafkaException e) {
            unanswered(why(e));
        }
    }

    private static String why(Exception e) {
        var cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        return String.valueOf(cause.getMessage());
    }

    private synchronized void answeredForAll() {
        progress.answeredForAll(clock.get());
    }

    private synchronized void answered(
            Map<TopicPartition, Long> reads, Map<TopicPartition, End> ends) {
        progress.answered(byName(reads), byName(ends), clock.get());
    }

    private static <V> Map<String, V> byName(Map<TopicPartition, V> all) {
        var named = new HashMap<String, V>();
        all.forEach((partition, value) -> named.put(partition.toString(), value));
        return named;
    }

    private synchronized void unanswered(String why) {
        progress.unanswered(why);
    }

    private synchronized void say() {
        var now = clock.get();
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

    /// Nobody looks any more, and nothing is waited for.
    synchronized void over() {
        health.fine(part);
    }
}
