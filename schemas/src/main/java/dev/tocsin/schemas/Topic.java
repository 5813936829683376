package dev.tocsin.schemas;

import java.time.Duration;
import org.apache.avro.specific.SpecificRecord;

/// A topic as a value: its name without prefix, what its values are, and how it is kept.
///
/// @param lanes whether it has the partition count that all topics of the incident engine share
/// @param retention how long records (or, compacted, tombstones and old keys) stay; zero for ever
/// @param maxBytes of a record with all that belongs to it; 0 for Kafka's default
public record Topic<V extends SpecificRecord>(
        String name,
        Class<V> type,
        boolean lanes,
        Cleanup cleanup,
        Duration retention,
        int maxBytes) {

    public enum Cleanup {
        DELETE("delete"),
        COMPACT("compact"),
        COMPACT_AND_DELETE("compact,delete");

        private final String policy;

        Cleanup(String policy) {
            this.policy = policy;
        }

        String policy() {
            return policy;
        }
    }

    /// Where records go that cannot be read from this topic.
    public String deadLetters(String prefix) {
        return named(prefix) + "-dlq";
    }

    public String named(String prefix) {
        return prefix + name;
    }

    /// What the registry has the schemas of its values under.
    public String subject(String prefix) {
        return named(prefix) + "-value";
    }

    public TopicSettings settings() {
        return new TopicSettings(cleanup, retention, maxBytes);
    }
}
