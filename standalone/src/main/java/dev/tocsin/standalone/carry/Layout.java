package dev.tocsin.standalone.carry;

import dev.tocsin.schemas.Topics;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.streams.AppState;
import dev.tocsin.service.streams.Changelogs;
import dev.tocsin.service.streams.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Which stores there are under the old prefix, and how many partitions each gets under the new one. Pure.
///
/// @param stores those that have a changelog
record Layout(List<Store> stores) {
    /// @param from its changelog
    /// @param to the changelog to be
    /// @param partitions of that
    record Store(
            AppState app, String name, Place.Rule rule, String from, String to, int partitions) {}

    Layout {
        stores = List.copyOf(stores);
    }

    /// @param topics all that there are, with their numbers of partitions
    /// @throws ConfigException when nothing can be carried, or not all, saying why
    static Layout of(String from, String to, List<AppState> apps, Map<String, Integer> topics) {
        if (from.equals(to)) {
            throw new ConfigException(
                    "--from: \"%s\" is the topic.prefix of the configuration, which has to be a new one"
                            .formatted(from));
        }
        var stores = new ArrayList<Store>();
        for (var app : apps) {
            var begin = app.group(from) + "-";
            for (var topic : topics.keySet()) {
                if (topic.startsWith(begin) && topic.endsWith(Changelogs.SUFFIX)) {
                    var name =
                            topic.substring(
                                    begin.length(), topic.length() - Changelogs.SUFFIX.length());
                    stores.add(store(app, name, topic, to, topics));
                }
            }
        }
        if (stores.isEmpty()) {
            throw new ConfigException(
                    "--from: there is no state under the prefix \"%s\": no topic %s-...%s"
                            .formatted(from, apps.getFirst().group(from), Changelogs.SUFFIX));
        }
        requireNoFewer(from, to, topics);
        return new Layout(stores);
    }

    private static Store store(
            AppState app, String name, String from, String to, Map<String, Integer> topics) {
        var known = app.stores().get(name);
        if (known == null) {
            throw new ConfigException(
                    "%s: this build does not know the store \"%s\", and would leave it behind"
                            .formatted(from, name));
        }
        return new Store(
                app,
                name,
                known.rule(),
                from,
                app.changelog(to, name),
                partitions(topics, to + known.source()));
    }

    private static int partitions(Map<String, Integer> topics, String topic) {
        var partitions = topics.get(topic);
        if (partitions == null) {
            throw new ConfigException(
                    "topic %s does not exist: tocsin admin bootstrap makes it".formatted(topic));
        }
        return partitions;
    }

    /// What is known of regions is kept by partition, and each says what it knows when it starts: of those that are no more nobody ever would.
    private static void requireNoFewer(String from, String to, Map<String, Integer> topics) {
        var name = Topics.CHECKS.name();
        int before = partitions(topics, from + name);
        int after = partitions(topics, to + name);
        if (after < before) {
            throw new ConfigException(
                    "%s has %d partitions, and %s has %d: what is known can be carried to as many or more"
                            .formatted(from + name, before, to + name, after));
        }
    }

    /// Of changelogs to be those that are there.
    List<String> there(Map<String, Integer> topics) {
        return stores.stream().map(Store::to).filter(topics::containsKey).toList();
    }
}
