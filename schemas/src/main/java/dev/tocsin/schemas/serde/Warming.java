package dev.tocsin.schemas.serde;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.TrustedRecords;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Makes a serializer ask for the id of a schema before there is a record, so that a registry that goes away later is not missed: by writing the
/// least record of that type. It is of the generated class, as all that follow are: Confluent's serializer keeps the writer that the first record
/// of a schema needed, and one for generic records cannot write ours.
public final class Warming {
    static {
        TrustedRecords.trust();
    }

    private Warming() {}

    /// @throws RegistryUnavailableException when the registry is away
    /// @throws org.apache.kafka.common.errors.SerializationException when it does not know the schema
    @SuppressWarnings("unchecked") // what writes to a topic writes its type
    public static void id(Serializer<?> serializer, Topic<?> topic, String prefix) {
        ((Serializer<Object>) serializer).serialize(topic.named(prefix), least(topic.type()));
    }

    static <T extends SpecificRecord> T least(Class<T> type) {
        var data = SpecificData.getForClass(type);
        var schema = data.getSchema(type);
        try {
            var bytes = new ByteArrayOutputStream();
            var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            new GenericDatumWriter<>(schema).write(least(schema), encoder);
            encoder.flush();
            var decoder = DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null);
            return new SpecificDatumReader<T>(schema, schema, data).read(null, decoder);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // to and from memory
        }
    }

    private static @Nullable Object least(Schema schema) {
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
