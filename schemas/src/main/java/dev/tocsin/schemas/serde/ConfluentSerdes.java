package dev.tocsin.schemas.serde;

import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/// Confluent's own classes, by name, since no build may need them. They call a registry that cannot be reached a
/// [SerializationException], as if the record were bad; here it becomes a [RegistryUnavailableException] as with ours, for
/// no record may be given up for it.
final class ConfluentSerdes {
    private static final String PACKAGE = "io.confluent.kafka.serializers.";

    private ConfluentSerdes() {}

    static <T> Serializer<T> serializer() {
        Serializer<T> theirs = load("KafkaAvroSerializer");
        return new Serializer<>() {
            @Override
            public void configure(Map<String, ?> configs, boolean isKey) {
                theirs.configure(configs, isKey);
            }

            @Override
            public byte[] serialize(String topic, T value) {
                return asking(() -> theirs.serialize(topic, value));
            }

            @Override
            public void close() {
                theirs.close();
            }
        };
    }

    static <T> Deserializer<T> deserializer() {
        Deserializer<T> theirs = load("KafkaAvroDeserializer");
        return new Deserializer<>() {
            @Override
            public void configure(Map<String, ?> configs, boolean isKey) {
                theirs.configure(configs, isKey);
            }

            @Override
            public T deserialize(String topic, byte[] bytes) {
                return asking(() -> theirs.deserialize(topic, bytes));
            }

            @Override
            public void close() {
                theirs.close();
            }
        };
    }

    private static <R> R asking(Supplier<R> call) {
        try {
            return call.get();
        } catch (SerializationException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof SocketException
                        || cause instanceof UnknownHostException
                        || cause instanceof InterruptedIOException) {
                    throw new RegistryUnavailableException("schema registry: " + cause, e);
                }
            }
            throw e;
        }
    }

    @SuppressWarnings({
        "unchecked",
        "TypeParameterUnusedInFormals"
    }) // both of Confluent's classes take and give Object
    private static <S> S load(String name) {
        try {
            return (S) Class.forName(PACKAGE + name).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    PACKAGE
                            + name
                            + " is not on the class path, but this build was made with -Pconfluent",
                    e);
        }
    }
}
