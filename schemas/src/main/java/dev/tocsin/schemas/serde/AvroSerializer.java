package dev.tocsin.schemas.serde;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Writes magic byte 0, the schema's 4-byte id, and plain Avro. Subject: `<topic>-value` (or `-key`).
///
/// Takes Confluent's keys `auto.register.schemas` (here false unless set: agents never register) and
/// `use.latest.version`. The registry's client is that of a [RegistryLease]. Thread-safe.
public final class AvroSerializer<T extends IndexedRecord> implements Serializer<T> {
    private @Nullable RegistryLease lease;
    private boolean autoRegister;
    private boolean useLatest;
    private String suffix = "-value";

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        lease = RegistryLease.of(configs);
        autoRegister = flag(configs, "auto.register.schemas");
        useLatest = flag(configs, "use.latest.version");
        suffix = isKey ? "-key" : "-value";
    }

    static boolean flag(Map<String, ?> configs, String key) {
        var value = configs.get(key);
        return value != null && Boolean.parseBoolean(value.toString());
    }

    /// @throws RegistryUnavailableException when the id is not yet known and the registry is away, or lacks the schema
    @Override
    public byte @Nullable [] serialize(String topic, @Nullable T value) {
        if (value == null) {
            return null;
        }
        if (lease == null) {
            throw new IllegalStateException("configure() first");
        }
        var registry = lease.registry();
        var subject = topic + suffix;
        int id =
                autoRegister
                        ? registry.register(subject, value.getSchema())
                        : useLatest
                                ? registry.latest(subject)
                                : registry.lookup(subject, value.getSchema());
        return frame(id, value);
    }

    @Override
    public void close() {
        if (lease != null) {
            lease.close();
        }
    }

    static <T extends IndexedRecord> byte[] frame(int id, T value) {
        var out = new ByteArrayOutputStream(256);
        out.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
        try {
            var encoder = EncoderFactory.get().binaryEncoder(out, null);
            var data =
                    value instanceof SpecificRecord
                            ? SpecificData.getForClass(value.getClass())
                            : SpecificData.get();
            new SpecificDatumWriter<T>(value.getSchema(), data).write(value, encoder);
            encoder.flush();
        } catch (IOException | RuntimeException e) {
            throw new SerializationException(
                    "cannot write " + value.getSchema().getFullName() + ": " + e.getMessage(), e);
        }
        return out.toByteArray();
    }
}
