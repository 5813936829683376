package dev.tocsin.service.streams;

import dev.tocsin.service.KafkaSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/// What every Streams app here runs with: exactly once, 25 ms commits, static membership (the reasons are in research/kafka.md 1.2, 4 and 13).
public final class StreamsSettings {
    private static final Map<String, Object> COMMON =
            Map.ofEntries(
                    Map.entry("commit.interval.ms", 25),
                    // What follows a commit at once is refused while the coordinator still ends it
                    // (CONCURRENT_TRANSACTIONS): with the default of 100 ms that was one in
                    // thirty lone incidents, and the p99 from result to webhook 140 ms, not 80.
                    Map.entry("producer.retry.backoff.ms", 10),
                    // Or it formats texts for each empty input before each record (decision 9).
                    Map.entry("max.task.idle.ms", -1),
                    // A commit sends what there is: until then it is gathered, and is no request
                    // of its own.
                    Map.entry("producer.linger.ms", 100),
                    Map.entry("producer.batch.size", 131072),
                    Map.entry("producer.compression.type", "lz4"),
                    Map.entry("main.consumer.session.timeout.ms", 10000),
                    // With its next heartbeat whoever is left hears that another has gone: with
                    // Kafka's 3 s between two, a planned stop took up to 3.6 s.
                    Map.entry("main.consumer.heartbeat.interval.ms", 500),
                    Map.entry("consumer.auto.offset.reset", "earliest"),
                    Map.entry("replication.factor", -1),
                    // Where a second instance runs it has a copy of the state, and takes over
                    // without reading it first; one alone has nowhere to put it.
                    Map.entry("num.standby.replicas", 1),
                    Map.entry("rocksdb.config.setter", BoundedRocks.class.getName()),
                    Map.entry("statestore.cache.max.bytes", 0));

    /// What the app that turns results into incidents is called, and with the prefix its consumer group.
    public static final String INCIDENT_STREAMS = "tocsin-incident-streams";

    private StreamsSettings() {}

    /// @param application its name, without the prefix; the user's settings may say otherwise
    /// @param instance name of this process among its like; stays the same over restarts
    /// @param stateDir survives restarts too
    /// @param more of this app's own, which the user may change as the common ones
    public static Properties of(
            KafkaSettings kafka,
            String application,
            String instance,
            Path stateDir,
            Map<String, ?> more) {
        var defaults = new HashMap<>(COMMON);
        defaults.put("application.id", kafka.topicPrefix() + application);
        defaults.putAll(more);
        var properties = new Properties();
        properties.putAll(
                kafka.client(
                        defaults,
                        Map.of(
                                "processing.guarantee",
                                "exactly_once_v2",
                                "main.consumer.group.instance.id",
                                instance,
                                "state.dir",
                                stateDir.toString())));
        return properties;
    }

    /// Why a stream thread ended: what is innermost.
    public static Throwable root(Throwable e) {
        var cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
