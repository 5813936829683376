package dev.tocsin.standalone.carry;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;

/// By which key the events of each incident are told: what the notifier keeps of one has only its id.
final class IncidentKeys {
    private IncidentKeys() {}

    /// By incident id, as `incident-state` has them: 90 days longer than an incident is open. One that cannot be read is left out, and named on standard error.
    static Map<String, String> read(KafkaSettings kafka) {
        var topic = Topics.INCIDENT_STATE.named(kafka.topicPrefix());
        var keys = new HashMap<String, String>();
        try (var avro = AvroSerdes.deserializer(kafka.properties(), IncidentEvent.class)) {
            TopicReader.readAll(
                    kafka,
                    List.of(topic),
                    record -> {
                        try {
                            var event = avro.deserialize(topic, record.value());
                            if (event != null) {
                                keys.put(event.getIncidentId(), event.getKey());
                            }
                        } catch (SerializationException e) {
                            System.err.println(topic + " " + record.key() + ": " + e.getMessage());
                        }
                    });
        }
        return keys;
    }
}
