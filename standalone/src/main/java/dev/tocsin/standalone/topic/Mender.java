package dev.tocsin.standalone.topic;

import dev.tocsin.schemas.TopicSettings;
import dev.tocsin.schemas.kept.Judge;
import dev.tocsin.schemas.kept.Kept;
import dev.tocsin.standalone.topic.Difference.Fate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/// Finds what topics have otherwise than they must, and if asked alters what Kafka can alter.
final class Mender {
    private static final String UNKNOWN = "unknown";

    private final Admin admin;

    private final boolean repair;

    Mender(Admin admin, boolean repair) {
        this.admin = admin;
        this.repair = repair;
    }

    List<Difference> mend(Map<String, TopicSettings> topics, int brokers)
            throws InterruptedException, ExecutionException {
        var found =
                admin.describeConfigs(
                                topics.keySet().stream()
                                        .map(topic ->
                                                new ConfigResource(
                                                        ConfigResource.Type.TOPIC, topic))
                                        .toList())
                        .values();
        var differences = new ArrayList<Difference>();
        boolean unseen = false;
        for (var topic : topics.entrySet()) {
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.getKey());
            var future = found.get(resource);
            if (future == null) {
                continue;
            }
            try {
                var now = values(future.get());
                var amiss = topic.getValue().amiss(now);
                if (!amiss.isEmpty()) {
                    differences.addAll(mend(resource, now, amiss));
                }
                var alone = alone(topic.getKey(), now.get(Judge.MIN_ISR), brokers);
                if (alone != null) {
                    differences.add(alone);
                }
            } catch (ExecutionException e) {
                var why = refusal(e);
                if (!unseen) { // one of them says it
                    unseen = true;
                    differences.add(
                            new Difference(
                                    topic.getKey(),
                                    "how it is kept",
                                    UNKNOWN,
                                    "known",
                                    Fate.LEFT,
                                    why));
                }
            }
        }
        return differences;
    }

    /// What one broker alone acknowledges it may lose alone; how many must is for whoever runs the brokers to say.
    private static @Nullable Difference alone(String topic, @Nullable String least, int brokers) {
        return !Judge.isOneEnough(least, brokers)
                ? null
                : new Difference(
                        topic,
                        Judge.MIN_ISR,
                        String.valueOf(least),
                        Integer.toString(Judge.WISE_MIN_ISR),
                        Fate.LEFT,
                        "one broker alone may acknowledge what it then loses; kafka-configs sets it");
    }

    private static Map<String, String> values(Config config) {
        var values = new HashMap<String, String>();
        for (ConfigEntry entry : config.entries()) {
            if (entry.value() != null) {
                values.put(entry.name(), entry.value());
            }
        }
        return values;
    }

    /// All of a topic's at once: one request, and all or none of it.
    private List<Difference> mend(
            ConfigResource topic, Map<String, String> now, Map<String, String> amiss)
            throws InterruptedException, ExecutionException {
        var fate = repair ? Fate.MENDED : Fate.WRONG;
        var why = repair ? "" : "--repair mends that";
        if (repair) {
            try {
                var ops =
                        amiss.entrySet().stream()
                                .map(setting ->
                                        new AlterConfigOp(
                                                new ConfigEntry(
                                                        setting.getKey(), setting.getValue()),
                                                AlterConfigOp.OpType.SET))
                                .toList();
                admin.incrementalAlterConfigs(Map.of(topic, ops)).all().get();
            } catch (ExecutionException e) {
                fate = Fate.WRONG;
                why = refusal(e);
            }
        }
        var differences = new ArrayList<Difference>();
        for (var setting : amiss.entrySet()) {
            differences.add(
                    new Difference(
                            topic.name(),
                            setting.getKey(),
                            now.getOrDefault(setting.getKey(), UNKNOWN),
                            setting.getValue(),
                            fate,
                            why));
        }
        return differences;
    }

    /// How each topic lies on the brokers.
    Map<String, Kept> kept(Set<String> topics) throws InterruptedException, ExecutionException {
        var kept = new HashMap<String, Kept>();
        admin.describeTopics(topics)
                .allTopicNames()
                .get()
                .forEach((topic, found) -> kept.put(topic, Kept.of(found.partitions())));
        return kept;
    }

    int brokers() throws InterruptedException, ExecutionException {
        return admin.describeCluster().nodes().get().size();
    }

    /// @throws ExecutionException when it was not refused, and Kafka is away
    private static String refusal(ExecutionException e) throws ExecutionException {
        if (e.getCause() instanceof ApiException why && !(why instanceof RetriableException)) {
            return String.valueOf(why.getMessage());
        }
        throw e;
    }
}
