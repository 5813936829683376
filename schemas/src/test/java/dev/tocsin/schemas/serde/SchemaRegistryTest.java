package dev.tocsin.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.tocsin.schemas.Canary;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Against a registry that answers what each test wants; the real one is in PipelineIT.
class SchemaRegistryTest {
    private static final Canary CANARY =
            Canary.newBuilder()
                    .setRegion("us")
                    .setAgentId("a")
                    .setSequence(1)
                    .setAt(Instant.EPOCH)
                    .build();
    private static final String SCHEMA =
            "{\"schema\":\""
                    + Canary.getClassSchema().toString().replace("\"", "\\\"")
                    + "\",\"id\":7}";

    private record Answer(int status, String body) {}

    private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
                        authorizations.add(
                                String.valueOf(
                                        exchange.getRequestHeaders().getFirst("Authorization")));
                        var answer = answers.size() > 1 ? answers.remove() : answers.peek();
                        var body = answer.body().getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(answer.status(), body.length);
                        exchange.getResponseBody().write(body);
                    }
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/base";
    }

    private void answers(Answer... all) {
        answers.addAll(List.of(all));
    }

    private static String basic(String credentials) {
        return "Basic "
                + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anAnswerIsAskedForOnce() {
        answers(new Answer(200, SCHEMA));
        var registry = new SchemaRegistry(Map.of("schema.registry.url", url() + "/"));
        assertThat(registry.schema(7)).isEqualTo(Canary.getClassSchema());
        registry.schema(7);
        registry.lookup("canary-value", Canary.getClassSchema());
        registry.lookup("canary-value", Canary.getClassSchema());
        assertThat(requests)
                .containsExactly("GET /base/schemas/ids/7", "POST /base/subjects/canary-value");
    }

    @Test
    void sendsCredentialsFromTheKeyOrTheUrl() {
        answers(new Answer(200, SCHEMA));
        new SchemaRegistry(
                        Map.of(
                                "schema.registry.url", url(),
                                "basic.auth.credentials.source", "USER_INFO",
                                "basic.auth.user.info", "me:p:w"))
                .schema(7);
        new SchemaRegistry(
                        Map.of(
                                "schema.registry.url",
                                url().replace("http://", "http://you:secret@"),
                                "basic.auth.credentials.source",
                                "URL"))
                .schema(7);
        assertThat(authorizations).containsExactly(basic("me:p:w"), basic("you:secret"));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503, 429})
    void aRegistryThatIsInTroubleIsAskedAgain(int status) {
        answers(new Answer(status, "{}"), new Answer(status, "{}"), new Answer(200, SCHEMA));
        var registry = new SchemaRegistry(Map.of("schema.registry.url", url()));
        assertThat(registry.schema(7)).isEqualTo(Canary.getClassSchema());
        assertThat(requests).hasSize(3);
    }

    @Test
    void aRegistryThatIsAwayIsNoVerdictOnTheRecord() throws IOException {
        int closed;
        try (var socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        var registry =
                new SchemaRegistry(
                        Map.of("schema.registry.url", "http://me:secret@127.0.0.1:" + closed));
        assertThatThrownBy(() -> registry.schema(7))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("127.0.0.1:" + closed + "/schemas/ids/7: cannot connect")
                .hasMessageNotContaining("secret");
    }

    @Test
    void theNextRegistryIsAskedWhenOneIsAway() {
        answers(new Answer(200, SCHEMA));
        var registry =
                new SchemaRegistry(Map.of("schema.registry.url", "http://127.0.0.1:1," + url()));
        assertThat(registry.schema(7)).isEqualTo(Canary.getClassSchema());
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 407, 408, 429})
    void whoIsNotLetInNowMakesNoGoodRecordABadOne(int status) {
        answers(new Answer(status, "{\"message\":\"not now\"}"));
        var registry = new SchemaRegistry(Map.of("schema.registry.url", url()));
        assertThatThrownBy(() -> registry.schema(7))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("answered " + status);
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 422})
    void aNoIsFinalAndSaysWhy(int status) {
        answers(new Answer(status, "{\"message\":\"Schema 7 not found\"}"));
        var registry = new SchemaRegistry(Map.of("schema.registry.url", url()));
        assertThatThrownBy(() -> registry.schema(7))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("answered " + status + " Schema 7 not found");
        assertThat(requests).hasSize(1);
    }

    @Test
    void whatIsWrittenIsReadAgainAndGarbageIsNamed() {
        answers(new Answer(200, SCHEMA));
        try (var serializer = AvroSerdes.<Canary>serializer(Map.of("schema.registry.url", url()));
                var deserializer =
                        AvroSerdes.<Canary>deserializer(Map.of("schema.registry.url", url()))) {
            var bytes = serializer.serialize("canary", CANARY);
            assertThat(bytes).startsWith(0, 0, 0, 0, 7);
            assertThat(deserializer.deserialize("canary", bytes)).isEqualTo(CANARY);
            assertThat(deserializer.deserialize("canary", null)).isNull();
            assertThatThrownBy(
                            () -> deserializer.deserialize("canary", new byte[] {'{', 1, 2, 3, 4}))
                    .hasMessageContaining("first byte 123 instead of 0");
            assertThatThrownBy(() -> deserializer.deserialize("canary", new byte[] {0, 1}))
                    .hasMessageContaining("2 bytes");
            assertThatThrownBy(() ->
                            deserializer.deserialize("canary", new byte[] {0, 0, 0, 0, 7, -1}))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("schema id 7");
        }
    }
}
