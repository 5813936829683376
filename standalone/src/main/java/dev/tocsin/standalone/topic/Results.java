package dev.tocsin.standalone.topic;

import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.common.errors.SerializationException;

/// Reads `check-results` again.
public final class Results {
    private Results() {}

    /// Hands over each result of the last while, in the order of its partition, with the broker's stamp.
    public static void read(
            KafkaSettings kafka, Duration back, BiConsumer<CheckResult, Instant> seen) {
        var topic = Topics.CHECK_RESULTS.named(kafka.topicPrefix());
        try (var avro = AvroSerdes.deserializer(kafka.properties(), CheckResult.class)) {
            TopicReader.readAll(
                    kafka,
                    List.of(topic),
                    back,
                    record -> {
                        if (record.value() == null) {
                            return; // a tick
                        }
                        try {
                            seen.accept(
                                    avro.deserialize(topic, record.value()),
                                    Instant.ofEpochMilli(record.timestamp()));
                        } catch (SerializationException e) {
                            System.err.println(
                                    topic
                                            + " "
                                            + record.partition()
                                            + "@"
                                            + record.offset()
                                            + ": "
                                            + e.getMessage());
                        }
                    });
        }
    }
}
