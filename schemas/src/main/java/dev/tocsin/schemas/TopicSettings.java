package dev.tocsin.schemas;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// How a topic must be kept, and what of another way would lose or mislead. Every topic is stamped by the broker: what a writer's clock says
/// neither moves anybody's time nor, by retention, purges what others wrote.
///
/// @param retention how long records (or, compacted, tombstones and old keys) stay; zero for ever
/// @param maxBytes of a batch of records; 0 where Kafka's default is right, and must not be less
public record TopicSettings(Topic.Cleanup cleanup, Duration retention, int maxBytes) {
    public static final String TIMESTAMP_TYPE = "message.timestamp.type";
    public static final String APPEND_TIME = "LogAppendTime";

    /// Of every topic of dead letters.
    public static final TopicSettings DEAD_LETTERS =
            new TopicSettings(Topic.Cleanup.DELETE, Duration.ofDays(30), 0);

    /// What a record may take.
    public static final String MAX_BYTES = "max.message.bytes";

    private static final String CLEANUP = "cleanup.policy";
    public static final String RETENTION = "retention.ms";
    private static final long DEFAULT_MAX_BYTES = 1 << 20;

    /// What a topic is made with.
    public Map<String, String> all() {
        var all = new LinkedHashMap<String, String>();
        all.put(CLEANUP, cleanup.policy());
        if (!retention.isZero()) {
            all.put(RETENTION, Long.toString(retention.toMillis()));
        }
        if (maxBytes > 0) {
            all.put(MAX_BYTES, Integer.toString(maxBytes));
        }
        all.put(TIMESTAMP_TYPE, APPEND_TIME);
        return all;
    }

    /// What must be altered, and to what, where a topic is kept otherwise. Longer retention is whoever's choice; shorter would lose.
    ///
    /// @param found as Kafka describes it; what is not among it is taken as right
    public Map<String, String> amiss(Map<String, String> found) {
        var amiss = new LinkedHashMap<String, String>();
        var policy = found.get(CLEANUP);
        if (policy != null && !parts(policy).equals(parts(cleanup.policy()))) {
            amiss.put(CLEANUP, cleanup.policy());
        }
        var kept = found.get(RETENTION);
        if (kept != null
                && !retention.isZero()
                && Long.parseLong(kept) >= 0
                && Long.parseLong(kept) < retention.toMillis()) {
            amiss.put(RETENTION, Long.toString(retention.toMillis()));
        }
        var size = found.get(MAX_BYTES);
        if (size != null && maxBytes > 0 && Long.parseLong(size) != maxBytes) {
            amiss.put(MAX_BYTES, Integer.toString(maxBytes));
        }
        if (size != null && maxBytes == 0 && Long.parseLong(size) < DEFAULT_MAX_BYTES) {
            amiss.put(MAX_BYTES, Long.toString(DEFAULT_MAX_BYTES));
        }
        if (!APPEND_TIME.equals(found.getOrDefault(TIMESTAMP_TYPE, APPEND_TIME))) {
            amiss.put(TIMESTAMP_TYPE, APPEND_TIME);
        }
        return amiss;
    }

    private static Set<String> parts(String policy) {
        return Arrays.stream(policy.split(",")).map(String::strip).collect(Collectors.toSet());
    }
}
