package dev.tocsin.schemas.serde;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Makes a serializer ask for the id of a schema before there is a record, so that a registry that goes away later is not missed: by writing the
/// least record of that schema, which Confluent's understands as ours does.
public final class Warming {
    private Warming() {}

    /// @throws RegistryUnavailableException when the registry is away
    /// @throws org.apache.kafka.common.errors.SerializationException when it does not know the schema
    @SuppressWarnings("unchecked") // a serializer looks at a record's schema, not at its class
    public static void id(Serializer<?> serializer, String topic, Schema schema) {
        ((Serializer<Object>) serializer).serialize(topic, least(schema));
    }

    static @Nullable Object least(Schema schema) {
        return switch (schema.getType()) {
            case RECORD -> {
                var record = new GenericData.Record(schema);
                schema.getFields().forEach(field -> record.put(field.pos(), least(field.schema())));
                yield record;
            }
            case ENUM -> new GenericData.EnumSymbol(schema, schema.getEnumSymbols().getFirst());
            case FIXED -> new GenericData.Fixed(schema, new byte[schema.getFixedSize()]);
            case ARRAY -> List.of();
            case MAP -> Map.of();
            case UNION -> schema.isNullable() ? null : least(schema.getTypes().getFirst());
            case STRING -> "";
            case BYTES -> ByteBuffer.allocate(0);
            case INT -> 0;
            case LONG -> 0L;
            case FLOAT -> 0f;
            case DOUBLE -> 0d;
            case BOOLEAN -> false;
            case NULL -> null;
        };
    }
}
