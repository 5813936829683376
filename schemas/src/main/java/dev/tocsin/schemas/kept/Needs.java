package dev.tocsin.schemas.kept;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.TopicSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a service reads and writes.
///
/// @param prefix of all names
/// @param deadLetters those of which it sets aside what it cannot read
/// @param joins whether it reads all lanes as one
/// @param changelogs of its stores by name, each with the topics that fill it
public record Needs(
        String prefix,
        List<Topic<?>> topics,
        List<Topic<?>> deadLetters,
        boolean joins,
        Map<String, Set<String>> changelogs) {
    public Needs {
        topics = List.copyOf(topics);
        deadLetters = List.copyOf(deadLetters);
        changelogs = Map.copyOf(changelogs);
    }

    /// Of a service without stores, dead letters and joins.
    public static Needs of(String prefix, List<Topic<?>> topics) {
        return new Needs(prefix, topics, List.of(), false, Map.of());
    }

    /// How each must be kept, by its full name.
    Map<String, TopicSettings> settings() {
        var all = new LinkedHashMap<String, TopicSettings>();
        topics.forEach(topic -> all.put(topic.named(prefix), topic.settings()));
        deadLetters.forEach(
                topic -> all.put(topic.deadLetters(prefix), TopicSettings.DEAD_LETTERS));
        return all;
    }
}
