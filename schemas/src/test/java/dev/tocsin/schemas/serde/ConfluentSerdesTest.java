package dev.tocsin.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tocsin.schemas.Canary;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.HttpRetryException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What Confluent's classes throw, made by hand: none of theirs is here. ConfluentConnectionIT has them.
class ConfluentSerdesTest {
    private static final byte[] RECORD = {0, 0, 0, 0, 7, 4};
    private static final String CLIENT = "io.confluent.kafka.schemaregistry.client.";
    private static final String SERIALIZERS = "io.confluent.kafka.serializers.";

    /// As if it had been thrown in the first of these classes, which the next had called, and so on.
    private static <E extends Throwable> E by(E thrown, String... classes) {
        thrown.setStackTrace(
                Stream.of(classes)
                        .map(name -> new StackTraceElement(name, "any", null, -1))
                        .toArray(StackTraceElement[]::new));
        return thrown;
    }

    private static <E extends Throwable> E asked(E thrown) {
        return by(
                thrown,
                "sun.net.www.protocol.http.HttpURLConnection",
                CLIENT + "rest.RestService",
                CLIENT + "CachedSchemaRegistryClient",
                SERIALIZERS + "AbstractKafkaAvroDeserializer");
    }

    private static SerializationException wrapped(Throwable cause) {
        return by(
                new SerializationException("Error deserializing Avro message for id 7", cause),
                SERIALIZERS + "AbstractKafkaAvroDeserializer");
    }

    private static Throwable reads(RuntimeException thrown) {
        Deserializer<Object> theirs =
                (_, _) -> {
                    throw thrown;
                };
        try (var ours = ConfluentSerdes.reading(theirs)) {
            return catchThrowable(() -> ours.deserialize("canary", RECORD));
        }
    }

    private static Throwable writes(RuntimeException thrown) {
        Serializer<Object> theirs =
                (_, _) -> {
                    throw thrown;
                };
        try (var ours = ConfluentSerdes.writing(theirs)) {
            return catchThrowable(() -> ours.serialize("canary", RECORD));
        }
    }

    static Stream<RuntimeException> ofTheConnection() {
        return Stream.concat(
                Stream.of(
                                asked(new SSLHandshakeException("no path to a trust anchor")),
                                asked(new EOFException("SSL peer shut down incorrectly")),
                                asked(new HttpRetryException("cannot retry", 401)),
                                asked(new IOException("Premature EOF")),
                                asked(new IOException("no JSON: <html>")),
                                asked(new IllegalStateException("no token: who gives it is away")),
                                by(new SocketException("Unexpected end of file from server")),
                                by(new UnknownHostException("registry")),
                                by(new InterruptedIOException("timeout")))
                        .flatMap(cause ->
                                Stream.of(
                                        wrapped(cause),
                                        wrapped(by(new IllegalStateException(cause))))),
                Stream.of(
                        asked(new IllegalStateException("not wrapped")),
                        new AuthenticationException("401")));
    }

    @ParameterizedTest
    @MethodSource("ofTheConnection")
    void whatTheConnectionThrowsIsNoVerdictOnTheRecord(RuntimeException thrown) {
        assertThat(reads(thrown))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasCauseReference(thrown);
        assertThat(writes(thrown)).isInstanceOf(RegistryUnavailableException.class);
    }

    static Stream<RuntimeException> ofTheRecord() {
        return Stream.of(
                wrapped(cut()),
                wrapped(
                        by(
                                new IOException("Invalid schema of type JSON"),
                                CLIENT + "CachedSchemaRegistryClient",
                                SERIALIZERS + "AbstractKafkaAvroDeserializer")),
                wrapped(
                        by(
                                new IOException("where from?"),
                                CLIENT + "rest.entities.Schema",
                                SERIALIZERS + "AbstractKafkaAvroDeserializer")),
                wrapped(by(new IOException("in doubt"))),
                wrapped(by(new IllegalStateException("in doubt"))),
                new SerializationException("Unknown magic byte!"));
    }

    /// What Avro really throws.
    private static Throwable cut() {
        var reader = new GenericDatumReader<>(Canary.getClassSchema());
        return catchThrowable(
                () -> reader.read(null, DecoderFactory.get().binaryDecoder(RECORD, 5, 1, null)));
    }

    @Test
    void aRecordThatIsCutIsAnIOExceptionOfAvro() {
        assertThat(cut()).isInstanceOf(EOFException.class);
    }

    @ParameterizedTest
    @MethodSource("ofTheRecord")
    void whatReadingTheBytesThrowsIsOfTheRecord(RuntimeException thrown) {
        assertThat(reads(thrown)).isSameAs(thrown);
        assertThat(writes(thrown)).isSameAs(thrown);
    }

    @Test
    void aBugOfReadingMakesABadRecordAndOneOfWritingIsABug() {
        var bug = new ClassCastException("theirs");
        assertThat(reads(bug)).isInstanceOf(SerializationException.class).hasCauseReference(bug);
        assertThat(writes(bug)).isSameAs(bug);
    }

    @Test
    void onlyThatThereIsNoSuchSchemaSaysSomethingOfARecordThatIsRead() {
        var none = wrapped(asked(new RestClientException(40403)));
        assertThat(reads(none)).isSameAs(none);
        assertThat(writes(none)).isInstanceOf(RegistryUnavailableException.class);
        for (int code : new int[] {40401, 50001, 50005, 401}) {
            assertThat(reads(wrapped(asked(new RestClientException(code)))))
                    .as("code %d", code)
                    .isInstanceOf(RegistryUnavailableException.class);
        }
    }

    /// Their configuration is shown in logs, and need not know what else is carried.
    @Test
    void theirsAreNotConfiguredWithWhatOursShare() {
        var seen = new HashMap<String, Object>();
        Serializer<Object> writer =
                new Serializer<>() {
                    @Override
                    public void configure(Map<String, ?> configs, boolean isKey) {
                        seen.putAll(configs);
                    }

                    @Override
                    public byte[] serialize(String topic, Object value) {
                        return RECORD;
                    }
                };
        Deserializer<Object> reader =
                new Deserializer<>() {
                    @Override
                    public void configure(Map<String, ?> configs, boolean isKey) {
                        seen.putAll(configs);
                    }

                    @Override
                    public Object deserialize(String topic, byte[] bytes) {
                        return bytes;
                    }
                };
        Map<String, Object> configs =
                Map.of("schema.registry.url", "http://127.0.0.1:1", RegistryLease.CARRIED, this);
        try (var serializer = ConfluentSerdes.writing(writer);
                var deserializer = ConfluentSerdes.reading(reader)) {
            serializer.configure(configs, false);
            deserializer.configure(configs, false);
        }
        assertThat(seen).containsOnlyKeys("schema.registry.url");
        assertThatThrownBy(() -> RegistryLease.of(Map.of(RegistryLease.CARRIED, this)))
                .hasMessage("schema.registry.url: missing");
    }
}
