package dev.tocsin.service.progress;

import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Loop;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/// Asks Kafka every few seconds whether what a service reads goes on: health names what it waits for, the log says when that begins and ends. A thread and
/// an admin client of its own, so that it says so also where the service hangs.
public final class ProgressWatch implements AutoCloseable {
    private static final Duration EACH = Duration.ofSeconds(3);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(4);

    private final Asked asked;
    private final ProgressLook look;
    private final ScheduledExecutorService timer;

    /// @param part whose health it is; its progress is a part of its own
    /// @param topic that it is there to read: asked for whole, whatever it reads of it
    public ProgressWatch(
            KafkaSettings kafka,
            String part,
            String topic,
            Positions positions,
            Health health,
            MeterRegistry metrics) {
        long startNanos = System.nanoTime();
        asked = new Asked(kafka, topic);
        look =
                new ProgressLook(
                        kafka.bootstrapServers(),
                        part + ".progress",
                        asked,
                        positions::all,
                        health,
                        metrics,
                        () -> Duration.ofNanos(System.nanoTime() - startNanos));
        timer =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name(part + ".progress").factory());
        var _ =
                timer.scheduleWithFixedDelay(
                        Loop.task(part + ".progress", health, look::look),
                        EACH.toMillis(),
                        EACH.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /// Kafka itself. One thread.
    private static final class Asked implements ProgressLook.Broker {
        private final KafkaSettings kafka;
        private final String topic;
        private @Nullable Admin admin;

        Asked(KafkaSettings kafka, String topic) {
            this.kafka = kafka;
            this.topic = topic;
        }

        @Override
        public Map<TopicPartition, End> ends(Set<TopicPartition> partitions)
                throws ExecutionException, InterruptedException {
            return Ends.of(admin(), partitions);
        }

        @Override
        public void answers(Set<TopicPartition> but)
                throws ExecutionException, InterruptedException {
            var rest = new HashSet<>(topic());
            rest.removeAll(but);
            var _ = Ends.written(admin(), rest).get();
        }

        /// A broker alone says what it knew of the cluster: who leads a partition has to be asked.
        private Set<TopicPartition> topic() throws ExecutionException, InterruptedException {
            try {
                var found = admin().describeTopics(List.of(topic)).allTopicNames().get().get(topic);
                return Objects.requireNonNull(found).partitions().stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .collect(Collectors.toSet());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                    return Set.of(); // it answered
                }
                throw e;
            }
        }

        private Admin admin() {
            var asking = admin;
            if (asking == null) {
                asking = kafka.admin(ANSWERS_WITHIN);
                admin = asking;
            }
            return asking;
        }

        void close() {
            if (admin != null) {
                admin.close(Duration.ZERO);
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        timer.shutdownNow();
        if (timer.awaitTermination(5, TimeUnit.SECONDS)) {
            asked.close();
        }
        look.over();
    }
}
