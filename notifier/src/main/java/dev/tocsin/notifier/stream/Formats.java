package dev.tocsin.notifier.stream;

import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.DeliveryAttempt;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/// How records are read and written.
public record Formats(
        Deserializer<IncidentEvent> events,
        Deserializer<Delivery> deliveries,
        Serializer<Delivery> delivery,
        Serializer<DeliveryAttempt> attempt) {
    public static Formats avro(KafkaSettings kafka) {
        var serdes = kafka.serdes();
        return new Formats(
                AvroSerdes.deserializer(serdes, IncidentEvent.class),
                AvroSerdes.deserializer(serdes, Delivery.class),
                AvroSerdes.serializer(serdes),
                AvroSerdes.serializer(serdes));
    }
}
