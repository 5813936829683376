package dev.tocsin.service.streams;

import java.util.List;
import java.util.Map;

/// What an app keeps, for whoever takes it along to another number of partitions.
///
/// @param application its name, without the prefix
/// @param inputs names of all topics that it reads, without the prefix
/// @param stores by name; each that the app has
public record AppState(String application, List<String> inputs, Map<String, Place.Store> stores) {
    public AppState {
        inputs = List.copyOf(inputs);
        stores = Map.copyOf(stores);
    }

    /// The topic in which Streams keeps a store.
    public String changelog(String prefix, String store) {
        return Changelogs.name(group(prefix), store);
    }

    /// Its consumer group.
    public String group(String prefix) {
        return prefix + application;
    }
}
