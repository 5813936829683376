package dev.tocsin.schemas;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/// A topic as a value: its name without prefix, what its values are, and how it is kept.
///
/// @param lanes whether it has the partition count that all topics of the incident engine share
/// @param retention how long records (or, compacted, tombstones and old keys) stay; zero for ever
public record Topic<V extends SpecificRecord>(
        String name,
        Class<V> type,
        boolean lanes,
        Cleanup cleanup,
        Duration retention,
        boolean appendTime) {

    public enum Cleanup {
        DELETE("delete"),
        COMPACT("compact"),
        COMPACT_AND_DELETE("compact,delete");

        private final String policy;

        Cleanup(String policy) {
            this.policy = policy;
        }
    }

    /// Where records go that cannot be read from this topic.
    public String deadLetters(String prefix) {
        return named(prefix) + "-dlq";
    }

    public String named(String prefix) {
        return prefix + name;
    }

    /// Topic-level broker settings.
    public Map<String, String> settings() {
        var settings = new LinkedHashMap<String, String>();
        settings.put("cleanup.policy", cleanup.policy);
        if (!retention.isZero()) {
            settings.put("retention.ms", Long.toString(retention.toMillis()));
        }
        if (appendTime) {
            settings.put("message.timestamp.type", "LogAppendTime");
        }
        return settings;
    }
}
