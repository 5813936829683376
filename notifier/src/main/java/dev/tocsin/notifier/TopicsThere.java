package dev.tocsin.notifier;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits for Kafka and for the topics: Streams would end where one is not there yet. Whoever mends that need not restart anything.
final class TopicsThere {
    private static final Logger LOG = LoggerFactory.getLogger(TopicsThere.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final List<Topic<?>> NEEDED =
            List.of(Topics.CHECKS, Topics.INCIDENTS, Topics.DELIVERIES, Topics.DELIVERY_ATTEMPTS);

    private final KafkaSettings kafka;
    private final Health health;

    TopicsThere(KafkaSettings kafka, Health health) {
        this.kafka = kafka;
        this.health = health;
    }

    /// @return false when interrupted, or when the clients' configuration is wrong
    boolean await() {
        while (true) {
            try {
                var missing = missing();
                if (missing == null) {
                    return true;
                }
                waits("topic " + missing + " does not exist: tocsin admin bootstrap makes it");
            } catch (ExecutionException | RetriableException e) {
                var cause =
                        e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
                waits("waiting for Kafka: " + cause.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            } catch (KafkaException e) {
                LOG.atError().setCause(e).log("cannot start");
                health.failed(Notifier.PART, e);
                return false;
            }
            try {
                Thread.sleep(RETRY);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    private @Nullable String missing() throws ExecutionException, InterruptedException {
        try (var admin =
                KafkaSettings.connect(() ->
                        Admin.create(
                                kafka.client(
                                        Map.of("reconnect.backoff.max.ms", "5000"), Map.of())))) {
            var there = admin.listTopics().names().get();
            var prefix = kafka.topicPrefix();
            return Stream.concat(
                            NEEDED.stream().map(topic -> topic.named(prefix)),
                            Stream.of(
                                    Topics.INCIDENTS.deadLetters(prefix),
                                    Topics.DELIVERIES.deadLetters(prefix)))
                    .filter(name -> !there.contains(name))
                    .findFirst()
                    .orElse(null);
        }
    }

    private void waits(String why) {
        if (!why.equals(health.why(Notifier.PART))) {
            LOG.atWarn().log(why);
        }
        health.waiting(Notifier.PART, why);
    }
}
