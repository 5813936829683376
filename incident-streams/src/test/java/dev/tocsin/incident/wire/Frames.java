package dev.tocsin.incident.wire;

import dev.tocsin.schemas.CheckResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;

/// Results as bytes.
public final class Frames {
    private Frames() {}

    /// As the wire has it, under an id that names the schema of this build.
    public static byte[] framed(CheckResult result) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {0, 0, 0, 0, 1});
        var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        try {
            new SpecificDatumWriter<>(CheckResult.class).write(result, encoder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
