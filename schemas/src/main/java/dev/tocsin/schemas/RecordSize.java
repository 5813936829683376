package dev.tocsin.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/// Whether a record fits into its topic, before a broker refuses it without saying which.
public final class RecordSize {
    /// For the header of a batch (61 bytes), lengths, and headers.
    private static final int AROUND = 512;

    private RecordSize() {}

    /// Bytes of a value in Avro.
    public static int of(SpecificRecord value) {
        var out = new ByteArrayOutputStream(512);
        try {
            new SpecificDatumWriter<SpecificRecord>(
                            value.getSchema(), SpecificData.getForClass(value.getClass()))
                    .write(value, EncoderFactory.get().directBinaryEncoder(out, null));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory
        }
        return out.size();
    }

    /// Why a record does not fit, for whoever wrote it, or null.
    public static @Nullable String tooLarge(Topic<?> topic, String key, int valueBytes) {
        int bytes = key.getBytes(StandardCharsets.UTF_8).length + valueBytes;
        int most = topic.maxBytes() - AROUND;
        return topic.maxBytes() == 0 || bytes <= most
                ? null
                : "takes %d bytes as a record of %s; at most %d fit"
                        .formatted(bytes, topic.name(), most);
    }
}
