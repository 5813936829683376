package dev.tocsin.incident.stream;

import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Command;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.UserReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/// Values as bytes without a registry: Avro's own framing; results are framed by [dev.tocsin.incident.wire.Frames].
public final class Plain {
    public interface Encoded {
        ByteBuffer get() throws IOException;
    }

    private Plain() {}

    public static Formats formats() {
        return new Formats(
                _ -> CheckResult.getClassSchema(),
                () -> decoder(CheckDefinition.getDecoder()),
                () -> decoder(MaintenanceWindow.getDecoder()),
                () -> decoder(AgentStatus.getDecoder()),
                () -> decoder(UserReport.getDecoder()),
                () -> decoder(Signal.getDecoder()),
                () -> decoder(Command.getDecoder()),
                (_, signal) -> bytes(signal::toByteBuffer),
                (_, event) -> bytes(event::toByteBuffer));
    }

    public static byte[] bytes(Encoded encoded) {
        try {
            return encoded.get().array();
        } catch (IOException e) {
            throw new SerializationException(e);
        }
    }

    public static <T> Deserializer<T> decoder(BinaryMessageDecoder<T> decoder) {
        return (_, bytes) -> {
            try {
                return decoder.decode(bytes);
            } catch (IOException | RuntimeException e) {
                throw new SerializationException("not Avro", e);
            }
        };
    }
}
