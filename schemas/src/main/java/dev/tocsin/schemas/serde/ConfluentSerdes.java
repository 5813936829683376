package dev.tocsin.schemas.serde;

import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/// Confluent's own classes, by name, since no build may need them. They call a registry that cannot be reached, or does not
/// let them in, a [SerializationException], as if the record were bad; here it becomes a [RegistryUnavailableException] as
/// with ours, for no record may be given up for it.
final class ConfluentSerdes {
    private static final String PACKAGE = "io.confluent.kafka.serializers.";
    private static final String REFUSAL =
            "io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException";

    /// Of a refusal that says something of the record: there is no schema of that id.
    private static final int NO_SCHEMA = 40403;

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
                return asking(() -> theirs.serialize(topic, value), false);
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
                return asking(() -> theirs.deserialize(topic, bytes), true);
            }

            @Override
            public void close() {
                theirs.close();
            }
        };
    }

    private static <R> R asking(Supplier<R> call, boolean reads) {
        try {
            return call.get();
        } catch (SerializationException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (away(cause, reads)) {
                    throw new RegistryUnavailableException("schema registry: " + cause, e);
                }
            }
            throw e;
        } catch (KafkaException e) { // theirs for 401, 403, 429 and 5xx, by release
            throw new RegistryUnavailableException("schema registry: " + e, e);
        } catch (RuntimeException | StackOverflowError e) { // that lies too deep
            if (reads) {
                throw new SerializationException("cannot be read: " + e, e);
            }
            throw e;
        }
    }

    private static boolean away(Throwable cause, boolean reads) {
        if (cause instanceof SocketException
                || cause instanceof UnknownHostException
                || cause instanceof InterruptedIOException) {
            return true;
        }
        return cause.getClass().getName().equals(REFUSAL) && !(reads && code(cause) == NO_SCHEMA);
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
