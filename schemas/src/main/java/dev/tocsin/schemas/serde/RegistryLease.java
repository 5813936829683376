package dev.tocsin.schemas.serde;

import java.util.HashMap;
import java.util.Map;

/// The registry's client of whoever is configured: the one that the configs carry, so that a service asks once what all its
/// serdes want to know, or one of its own where they carry none, or one with other settings. Thread-safe.
///
/// It is carried, and not kept by URL for the whole process, because what it knows is true of one registry: another at the same
/// URL gives other ids.
///
/// @param own whether it was made for this lease, and ends with it
public record RegistryLease(SchemaRegistry registry, boolean own) implements AutoCloseable {
    /// The key of a [SchemaRegistry] in the configs of a serde, beside those that it was made with.
    public static final String CARRIED = "tocsin.schema.registry";

    /// @param configs as [SchemaRegistry#SchemaRegistry] takes them
    /// @throws IllegalArgumentException when there is no URL, or one that is none
    /// @throws org.apache.kafka.common.KafkaException when a key store or trust store cannot be read
    public static RegistryLease of(Map<String, ?> configs) {
        return configs.get(CARRIED) instanceof SchemaRegistry carried
                        && carried.settings().equals(RegistrySettings.from(configs))
                ? new RegistryLease(carried, false)
                : new RegistryLease(new SchemaRegistry(configs), true);
    }

    /// For those who do not know what is carried.
    static Map<String, Object> without(Map<String, ?> configs) {
        var others = new HashMap<String, Object>(configs);
        others.remove(CARRIED);
        return others;
    }

    /// A carried one is closed by whoever made it. Closing twice does nothing.
    @Override
    public void close() {
        if (own) {
            registry.close();
        }
    }
}
