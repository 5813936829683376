package dev.tocsin.standalone.topic;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;

/// What a compacted topic holds now.
public final class Compacted {
    private Compacted() {}

    /// By key. What cannot be read is named on standard error, and left out.
    public static <T extends SpecificRecord> SortedMap<String, T> read(
            KafkaSettings kafka, Topic<T> topic) {
        var name = topic.named(kafka.topicPrefix());
        var values = new TreeMap<String, T>();
        try (var avro = AvroSerdes.deserializer(kafka.properties(), topic.type())) {
            TopicReader.readAll(
                    kafka,
                    List.of(name),
                    record -> {
                        if (record.value() == null) {
                            values.remove(record.key());
                            return;
                        }
                        try {
                            values.put(record.key(), avro.deserialize(name, record.value()));
                        } catch (SerializationException e) {
                            System.err.println(name + " " + record.key() + ": " + e.getMessage());
                        }
                    });
        }
        return values;
    }
}
