package dev.tocsin.service.streams;

import dev.tocsin.service.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/// Kafka's id of a topic, as it is now: a topic that was deleted and made again has another. Thread-safe; does no I/O before it is asked.
public final class TopicIds implements UnaryOperator<String>, AutoCloseable {
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);

    private final KafkaSettings kafka;
    private @Nullable Admin admin;

    public TopicIds(KafkaSettings kafka) {
        this.kafka = kafka;
    }

    /// @throws org.apache.kafka.common.errors.RetriableException when Kafka does not say it now
    @Override
    public synchronized String apply(String topic) {
        try {
            return Objects.requireNonNull(
                            admin().describeTopics(List.of(topic)).allTopicNames().get().get(topic))
                    .topicId()
                    .toString();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException why) {
                throw why;
            }
            throw new IllegalStateException("which topic " + topic + " is", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
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
    public synchronized void close() {
        if (admin != null) {
            admin.close();
        }
    }
}
