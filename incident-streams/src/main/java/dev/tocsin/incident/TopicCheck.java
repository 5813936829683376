package dev.tocsin.incident;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.TopicSettings;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What has to be so before Streams starts: it would fail again and again while Kafka is away or its topics are not made yet, and would decide
/// wrongly on topics that are kept otherwise than [Topics] says. Whoever mends that need not restart anything.
final class TopicCheck {
    private static final Logger LOG = LoggerFactory.getLogger(TopicCheck.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    /// Those that decide by time, or are joined.
    private static final List<Topic<?>> READ =
            List.of(
                    Topics.CHECKS,
                    Topics.CHECK_RESULTS,
                    Topics.SIGNALS,
                    Topics.INCIDENT_COMMANDS,
                    Topics.MAINTENANCE,
                    Topics.AGENTS,
                    Topics.USER_REPORTS);

    private final KafkaSettings kafka;
    private final Health health;
    private boolean unseen;

    TopicCheck(KafkaSettings kafka, Health health) {
        this.kafka = kafka;
        this.health = health;
    }

    /// Returns when all is well.
    ///
    /// @return false when interrupted, or when the clients' configuration is wrong
    boolean await() {
        while (true) {
            try (var admin =
                    KafkaSettings.connect(() ->
                            Admin.create(
                                    kafka.client(
                                            Map.of("reconnect.backoff.max.ms", "5000"),
                                            Map.of())))) {
                var wrong = wrong(admin);
                if (wrong == null) {
                    return true;
                }
                waits(wrong);
            } catch (ExecutionException | RetriableException e) {
                waits(
                        "waiting for Kafka and its topics (tocsin admin bootstrap): "
                                + (e instanceof ExecutionException ? IncidentStreams.root(e) : e)
                                        .getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            } catch (RuntimeException e) {
                LOG.atError()
                        .addKeyValue("why", IncidentStreams.root(e).toString())
                        .log("cannot start");
                health.failed("streams", e);
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

    private void waits(String why) {
        if (!why.equals(health.why("streams"))) {
            LOG.atWarn().log(why);
        }
        health.waiting("streams", why);
    }

    private @Nullable String wrong(Admin admin) throws ExecutionException, InterruptedException {
        var topics =
                admin.describeTopics(
                                Stream.concat(READ.stream(), Stream.of(Topics.INCIDENTS))
                                        .map(topic -> topic.named(kafka.topicPrefix()))
                                        .toList())
                        .allTopicNames()
                        .get();
        var partitions = new TreeMap<String, Integer>();
        for (var topic : READ) {
            var name = topic.named(kafka.topicPrefix());
            var found = topics.get(name);
            if (topic.lanes() && found != null) {
                partitions.put(name, found.partitions().size());
            }
        }
        var parted = parted(partitions);
        return parted != null ? parted : stamped(admin);
    }

    /// What is wrong with the numbers of partitions of topics that are joined, or null.
    static @Nullable String parted(Map<String, Integer> partitions) {
        if (partitions.values().stream().distinct().count() <= 1) {
            return null;
        }
        return "topics that are joined have different numbers of partitions ("
                + partitions.entrySet().stream()
                        .map(topic -> topic.getKey() + " " + topic.getValue())
                        .collect(Collectors.joining(", "))
                + ") and must have the same: delete those with another number, and make them with tocsin admin bootstrap --partitions";
    }

    private @Nullable String stamped(Admin admin) throws ExecutionException, InterruptedException {
        var described =
                admin.describeConfigs(
                                READ.stream()
                                        .map(topic ->
                                                new ConfigResource(
                                                        ConfigResource.Type.TOPIC,
                                                        topic.named(kafka.topicPrefix())))
                                        .toList())
                        .values();
        for (var topic : described.entrySet()) {
            try {
                var type = topic.getValue().get().get(TopicSettings.TIMESTAMP_TYPE);
                var wrong = stamped(topic.getKey().name(), type == null ? null : type.value());
                if (wrong != null) {
                    return wrong;
                }
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof AuthorizationException)) {
                    throw e;
                }
                unseen(topic.getKey().name());
            }
        }
        return null;
    }

    /// What is wrong with how a topic is stamped, or null.
    static @Nullable String stamped(String topic, @Nullable String type) {
        return type == null || type.equals(TopicSettings.APPEND_TIME)
                ? null
                : "topic %s has %s=%s and must have %s, or the clock of one writer misleads all: tocsin admin bootstrap mends that"
                        .formatted(
                                topic,
                                TopicSettings.TIMESTAMP_TYPE,
                                type,
                                TopicSettings.APPEND_TIME);
    }

    private void unseen(String topic) {
        if (!unseen) {
            unseen = true;
            LOG.atWarn()
                    .addKeyValue("topic", topic)
                    .log(
                            "how topics are kept is not checked: that needs the right DescribeConfigs on them");
        }
    }
}
