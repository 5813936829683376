package dev.tocsin.schemas.serde;

import dev.tocsin.schemas.TrustedRecords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/// Reads what [AvroSerializer] and Confluent's `KafkaAvroSerializer` write. With `specific.avro.reader` the generated
/// class of the writer's schema is filled, by Avro's rules for evolved schemas; otherwise a generic record. The registry's client is that of a
/// [RegistryLease].
public final class AvroDeserializer<T> implements Deserializer<T> {
    private final Map<Integer, DatumReader<T>> readers = new ConcurrentHashMap<>();
    private final Refused refused = new Refused(System::nanoTime);
    private final @Nullable Class<?> type;
    private @Nullable RegistryLease lease;
    private boolean specific;

    public AvroDeserializer() {
        this(null);
    }

    /// @param type of all values, where there is but one: what else a record may be is no value, and its id is looked up again now and then
    AvroDeserializer(@Nullable Class<?> type) {
        this.type = type;
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        TrustedRecords.trust();
        lease = RegistryLease.of(configs);
        specific = AvroSerializer.flag(configs, "specific.avro.reader");
    }

    /// @throws SerializationException when the bytes are not Avro in this frame, or the registry does not know the id, or
    ///     its schema cannot be read by ours
    /// @throws RegistryUnavailableException when the id is new to this process and the registry is away
    @Override
    public @Nullable T deserialize(String topic, byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        if (bytes.length < 5 || bytes[0] != 0) {
            throw new SerializationException(
                    "not Avro in Confluent's wire format: "
                            + (bytes.length < 5
                                    ? bytes.length + " bytes"
                                    : "first byte " + (bytes[0] & 0xff) + " instead of 0"));
        }
        int id = ByteBuffer.wrap(bytes, 1, 4).getInt();
        var reader = readers.computeIfAbsent(id, this::reader);
        try {
            return reader.read(
                    null, DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, null));
        } catch (IOException | RuntimeException | StackOverflowError e) { // that lies too deep
            throw new SerializationException("cannot read schema id " + id + ": " + e, e);
        }
    }

    @Override
    public void close() {
        if (lease != null) {
            lease.close();
        }
    }

    private DatumReader<T> reader(int id) {
        if (lease == null) {
            throw new IllegalStateException("configure() first");
        }
        refused.rethrow(id);
        var writer = lease.registry().schema(id, this::fits);
        try {
            return reader(writer);
        } catch (RuntimeException e) { // no class, or one that Avro does not trust or cannot make
            throw refused.remember(
                    id,
                    e instanceof SerializationException known
                            ? known
                            : new SerializationException(
                                    "cannot read schema id " + id + ": " + e, e));
        }
    }

    private boolean fits(Schema writer) {
        return type == null || writer.getFullName().equals(type.getName());
    }

    private DatumReader<T> reader(Schema writer) {
        if (type != null && !fits(writer)) {
            throw AvroSerdes.misplaced(writer.getName(), type);
        }
        if (!specific) {
            return new GenericDatumReader<>(writer);
        }
        Class<?> type = SpecificData.get().getClass(writer);
        if (type == null) {
            throw new SerializationException(
                    "no class on the class path for schema " + writer.getFullName());
        }
        var data = SpecificData.getForClass(type);
        Schema readerSchema = SpecificData.get().getSchema(type);
        return new SpecificDatumReader<>(writer, readerSchema, data);
    }
}
