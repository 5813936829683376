package dev.tocsin.standalone.topic;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import java.util.List;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;

/// All that is in a topic now, for commands.
public final class WholeTopic {
    private WholeTopic() {}

    /// Hands over every value; what cannot be read is named with its place, and left out.
    ///
    /// @param what a value is called
    public static <V extends SpecificRecord> void read(
            KafkaSettings kafka, Topic<V> topic, Class<V> type, String what, Consumer<V> seen) {
        var name = topic.named(kafka.topicPrefix());
        try (var avro = AvroSerdes.deserializer(kafka.properties(), type)) {
            TopicReader.readAll(
                    kafka,
                    List.of(name),
                    record -> {
                        try {
                            var value = avro.deserialize(name, record.value());
                            if (value != null) {
                                seen.accept(value);
                            }
                        } catch (SerializationException e) {
                            System.err.println(
                                    record.partition()
                                            + "@"
                                            + record.offset()
                                            + " is no "
                                            + what
                                            + ": "
                                            + e.getMessage());
                        }
                    });
        }
    }
}
