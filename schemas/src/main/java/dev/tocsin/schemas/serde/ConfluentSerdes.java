package dev.tocsin.schemas.serde;

import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Confluent's own classes, by name, since no build may need them. They call a registry that cannot be reached, or does not
/// let them in, a [SerializationException], as if the record were bad; here it becomes a [RegistryUnavailableException] as
/// with ours, for no record may be given up for it.
final class ConfluentSerdes {
    private static final String PACKAGE = "io.confluent.kafka.serializers.";
    private static final String REFUSAL =
            "io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException";

    /// Who sends a question to the registry and reads the answer, in all releases: no record's bytes come by.
    private static final String ASKS = "io.confluent.kafka.schemaregistry.client.rest.RestService";

    /// Of a refusal that says something of the record: there is no schema of that id.
    private static final int NO_SCHEMA = 40403;

    private ConfluentSerdes() {}

    static <T> Serializer<T> serializer() {
        return writing(ConfluentSerdes.<Serializer<T>>load("KafkaAvroSerializer"));
    }

    static <T> Serializer<T> writing(Serializer<T> theirs) {
        return new Serializer<>() {
            @Override
            public void configure(Map<String, ?> configs, boolean isKey) {
                theirs.configure(RegistryLease.without(configs), isKey);
            }

            @Override
            public byte[] serialize(String topic, T value) {
                return asking(() -> theirs.serialize(topic, value), false);
            }

            @Override
            public void close() {
                theirs.close();
            }
        };
    }

    static <T> Deserializer<T> deserializer() {
        return reading(ConfluentSerdes.<Deserializer<T>>load("KafkaAvroDeserializer"));
    }

    static <T> Deserializer<T> reading(Deserializer<T> theirs) {
        return new Deserializer<>() {
            private @Nullable RegistryLease lease;

            @Override
            public void configure(Map<String, ?> configs, boolean isKey) {
                theirs.configure(RegistryLease.without(configs), isKey);
                lease = RegistryLease.of(configs);
            }

            @Override
            public T deserialize(String topic, byte[] bytes) {
                try {
                    return asking(() -> theirs.deserialize(topic, bytes), true);
                } catch (SerializationException e) {
                    if (lease != null && isDenied(e)) {
                        requireDenied(lease.registry(), bytes, e);
                    }
                    throw e;
                }
            }

            @Override
            public void close() {
                theirs.close();
                if (lease != null) {
                    lease.close();
                }
            }
        };
    }

    /// Theirs take any registry at its word, ours only one that is whole.
    ///
    /// @throws RegistryUnavailableException when it is not, or was not
    private static void requireDenied(
            SchemaRegistry registry, byte[] bytes, SerializationException denied) {
        try {
            registry.schema(ByteBuffer.wrap(bytes, 1, 4).getInt());
        } catch (SerializationException e) {
            return;
        }
        throw new RegistryUnavailableException("the registry has it by now: " + denied, denied);
    }

    private static boolean isDenied(SerializationException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause.getClass().getName().equals(REFUSAL)) {
                return true;
            }
        }
        return false;
    }

    private static <R> R asking(Supplier<R> call, boolean reads) {
        try {
            return call.get();
        } catch (RuntimeException | StackOverflowError e) { // that lies too deep
            boolean theirs = e instanceof SerializationException;
            if (e instanceof KafkaException && !theirs) { // for 401, 403, 429 and 5xx, by release
                throw new RegistryUnavailableException("schema registry: " + e, e);
            }
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (away(cause, reads)) {
                    throw new RegistryUnavailableException("schema registry: " + cause, e);
                }
            }
            if (reads && !theirs) {
                throw new SerializationException("cannot be read: " + e, e);
            }
            throw e;
        }
    }

    /// An [java.io.IOException] may be of the connection (TLS, an answer that ends too soon or is no JSON), of the bytes of a record that was cut, or of a
    /// schema that is not Avro's. Which, the way it came says, not its type: what came by way of whoever asks is of the asking.
    /// In doubt it is the record's: that one becomes a dead letter, which can be put back; a record that is waited for without
    /// end would hold up all behind it. What the first three types say is beyond doubt: what reads from memory throws none.
    private static boolean away(Throwable cause, boolean reads) {
        if (cause.getClass().getName().equals(REFUSAL)) {
            return !(reads && code(cause) == NO_SCHEMA);
        }
        return cause instanceof SocketException
                || cause instanceof UnknownHostException
                || cause instanceof InterruptedIOException
                || Stream.of(cause.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().startsWith(ASKS));
    }

    private static int code(Throwable refusal) {
        try {
            return (int) refusal.getClass().getMethod("getErrorCode").invoke(refusal);
        } catch (ReflectiveOperationException e) {
            return 0; // then it says nothing of the record
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
