package dev.tocsin.service.streams;

import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicWatch;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What has to be so before Streams starts: it would fail again and again while Kafka is away or its topics are not made yet. Whoever mends that need not
/// restart anything.
public final class Prerequisites {
    private static final Logger LOG = LoggerFactory.getLogger(Prerequisites.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final KafkaSettings kafka;
    private final Health health;
    private final String part;
    private final Duration retry;

    /// @param part whose health it is
    public Prerequisites(KafkaSettings kafka, Health health, String part) {
        this(kafka, health, part, RETRY);
    }

    Prerequisites(KafkaSettings kafka, Health health, String part, Duration retry) {
        this.kafka = kafka;
        this.health = health;
        this.part = part;
        this.retry = retry;
    }

    /// Returns when all is well.
    ///
    /// @return false when interrupted, or when going on would lose or mislead
    /// @throws org.apache.kafka.common.KafkaException when the clients' configuration is wrong
    public boolean await(TopicWatch.Check check) {
        while (true) {
            try (var admin =
                    KafkaSettings.connect(() ->
                            Admin.create(
                                    kafka.client(
                                            Map.of("reconnect.backoff.max.ms", "5000"),
                                            Map.of())))) {
                var seen = check.look(admin);
                if (seen.refuses() != null) {
                    LOG.atError().log(seen.refuses());
                    health.refused(part, seen.refuses());
                    return false;
                }
                if (seen.waits() == null) {
                    return true;
                }
                waits(seen.waits());
            } catch (ExecutionException | RetriableException e) {
                waits(
                        "waiting for Kafka and its topics (tocsin admin bootstrap): "
                                + (e instanceof ExecutionException ? StreamsSettings.root(e) : e)
                                        .getMessage());
            } catch (InterruptedException | InterruptException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            try {
                Thread.sleep(retry);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    private void waits(String why) {
        if (!why.equals(health.why(part))) {
            LOG.atWarn().log(why);
        }
        health.waiting(part, why);
    }
}
