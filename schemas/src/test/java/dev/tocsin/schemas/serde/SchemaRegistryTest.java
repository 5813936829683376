package dev.tocsin.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.tocsin.schemas.Canary;
import dev.tocsin.schemas.CheckDefinition;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    private long nanos;

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

    private static final String UNKNOWN =
            "{\"error_code\":40403,\"message\":\"Schema 7 not found\"}";

    private SchemaRegistry registry() {
        return new SchemaRegistry(
                Map.of("schema.registry.url", url()), () -> nanos, time -> nanos += time.toNanos());
    }

    /// One that has answered for long, whatever it answers next.
    private SchemaRegistry settled() {
        var before = List.copyOf(answers);
        answers.clear();
        answers(new Answer(200, "[]"));
        var registry = registry();
        registry.check();
        nanos += Whole.UNPROVEN.toNanos();
        answers.clear();
        answers.addAll(before);
        requests.clear();
        return registry;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    401 | {"error_code":401,"message":"not now"}
                    403 | {"message":"not now"}
                    407 | <html>who are you?</html>
                    429 | {"message":"too often"}
                    400 | {"error_code":40403,"message":"and no 404"}
                    404 | {"error_code":404,"message":"HTTP 404 Not Found"}
                    404 | <html>a proxy's page</html>
                    422 | {"error_code":42201,"message":"not this"}
                    302 | moved
                    503 | {"error_code":40403}
                    200 | <html>a sign-in page</html>
                    200 | {"some":"other service"}
                    200 | {"schema":null}
                    """)
    void onlyThatThereIsNoSuchSchemaSaysSomethingOfTheRecord(int status, String body) {
        answers(new Answer(status, body));
        assertThatThrownBy(() -> registry().schema(7))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("answered " + status);
    }

    @Test
    void anIdThatIsUnknownIsAskedForAgainAfterAWhile() {
        answers(new Answer(404, UNKNOWN));
        var registry = settled();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> registry.schema(7))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("/schemas/ids/7 answered 404 Schema 7 not found");
        }
        assertThat(requests).hasSize(1);
        nanos += Duration.ofMinutes(1).toNanos();
        answers.clear();
        answers(new Answer(200, SCHEMA));
        assertThat(registry.schema(7)).isEqualTo(Canary.getClassSchema());
    }

    /// A registry that was made anew, before it got its schemas back.
    @Test
    void whatIsOfNoUseIsAskedForAgainOnceAMinuteAndIsWhatItWasWhileTheRegistryIsAway() {
        answers(new Answer(200, "{\"schema\":\"\\\"string\\\"\"}"));
        var registry = settled();
        var string = Schema.create(Schema.Type.STRING);
        Predicate<Schema> fits = Canary.getClassSchema()::equals;
        for (int i = 0; i < 3; i++) {
            assertThat(registry.schema(7, fits)).isEqualTo(string);
        }
        assertThat(requests).hasSize(1);
        nanos += Duration.ofMinutes(1).toNanos();
        answers.clear();
        answers(new Answer(401, "{}"));
        assertThat(registry.schema(7, fits)).isEqualTo(string);
        assertThat(registry.schema(7, fits)).as("and for a minute more").isEqualTo(string);
        assertThat(requests).as("three tries of one question").hasSize(4);
        nanos += Duration.ofMinutes(1).toNanos();
        answers.clear();
        answers(new Answer(200, SCHEMA));
        assertThat(registry.schema(7, fits)).isEqualTo(Canary.getClassSchema());
        nanos += Duration.ofMinutes(1).toNanos();
        assertThat(registry.schema(7, fits)).isEqualTo(Canary.getClassSchema());
        assertThat(requests).as("what fits is known for ever").hasSize(5);
    }

    @Test
    void idsThatAreUnknownAreRememberedInAFewPlacesOnly() {
        answers(new Answer(404, UNKNOWN));
        var registry = settled();
        for (int id = 0; id <= 1000; id++) {
            int one = id;
            assertThatThrownBy(() -> registry.schema(one))
                    .isInstanceOf(SerializationException.class);
        }
        assertThatThrownBy(() -> registry.schema(1000)).isInstanceOf(SerializationException.class);
        assertThat(requests).hasSize(1001);
        assertThatThrownBy(() -> registry.schema(0)).isInstanceOf(SerializationException.class);
        assertThat(requests).hasSize(1002);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"schemaType\":\"JSON\",\"schema\":\"{\\\"type\\\":\\\"object\\\"}\"}",
                "{\"schemaType\":\"PROTOBUF\",\"schema\":\"message A {}\"}",
                "{\"schema\":\"{\\\"type\\\":\\\"object\\\"}\"}",
                "{\"schema\":\"\"}"
            })
    void anotherTeamsSchemaMakesABadRecordAndIsAskedForOnce(String body) {
        answers(new Answer(200, body));
        try (var deserializer =
                AvroSerdes.deserializer(Map.of("schema.registry.url", url()), Canary.class)) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() ->
                                deserializer.deserialize("canary", new byte[] {0, 0, 0, 0, 7, 1}))
                        .isInstanceOf(SerializationException.class)
                        .hasMessageContaining("schema id 7 is");
            }
        }
        assertThat(requests).hasSize(1);
    }

    @Test
    void aSchemaWithoutAClassOfOursMakesABadRecord() {
        answers(new Answer(200, "{\"schema\":\"\\\"string\\\"\"}"));
        try (var deserializer =
                AvroSerdes.deserializer(Map.of("schema.registry.url", url()), Canary.class)) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() ->
                                deserializer.deserialize(
                                        "canary", new byte[] {0, 0, 0, 0, 7, 2, 'a'}))
                        .isInstanceOf(SerializationException.class);
            }
        }
    }

    @Test
    void anotherTypeOfOursMakesABadRecord() {
        answers(new Answer(200, SCHEMA));
        var configs = Map.of("schema.registry.url", url());
        try (var serializer = AvroSerdes.<Canary>serializer(configs);
                var deserializer = AvroSerdes.deserializer(configs, CheckDefinition.class)) {
            var bytes = serializer.serialize("checks", CANARY);
            assertThatThrownBy(() -> deserializer.deserialize("checks", bytes))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("a Canary where a CheckDefinition belongs");
        }
    }

    /// A text of a gigabyte, says its length; nothing of that size may be asked for.
    @ParameterizedTest
    @ValueSource(strings = {"8080808008", "feffffff0f", "ffffffff0f", "feffffffffffffffff01"})
    void aLengthThatLiesMakesABadRecord(String length) {
        answers(new Answer(200, SCHEMA));
        var bytes = HexFormat.of().parseHex("0000000007" + length + "41");
        try (var deserializer =
                AvroSerdes.deserializer(Map.of("schema.registry.url", url()), Canary.class)) {
            assertThatThrownBy(() -> deserializer.deserialize("canary", bytes))
                    .isInstanceOf(SerializationException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {40401, 40403})
    void aSchemaOfOursThatIsNotRegisteredIsNoFaultOfTheRecord(int code) {
        answers(new Answer(404, "{\"error_code\":" + code + ",\"message\":\"none\"}"));
        try (var serializer = AvroSerdes.<Canary>serializer(Map.of("schema.registry.url", url()))) {
            assertThatThrownBy(() -> serializer.serialize("canary", CANARY))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining(
                            "canary-value is not registered: tocsin admin bootstrap registers it");
        }
        assertThat(requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {409, 422})
    void aSchemaOfOursThatIsRefusedIsNoFaultOfTheRecord(int status) {
        answers(new Answer(status, "{\"error_code\":409,\"message\":\"incompatible\"}"));
        assertThatThrownBy(() -> registry().register("canary-value", Canary.getClassSchema()))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("answered " + status + " incompatible");
    }

    @Test
    void whatIsWrittenIsReadAgainAndGarbageIsNamed() {
        answers(new Answer(200, SCHEMA));
        try (var serializer = AvroSerdes.<Canary>serializer(Map.of("schema.registry.url", url()));
                var deserializer =
                        AvroSerdes.deserializer(
                                Map.of("schema.registry.url", url()), Canary.class)) {
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
