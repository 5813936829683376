package dev.tocsin.standalone.topic;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.SchemaRegistry;
import dev.tocsin.service.KafkaSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/// Creates the topics and registers the schemas; what is there already stays as it is.
public final class Bootstrap {
    /// The default partition count of the topics that the incident engine joins.
    public static final int LANES = 12;

    private Bootstrap() {}

    /// @param lanes partitions of the topics that the incident engine joins; others get a third, 1 at least
    public static void run(KafkaSettings kafka, int lanes)
            throws InterruptedException, ExecutionException {
        try (var admin = Admin.create(kafka.client(Map.of(), Map.of()))) {
            for (var topic : Topics.ALL) {
                int partitions = topic.lanes() ? lanes : Math.max(1, lanes / 3);
                create(
                        admin,
                        new NewTopic(
                                        topic.named(kafka.topicPrefix()),
                                        Optional.of(partitions),
                                        Optional.empty())
                                .configs(topic.settings()));
            }
            for (var topic : Topics.WITH_DEAD_LETTERS) {
                create(
                        admin,
                        new NewTopic(
                                        topic.deadLetters(kafka.topicPrefix()),
                                        Optional.of(1),
                                        Optional.empty())
                                .configs(
                                        Map.of(
                                                "retention.ms",
                                                Long.toString(30L * 24 * 3600 * 1000))));
            }
        }
        var registry = new SchemaRegistry(new HashMap<>(kafka.properties()));
        for (Topic<?> topic : Topics.ALL) {
            var subject = topic.named(kafka.topicPrefix()) + "-value";
            registry.register(subject, SpecificData.get().getSchema(topic.type()));
            registry.compatibility(subject, "FULL_TRANSITIVE");
        }
    }

    private static void create(Admin admin, NewTopic topic)
            throws InterruptedException, ExecutionException {
        try {
            admin.createTopics(java.util.List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }
}
