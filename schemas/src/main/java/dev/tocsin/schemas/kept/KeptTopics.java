package dev.tocsin.schemas.kept;

import dev.tocsin.schemas.kept.Finding.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at the topics of one service. Advice is logged once, and so is what may not be looked at. One thread.
public final class KeptTopics {
    private static final Logger LOG = LoggerFactory.getLogger(KeptTopics.class);

    private final Needs needs;
    private final Set<String> said = new HashSet<>();
    private boolean unseen;

    public KeptTopics(Needs needs) {
        this.needs = needs;
    }

    public Needs needs() {
        return needs;
    }

    /// What must hold and does not, the worst first.
    ///
    /// @throws ExecutionException when Kafka is away
    public List<Finding> look(Admin admin) throws ExecutionException, InterruptedException {
        var names = new HashSet<>(needs.settings().keySet());
        names.addAll(needs.changelogs().keySet());
        var denied = new HashSet<String>();
        var counted = new HashMap<String, Kept>();
        for (var topic : admin.describeTopics(names).topicNameValues().entrySet()) {
            try {
                var partitions = topic.getValue().get().partitions();
                counted.put(topic.getKey(), Kept.of(partitions));
            } catch (ExecutionException e) {
                if (e.getCause() instanceof AuthorizationException) {
                    denied.add(topic.getKey());
                } else if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        var settings = settings(admin, counted.keySet(), denied);
        counted.replaceAll(
                (topic, kept) -> new Kept(kept.partitions(), kept.replicas(), settings.get(topic)));
        if (!denied.isEmpty() && !unseen) {
            unseen = true;
            LOG.atWarn()
                    .addKeyValue("topics", denied)
                    .log(
                            "how topics are kept is not checked: that needs the right DescribeConfigs on them");
        }
        int brokers = admin.describeCluster().nodes().get().size();
        var wrong = new ArrayList<Finding>();
        for (var finding : Judge.judge(needs, counted, denied, brokers)) {
            if (finding.kind() != Kind.ADVICE) {
                wrong.add(finding);
            } else if (said.add(finding.sentence())) {
                LOG.atWarn().log(finding.sentence());
            }
        }
        return wrong;
    }

    private Map<String, Map<String, String>> settings(
            Admin admin, Set<String> topics, Set<String> denied)
            throws ExecutionException, InterruptedException {
        var resources =
                topics.stream()
                        .filter(topic -> !needs.changelogs().containsKey(topic))
                        .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                        .toList();
        var settings = new HashMap<String, Map<String, String>>();
        for (var topic : admin.describeConfigs(resources).values().entrySet()) {
            var found = values(topic.getValue());
            if (found == null) {
                denied.add(topic.getKey().name());
            } else {
                settings.put(topic.getKey().name(), found);
            }
        }
        return settings;
    }

    private static @Nullable Map<String, String> values(KafkaFuture<Config> described)
            throws ExecutionException, InterruptedException {
        try {
            var values = new HashMap<String, String>();
            for (ConfigEntry entry : described.get().entries()) {
                if (entry.value() != null) {
                    values.put(entry.name(), entry.value());
                }
            }
            return values;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return null;
            }
            throw e;
        }
    }

    /// The first sentence of a kind, or null.
    public static @Nullable String first(List<Finding> findings, Kind kind) {
        return findings.stream()
                .filter(finding -> finding.kind() == kind)
                .map(Finding::sentence)
                .findFirst()
                .orElse(null);
    }
}
