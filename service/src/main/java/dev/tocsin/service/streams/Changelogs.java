package dev.tocsin.service.streams;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.TopologyDescription;

/// The topics in which Streams keeps the stores of an app, and what fills them: read from its topology, so that nobody has to say it twice.
public final class Changelogs {
    /// What the name of each ends with.
    public static final String SUFFIX = "-changelog";

    private Changelogs() {}

    /// As Streams calls it.
    ///
    /// @param applicationId with its prefix
    public static String name(String applicationId, String store) {
        return applicationId + "-" + store + SUFFIX;
    }

    /// @return by the changelog's name the topics that are read by the part that has the store; also of stores that keep none
    public static Map<String, Set<String>> of(TopologyDescription topology, String applicationId) {
        var changelogs = new HashMap<String, Set<String>>();
        for (var part : topology.subtopologies()) {
            var sources = new HashSet<String>();
            var stores = new HashSet<String>();
            for (var node : part.nodes()) {
                if (node instanceof TopologyDescription.Source source) {
                    sources.addAll(source.topicSet());
                } else if (node instanceof TopologyDescription.Processor processor) {
                    stores.addAll(processor.stores());
                }
            }
            stores.forEach(store -> changelogs.put(name(applicationId, store), sources));
        }
        return changelogs;
    }
}
