package dev.tocsin.standalone.topic;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topic.Cleanup;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/// What lies in the dead letters of a topic, by cause, and what of it can be read now. That may be put back: once, in its order, and in the same transaction
/// as the note of it, which is a record of the dead letters, too.
public final class SetAside {
    /// The note: its value is the offset of what was put back.
    private static final String PUT_BACK = "tocsin.dlq.put-back";

    /// On what was put back: set aside again, it stays there.
    private static final String AGAIN = "tocsin.dlq.again";

    private static final String OURS = "tocsin.dlq.";
    private static final String CAUSE = OURS + "cause";
    private static final String LEFT_OUT = OURS + "body-left-out";

    /// As long as a key may be that was not cut.
    private static final int KEY_BELOW = 1000;

    private static final int CAUSES_AT_MOST = 1000;
    private static final String OTHERS = "(other causes)";
    private static final int TRANSACTION = 500;

    /// @param readable of them, those that can be read now and could be put back
    /// @param putBack of them, those that were now
    public record Cause(
            String topic, String cause, long count, Instant newest, long readable, long putBack) {
        private Cause and(Instant at, boolean isReadable, boolean isPutBack) {
            return new Cause(
                    topic,
                    cause,
                    count + 1,
                    at.isAfter(newest) ? at : newest,
                    readable + (isReadable ? 1 : 0),
                    putBack + (isPutBack ? 1 : 0));
        }
    }

    private final KafkaSettings kafka;
    private final Topic<?> topic;
    private final Deserializer<? extends SpecificRecord> values;
    private final String deadLetters;
    private final String original;
    private final @Nullable KafkaProducer<String, byte[]> producer;
    private final Map<String, Cause> causes = new TreeMap<>();
    private int open;

    private SetAside(
            KafkaSettings kafka,
            Topic<?> topic,
            Deserializer<? extends SpecificRecord> values,
            @Nullable KafkaProducer<String, byte[]> producer) {
        this.kafka = kafka;
        this.topic = topic;
        this.values = values;
        this.producer = producer;
        deadLetters = topic.deadLetters(kafka.topicPrefix());
        original = topic.named(kafka.topicPrefix());
    }

    /// Of a topic that keeps the newest value of each key an old one would undo it: there it is for whoever wrote it to write it again.
    public static boolean canPutBack(Topic<?> topic) {
        return topic.settings().cleanup() == Cleanup.DELETE;
    }

    /// What is there, by cause.
    ///
    /// @param putBack whether to put back what can be read
    /// @throws org.apache.kafka.common.errors.RetriableException when Kafka or the registry is away
    public static List<Cause> of(KafkaSettings kafka, Topic<?> topic, boolean putBack) {
        try (var values = AvroSerdes.deserializer(kafka.properties(), topic.type())) {
            if (!putBack || !canPutBack(topic)) {
                return new SetAside(kafka, topic, values, null).read();
            }
            var defaults =
                    Map.of(
                            "transactional.id",
                            topic.deadLetters(kafka.topicPrefix()) + "-put-back",
                            "compression.type",
                            "lz4");
            try (var producer = TopicWriter.producer(kafka, defaults)) {
                producer.initTransactions(); // another that does the same now ends
                return new SetAside(kafka, topic, values, producer).read();
            }
        }
    }

    private List<Cause> read() {
        var done = new HashSet<String>();
        TopicReader.readAll(
                kafka,
                List.of(deadLetters),
                record -> {
                    var offset = header(record, PUT_BACK);
                    if (offset != null) {
                        done.add(record.partition() + "@" + offset);
                    }
                });
        TopicReader.readAll(kafka, List.of(deadLetters), record -> take(record, done));
        if (open > 0) {
            Objects.requireNonNull(producer).commitTransaction();
        }
        return new ArrayList<>(causes.values());
    }

    private void take(ConsumerRecord<String, byte[]> record, Set<String> done) {
        if (header(record, PUT_BACK) != null
                || done.contains(record.partition() + "@" + record.offset())) {
            return;
        }
        boolean readable = readable(record);
        boolean put = readable && producer != null;
        if (put) {
            putBack(record);
        }
        var said = Objects.requireNonNullElse(header(record, CAUSE), "(it does not say why)");
        // Ids, offsets and times make no cause of their own.
        var cause = said.lines().findFirst().orElse(said).replaceAll("\\d+", "N");
        if (causes.size() >= CAUSES_AT_MOST && !causes.containsKey(cause)) {
            cause = OTHERS;
        }
        var at = Instant.ofEpochMilli(record.timestamp());
        var known = causes.getOrDefault(cause, new Cause(topic.name(), cause, 0, at, 0, 0));
        causes.put(cause, known.and(at, readable, put));
    }

    private boolean readable(ConsumerRecord<String, byte[]> record) {
        var key = record.key();
        if (!canPutBack(topic)
                || record.value() == null
                || header(record, LEFT_OUT) != null
                || header(record, AGAIN) != null
                || (key != null && key.length() >= KEY_BELOW)) {
            return false;
        }
        try {
            return values.deserialize(original, record.value()) != null;
        } catch (SerializationException e) {
            return false; // it is bad indeed
        }
    }

    private void putBack(ConsumerRecord<String, byte[]> record) {
        var to = Objects.requireNonNull(producer);
        if (open == 0) {
            to.beginTransaction();
        }
        var headers = new RecordHeaders();
        for (var header : record.headers()) {
            if (!header.key().startsWith(OURS)) {
                headers.add(header);
            }
        }
        headers.add(AGAIN, bytes(record.partition() + "@" + record.offset()));
        var _ =
                to.send(
                        new ProducerRecord<>(
                                original, null, record.key(), record.value(), headers));
        var _ =
                to.send(
                        new ProducerRecord<>(
                                deadLetters,
                                record.partition(),
                                (String) null,
                                (byte[]) null,
                                new RecordHeaders()
                                        .add(PUT_BACK, bytes(Long.toString(record.offset())))));
        open++;
        if (open >= TRANSACTION) {
            to.commitTransaction(); // throws what a send failed of
            open = 0;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable String header(ConsumerRecord<String, byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null || header.value() == null
                ? null
                : new String(header.value(), StandardCharsets.UTF_8);
    }
}
