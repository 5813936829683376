package dev.tocsin.schemas.serde;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.schemas.Canary;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What Confluent's real classes throw, with a registry that answers each connection with the same text and hangs up.
class ConfluentConnectionIT {
    /// Whose text ends before it has begun.
    private static final byte[] CUT = {0, 0, 0, 0, 7, 4};

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile String answer = "";
    private ServerSocket server;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var _ =
                threads.submit(() -> {
                    while (true) {
                        var client = server.accept();
                        var _ = threads.submit(() -> hangUp(client));
                    }
                });
    }

    private @Nullable Void hangUp(Socket client) throws IOException {
        try (client) {
            client.getInputStream().read(new byte[8192]); // what is asked, or a handshake
            client.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
        }
        return null;
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        threads.shutdownNow();
    }

    private void read(String scheme) {
        try (var registry =
                        new SchemaRegistry(Map.of("schema.registry.url", "http://127.0.0.1:1"));
                var reader = ConfluentSerdes.deserializer()) {
            reader.configure(
                    Map.of(
                            "schema.registry.url",
                            scheme + "://127.0.0.1:" + server.getLocalPort(),
                            "max.retries",
                            "0",
                            "specific.avro.reader",
                            "true",
                            RegistryLease.CARRIED,
                            registry),
                    false);
            reader.deserialize("canary", CUT);
        }
    }

    private static String ok(String body) {
        return ok(body.length(), body);
    }

    private static String ok(int length, String body) {
        return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "
                + length
                + "\r\n\r\n"
                + body;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no HTTP\r\n\r\n", "<html>a sign-in page</html>", "cut short"})
    void anAnswerThatIsNoneIsNoVerdictOnTheRecord(String text) {
        answer =
                switch (text) {
                    case "cut short" -> ok(1000, "{\"schema\":");
                    case "<html>a sign-in page</html>" -> ok(text);
                    default -> text;
                };
        assertThatThrownBy(() -> read("http")).isInstanceOf(RegistryUnavailableException.class);
    }

    @Test
    void tlsThatFailsIsNoVerdictOnTheRecord() {
        answer = "no TLS";
        assertThatThrownBy(() -> read("https"))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("SSL");
    }

    @Test
    void aRecordThatIsCutIsABadOne() {
        answer =
                ok(
                        "{\"schema\":\"%s\"}"
                                .formatted(
                                        Canary.getClassSchema().toString().replace("\"", "\\\"")));
        assertThatThrownBy(() -> read("http")).isInstanceOf(SerializationException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"schemaType\":\"JSON\",\"schema\":\"{\\\"type\\\":\\\"object\\\"}\"}",
                "{\"schema\":\"{\\\"type\\\":\\\"object\\\"}\"}"
            })
    void anotherTeamsSchemaMakesABadRecord(String body) {
        answer = ok(body);
        assertThatThrownBy(() -> read("http")).isInstanceOf(SerializationException.class);
    }
}
