package dev.tocsin.notifier;

import dev.tocsin.notifier.channel.Channel;
import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/// Avro without a registry, and a channel that nobody delivers by: for tests that answer themselves.
public final class Plain {
    private Plain() {}

    public record Named(String name) implements Channel {
        @Override
        public DeliveryResult deliver(Message message, Instant now) {
            throw new AssertionError("the test answers");
        }

        @Override
        public String fingerprint() {
            return name;
        }
    }

    public static <T> Serializer<T> writer(BinaryMessageEncoder<T> encoder) {
        return (_, value) -> {
            var out = new ByteArrayOutputStream();
            try {
                encoder.encode(value, out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return out.toByteArray();
        };
    }

    public static <T> Deserializer<T> reader(BinaryMessageDecoder<T> decoder) {
        return (_, bytes) -> {
            try {
                return decoder.decode(bytes);
            } catch (IOException | RuntimeException e) {
                throw new SerializationException("no such record", e);
            }
        };
    }
}
