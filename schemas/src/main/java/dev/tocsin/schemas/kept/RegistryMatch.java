package dev.tocsin.schemas.kept;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.serde.SchemaRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether the registry is the one that topics were written with: one that was made anew gives other ids, and what the ids in the
/// topics mean there is something else, or nothing.
public final class RegistryMatch {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryMatch.class);

    private RegistryMatch() {}

    /// An id in a topic.
    ///
    /// @param expected the full name of the topic's type
    /// @param found of the schema that the registry has under this id; null when it has none
    record Written(String topic, String expected, int id, @Nullable String found) {
        boolean right() {
            return expected.equals(found);
        }
    }

    /// Reads the newest records of each topic.
    ///
    /// @param client properties of any client
    /// @return what is wrong, or null
    /// @throws RetriableException when Kafka or the registry is away
    public static @Nullable String wrong(
            Map<String, Object> client,
            SchemaRegistry registry,
            String prefix,
            List<Topic<?>> topics) {
        var types = new LinkedHashMap<String, String>();
        topics.forEach(topic ->
                types.put(
                        topic.named(prefix),
                        SpecificData.get().getSchema(topic.type()).getFullName()));
        Map<String, Set<Integer>> ids;
        try {
            ids = NewestIds.read(client, types.keySet());
        } catch (AuthorizationException e) {
            LOG.atWarn()
                    .addKeyValue("why", e.getMessage())
                    .log("that the registry is the one of the topics is not checked");
            return null;
        }
        var written = new ArrayList<Written>();
        ids.forEach((topic, found) ->
                found.forEach(id ->
                        written.add(
                                new Written(
                                        topic,
                                        String.valueOf(types.get(topic)),
                                        id,
                                        name(registry::schema, id)))));
        return judge(registry.where(), written, topic -> registry.has(topic + "-value"));
    }

    private static @Nullable String name(IntFunction<Schema> schemas, int id) {
        try {
            return schemas.apply(id).getFullName();
        } catch (RetriableException e) {
            throw e;
        } catch (RuntimeException e) {
            return null; // unknown, or no Avro
        }
    }

    /// Somebody's foreign records in one topic are bad records, whose reader sets them aside; when most topics hold nothing that this
    /// registry knows as theirs, or it never heard of such a topic, the registry is another.
    ///
    /// @param known whether the registry has the subject of a topic; asked only of those that hold nothing that is right
    static @Nullable String judge(String registry, List<Written> written, Predicate<String> known) {
        var right = written.stream().filter(Written::right).map(Written::topic).distinct().toList();
        var wrong = written.stream().filter(one -> !right.contains(one.topic())).toList();
        var topics = wrong.stream().map(Written::topic).distinct().toList();
        // One topic alone may hold nothing but what somebody put there by mistake.
        if (topics.size() <= Math.max(1, right.size()) && topics.stream().allMatch(known)) {
            return null;
        }
        var one = wrong.getFirst();
        return "registry %s is not the one that these topics were written with: topic %s has schema id %d, which %s there; tocsin admin registry import restores it from a backup (docs/how-to/operate.md#backup-of-the-registry)"
                .formatted(
                        registry,
                        one.topic(),
                        one.id(),
                        one.found() == null ? "is nothing" : "is " + one.found());
    }
}
