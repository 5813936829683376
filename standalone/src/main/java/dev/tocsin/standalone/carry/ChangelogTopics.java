package dev.tocsin.standalone.carry;

import dev.tocsin.service.ConfigException;
import dev.tocsin.service.KafkaSettings;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/// The changelogs to be: Kafka Streams takes those that are there as they are, if they have as many partitions as what fills them.
final class ChangelogTopics {
    /// Of Kafka Streams; -1, its default here, is what the brokers say.
    private static final String REPLICAS = "replication.factor";

    private final Admin admin;
    private final KafkaSettings to;

    ChangelogTopics(Admin admin, KafkaSettings to) {
        this.admin = admin;
        this.to = to;
    }

    /// With the settings of the old one, which Streams gave it. One that is there is left as it is.
    ///
    /// @throws ConfigException when one is there with another number of partitions
    void make(Layout.Store store) throws ExecutionException, InterruptedException {
        var replicas = to.properties().getOrDefault(REPLICAS, "-1");
        var topic =
                new NewTopic(
                                store.to(),
                                Optional.of(store.partitions()),
                                Optional.of(Short.valueOf(replicas)).filter(count -> count > 0))
                        .configs(settings(store.from()));
        try {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
            requirePartitions(store);
        }
    }

    private void requirePartitions(Layout.Store store)
            throws ExecutionException, InterruptedException {
        int there =
                Objects.requireNonNull(
                                admin.describeTopics(List.of(store.to()))
                                        .allTopicNames()
                                        .get()
                                        .get(store.to()))
                        .partitions()
                        .size();
        if (there != store.partitions()) {
            throw new ConfigException(
                    "%s has %d partitions, and what fills it has %d: it is empty, so delete it, and do this again"
                            .formatted(store.to(), there, store.partitions()));
        }
    }

    /// What is set on the topic itself.
    private Map<String, String> settings(String topic)
            throws ExecutionException, InterruptedException {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return Objects.requireNonNull(
                        admin.describeConfigs(List.of(resource)).all().get().get(resource))
                .entries()
                .stream()
                .filter(entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
                .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
    }
}
