package dev.tocsin.standalone.topic;

import dev.tocsin.schemas.RecordSize;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.KafkaSettings;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// Publishes what an operator says.
public final class TopicWriter {
    private TopicWriter() {}

    private record Sent(String key, Future<RecordMetadata> answer) {
        void await(KafkaSettings kafka, String topic)
                throws InterruptedException, ExecutionException {
            try {
                answer.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RecordTooLargeException) {
                    throw new ConfigException(
                            "%s is too large for the topic %s, which takes less than it should: tocsin admin bootstrap mends that"
                                    .formatted(key, topic));
                }
                if (e.getCause() instanceof TimeoutException why) {
                    throw kafka.unanswered(why);
                }
                throw e;
            }
        }
    }

    /// Of keys as text and values as bytes, and of what every replica has.
    ///
    /// @param defaults where the settings say nothing else
    public static KafkaProducer<String, byte[]> producer(
            KafkaSettings kafka, Map<String, String> defaults) {
        return new KafkaProducer<>(
                kafka.client(
                        defaults,
                        Map.of(
                                "key.serializer", StringSerializer.class.getName(),
                                "value.serializer", ByteArraySerializer.class.getName(),
                                "acks", "all")));
    }

    /// One record for each entry, a tombstone where its value is null. Returns when the broker has them all.
    ///
    /// @throws ConfigException for a record that is too large, naming it
    /// @throws TimeoutException when it has not taken them within 20 s, naming its address
    public static <V extends SpecificRecord> void write(
            KafkaSettings kafka, Topic<V> topic, Map<String, ? extends @Nullable V> values)
            throws InterruptedException, ExecutionException {
        var name = topic.named(kafka.topicPrefix());
        try (var avro = AvroSerdes.<V>serializer(kafka.properties());
                var producer =
                        producer(
                                kafka,
                                Map.of(
                                        "max.block.ms",
                                        "15000",
                                        "delivery.timeout.ms",
                                        "20000",
                                        "request.timeout.ms",
                                        "15000"))) {
            var sent = new ArrayList<Sent>();
            for (var entry : values.entrySet()) {
                var key = entry.getKey();
                var value = entry.getValue();
                var bytes = value == null ? null : avro.serialize(name, value);
                var large = RecordSize.tooLarge(topic, key, bytes == null ? 0 : bytes.length);
                if (large != null) {
                    throw new ConfigException(key + " " + large);
                }
                sent.add(new Sent(key, producer.send(new ProducerRecord<>(name, key, bytes))));
            }
            for (var record : sent) {
                record.await(kafka, name);
            }
        }
    }
}
