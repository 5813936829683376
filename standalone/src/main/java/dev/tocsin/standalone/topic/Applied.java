package dev.tocsin.standalone.topic;

import dev.tocsin.agent.check.CatalogFile;
import dev.tocsin.agent.check.CheckFile;
import dev.tocsin.schemas.CatalogEntry;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Keys;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// What a configuration says of checks, services and groups, and what of it is in force.
public final class Applied {
    private final Map<String, @Nullable CheckDefinition> checks = new LinkedHashMap<>();
    private final Map<String, @Nullable CatalogEntry> catalog = new LinkedHashMap<>();
    private final List<CheckDefinition> definitions;

    /// @throws dev.tocsin.service.ConfigException naming file, line and key
    public Applied(ConfigFile file) {
        definitions = CheckFile.read(file);
        definitions.forEach(check -> checks.put(check.getCheckId(), check));
        new CatalogFile(file).entries().forEach(entry -> catalog.put(Keys.of(entry), entry));
    }

    public List<CheckDefinition> checks() {
        return definitions;
    }

    /// Ids of checks that are in force now and that the file does not hold.
    public SortedSet<String> others(KafkaSettings kafka) {
        return others(kafka, Topics.CHECKS, checks);
    }

    /// Publishes it all.
    ///
    /// @param prune whether what the file does not hold is removed
    public void publish(KafkaSettings kafka, boolean prune)
            throws InterruptedException, ExecutionException {
        if (prune) {
            others(kafka, Topics.CHECKS, checks).forEach(id -> checks.put(id, null));
            others(kafka, Topics.CATALOG, catalog).forEach(id -> catalog.put(id, null));
        }
        TopicWriter.write(kafka, Topics.CATALOG, catalog);
        TopicWriter.write(kafka, Topics.CHECKS, checks);
    }

    private static SortedSet<String> others(
            KafkaSettings kafka, Topic<?> topic, Map<String, ?> ours) {
        var ids = new TreeSet<String>();
        TopicReader.readAll(
                kafka,
                List.of(topic.named(kafka.topicPrefix())),
                record -> {
                    if (record.value() == null) {
                        ids.remove(record.key());
                    } else {
                        ids.add(record.key());
                    }
                });
        ids.removeAll(ours.keySet());
        return ids;
    }
}
