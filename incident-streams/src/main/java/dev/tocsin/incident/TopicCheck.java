package dev.tocsin.incident;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.TopicSettings;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.streams.Prerequisites;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether the topics are there, and kept as [Topics] says: on others it would decide wrongly.
final class TopicCheck implements Prerequisites.Check {
    private static final Logger LOG = LoggerFactory.getLogger(TopicCheck.class);

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
    private boolean unseen;

    TopicCheck(KafkaSettings kafka) {
        this.kafka = kafka;
    }

    @Override
    public @Nullable String wrong(Admin admin) throws ExecutionException, InterruptedException {
        var missing = missing(kafka.topicPrefix(), admin.listTopics().names().get());
        if (missing != null) {
            return missing;
        }
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

    /// What does not exist of what is read and written, or null: a dead letter without its topic would end the thread again
    /// and again.
    static @Nullable String missing(String prefix, Set<String> there) {
        return Stream.of(
                        READ.stream().map(topic -> topic.named(prefix)),
                        Stream.of(Topics.INCIDENTS, Topics.INCIDENT_STATE)
                                .map(topic -> topic.named(prefix)),
                        READ.stream().map(topic -> topic.deadLetters(prefix)))
                .flatMap(names -> names)
                .filter(name -> !there.contains(name))
                .findFirst()
                .map(name -> "topic " + name + " does not exist: tocsin admin bootstrap makes it")
                .orElse(null);
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
