package dev.tocsin.standalone.bench;

import dev.tocsin.schemas.Topics;
import dev.tocsin.service.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// What was written to the topics of a prefix, changelogs included, since some moment: also what was never committed, for that was written, too.
///
/// @param topics by name without the prefix; only those with records
record Written(SortedMap<String, Volume> topics) {
    static final Written NOTHING = new Written(new TreeMap<>());

    private static final Duration LIMIT = Duration.ofMinutes(2);

    /// What the bench itself writes (and incident-streams its ticks, two bytes each).
    private static final Set<String> INPUT =
            Set.of(Topics.CHECKS.name(), Topics.CHECK_RESULTS.name());

    /// @param bytes of keys and values
    /// @param largest key, value and headers of one record, in bytes
    record Volume(long records, long bytes, long largest) {
        Volume with(long more, long whole) {
            return new Volume(records + 1, bytes + more, Math.max(largest, whole));
        }
    }

    static boolean input(String topic) {
        return INPUT.contains(topic);
    }

    /// In all topics but the bench's own.
    long bytes() {
        return topics.entrySet().stream()
                .filter(topic -> !input(topic.getKey()))
                .mapToLong(topic -> topic.getValue().bytes())
                .sum();
    }

    /// Likewise; null when there is none.
    @Nullable Long largest() {
        return topics.entrySet().stream()
                .filter(topic -> !input(topic.getKey()))
                .map(topic -> topic.getValue().largest())
                .max(Long::compare)
                .orElse(null);
    }

    /// Where every partition of the prefix ends now.
    static Map<TopicPartition, Long> ends(KafkaSettings kafka) {
        try (var consumer = consumer(kafka)) {
            return ends(kafka, consumer);
        }
    }

    /// @param from as [#ends] said; a partition that it did not know counts from its beginning
    static Written since(KafkaSettings kafka, Map<TopicPartition, Long> from) {
        var topics = new TreeMap<String, Volume>();
        try (var consumer = consumer(kafka)) {
            var ends = new HashMap<>(ends(kafka, consumer));
            consumer.assign(ends.keySet());
            ends.keySet().forEach(at -> consumer.seek(at, from.getOrDefault(at, 0L)));
            long until = System.nanoTime() + LIMIT.toNanos();
            // A partition's end may be a commit marker, which is passed and not handed over.
            ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            while (!ends.isEmpty()) {
                if (System.nanoTime() > until) {
                    throw new IllegalStateException(
                            "what was written was not read within " + LIMIT.toSeconds() + " s");
                }
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    topics.merge(
                            record.topic().substring(kafka.topicPrefix().length()),
                            new Volume(1, bytes(record), whole(record)),
                            (all, one) -> all.with(one.bytes(), one.largest()));
                }
                ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            }
        }
        return new Written(topics);
    }

    private static Map<TopicPartition, Long> ends(
            KafkaSettings kafka, KafkaConsumer<byte[], byte[]> consumer) {
        return consumer.endOffsets(
                consumer.listTopics().entrySet().stream()
                        .filter(topic -> topic.getKey().startsWith(kafka.topicPrefix()))
                        .flatMap(topic -> topic.getValue().stream())
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList());
    }

    private static long bytes(ConsumerRecord<byte[], byte[]> record) {
        return Math.max(0L, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
    }

    private static long whole(ConsumerRecord<byte[], byte[]> record) {
        long headers = 0;
        for (var header : record.headers()) {
            headers += header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return bytes(record) + headers;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(KafkaSettings kafka) {
        var bytes = ByteArrayDeserializer.class.getName();
        return new KafkaConsumer<>(
                kafka.client(
                        Map.of("fetch.max.bytes", "16777216"),
                        Map.of(
                                "key.deserializer",
                                bytes,
                                "value.deserializer",
                                bytes,
                                "isolation.level",
                                "read_uncommitted",
                                "enable.auto.commit",
                                "false")));
    }
}
