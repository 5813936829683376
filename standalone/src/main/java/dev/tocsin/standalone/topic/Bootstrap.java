package dev.tocsin.standalone.topic;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.TopicSettings;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.kept.Judge;
import dev.tocsin.schemas.kept.Kept;
import dev.tocsin.schemas.kept.RegistryMatch;
import dev.tocsin.schemas.serde.SchemaRegistry;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.topic.Difference.Fate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/// Creates the topics and registers the schemas. Where a topic is there already and is kept otherwise than [Topics] says, that is shown, and mended if
/// asked, as far as Kafka can; done again, it does nothing.
public final class Bootstrap {
    /// The default partition count of the topics that the incident engine joins.
    public static final int LANES = 12;

    private Bootstrap() {}

    private record Wanted(int partitions, boolean lanes, TopicSettings settings) {}

    /// With mending, as whoever owns the cluster does.
    public static List<Difference> run(KafkaSettings kafka, int lanes)
            throws InterruptedException, ExecutionException {
        return run(kafka, lanes, true);
    }

    /// @param lanes partitions of the topics that the incident engine joins; others get a third, 1 at least
    /// @param repair whether what is otherwise is mended as far as Kafka can, or only shown
    /// @return what was otherwise on topics that were there
    public static List<Difference> run(KafkaSettings kafka, int lanes, boolean repair)
            throws InterruptedException, ExecutionException {
        var differences = new ArrayList<Difference>();
        try (var admin = Admin.create(kafka.client(Map.of(), Map.of()))) {
            var wanted = wanted(kafka.topicPrefix(), lanes);
            var there = new LinkedHashMap<String, TopicSettings>();
            for (var topic : wanted.entrySet()) {
                if (!create(admin, topic.getKey(), topic.getValue())) {
                    there.put(topic.getKey(), topic.getValue().settings());
                }
            }
            var mender = new Mender(admin, repair);
            int brokers = mender.brokers();
            differences.addAll(mender.mend(there, brokers));
            var kept = mender.kept(there.keySet());
            differences.addAll(tooFew(wanted, kept));
            differences.addAll(fewReplicas(kept, brokers));
        }
        try (var registry = new SchemaRegistry(kafka.properties())) {
            register(kafka, registry);
        }
        return differences;
    }

    private static void register(KafkaSettings kafka, SchemaRegistry registry) {
        var other =
                RegistryMatch.wrong(
                        kafka.client(Map.of(), Map.of()),
                        registry,
                        kafka.topicPrefix(),
                        Topics.ALL);
        if (other != null) { // what is registered there now would make it worse
            throw new ConfigException(other);
        }
        for (Topic<?> topic : Topics.ALL) {
            var subject = topic.subject(kafka.topicPrefix());
            registry.register(subject, SpecificData.get().getSchema(topic.type()));
            registry.compatibility(subject, "FULL_TRANSITIVE");
        }
    }

    /// A topic's partitions stay as they are: more of them would move keys away from what was written under them.
    ///
    /// @param found of the topics that were there
    private static List<Difference> tooFew(Map<String, Wanted> wanted, Map<String, Kept> found) {
        var joined =
                wanted.entrySet().stream()
                        .filter(topic -> topic.getValue().lanes())
                        .collect(
                                Collectors.toMap(
                                        Map.Entry::getKey,
                                        topic ->
                                                partitions(
                                                        found, topic.getKey(), topic.getValue())));
        boolean parted = Set.copyOf(joined.values()).size() > 1;
        var differences = new ArrayList<Difference>();
        wanted.forEach((topic, it) -> {
            int count = partitions(found, topic, it);
            boolean wrong = it.lanes() && parted;
            if (count < it.partitions() || (wrong && count != it.partitions())) {
                differences.add(
                        new Difference(
                                topic,
                                "partitions",
                                Integer.toString(count),
                                Integer.toString(it.partitions()),
                                wrong ? Fate.WRONG : Fate.LEFT,
                                wrong
                                        ? "as all topics that the engine joins; ask for what most of them have (--partitions), delete those with another number, and do this again"
                                        : "that stays, since more of them would move the keys"));
            }
        });
        return differences;
    }

    /// Of one that was just made those that were asked for.
    private static int partitions(Map<String, Kept> found, String topic, Wanted wanted) {
        var kept = found.get(topic);
        return kept == null ? wanted.partitions() : kept.partitions();
    }

    /// With one replica a topic is lost with a disk.
    private static List<Difference> fewReplicas(Map<String, Kept> found, int brokers) {
        return found.entrySet().stream()
                .filter(topic -> topic.getValue().hasFewReplicas(brokers))
                .map(topic ->
                        new Difference(
                                topic.getKey(),
                                "replicas",
                                Integer.toString(topic.getValue().replicas()),
                                Integer.toString(Judge.WISE_REPLICAS),
                                Fate.LEFT,
                                "kafka-reassign-partitions adds them"))
                .toList();
    }

    private static Map<String, Wanted> wanted(String prefix, int lanes) {
        var wanted = new LinkedHashMap<String, Wanted>();
        for (var topic : Topics.ALL) {
            wanted.put(
                    topic.named(prefix),
                    new Wanted(
                            topic.lanes() ? lanes : Math.max(1, lanes / 3),
                            topic.lanes(),
                            topic.settings()));
        }
        for (var topic : Topics.WITH_DEAD_LETTERS) {
            wanted.put(topic.deadLetters(prefix), new Wanted(1, false, TopicSettings.DEAD_LETTERS));
        }
        return wanted;
    }

    /// @return false when it was there
    private static boolean create(Admin admin, String topic, Wanted wanted)
            throws InterruptedException, ExecutionException {
        try {
            admin.createTopics(
                            List.of(
                                    new NewTopic(
                                                    topic,
                                                    Optional.of(wanted.partitions()),
                                                    Optional.empty())
                                            .configs(wanted.settings().all())))
                    .all()
                    .get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return false;
            }
            throw e;
        }
    }
}
