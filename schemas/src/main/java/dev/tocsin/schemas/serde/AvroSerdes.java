package dev.tocsin.schemas.serde;

import dev.tocsin.schemas.TrustedRecords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.avro.generic.GenericContainer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/// Makes the serializers of this build: Tocsin's own, or Confluent's where it was built with `-Pconfluent`.
public final class AvroSerdes {
    private static final boolean CONFLUENT = "confluent".equals(build());

    static {
        TrustedRecords.trust();
    }

    private AvroSerdes() {}

    /// @param configs the serde's keys, `schema.registry.url` at least; a registry that is carried ([RegistryLease#CARRIED]) is not closed with it
    public static <T extends SpecificRecord> Serializer<T> serializer(Map<String, ?> configs) {
        Serializer<T> serializer =
                CONFLUENT ? ConfluentSerdes.serializer() : new AvroSerializer<>();
        serializer.configure(withDefaults(configs), false);
        return serializer;
    }

    /// What is of another type is a record that cannot be read, and no bug of whoever reads it.
    ///
    /// @param type of all values
    public static <T extends SpecificRecord> Deserializer<T> deserializer(
            Map<String, ?> configs, Class<T> type) {
        Deserializer<Object> any =
                CONFLUENT ? ConfluentSerdes.deserializer() : new AvroDeserializer<>(type);
        any.configure(withDefaults(configs), false);
        return new Deserializer<>() {
            @Override
            @SuppressWarnings("NullAway") // a tombstone is null
            public T deserialize(String topic, byte[] bytes) {
                var value = any.deserialize(topic, bytes);
                if (value != null && !type.isInstance(value)) {
                    throw misplaced(name(value), type);
                }
                return type.cast(value);
            }

            @Override
            public void close() {
                any.close();
            }
        };
    }

    /// @param what stands where a value of that type belongs
    static SerializationException misplaced(String what, Class<?> type) {
        return new SerializationException(
                "a %s where a %s belongs".formatted(what, type.getSimpleName()));
    }

    private static String name(Object value) {
        return value instanceof GenericContainer record
                ? record.getSchema().getName()
                : value.getClass().getSimpleName();
    }

    private static Map<String, Object> withDefaults(Map<String, ?> configs) {
        var all =
                new HashMap<String, Object>(
                        Map.of("auto.register.schemas", "false", "specific.avro.reader", "true"));
        all.putAll(configs);
        return all;
    }

    private static String build() {
        var properties = new Properties();
        try (var in =
                Objects.requireNonNull(AvroSerdes.class.getResourceAsStream("build.properties"))) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("serdes", "tocsin");
    }
}
