package dev.tocsin.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Through Confluent's API, against what of it is needed; Apicurio itself is in RegistryIT.
class RegistryBackupTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Takes ids only in mode IMPORT, and only free ones, as theirs does.
    private static final class Confluent implements AutoCloseable {
        private record Version(String subject, int version, int id, String schema) {}

        private final List<Version> versions = new ArrayList<>();
        private final Map<String, String> modes = new TreeMap<>();
        private final Map<String, String> levels = new TreeMap<>();
        private final HttpServer server;

        Confluent() throws IOException {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext(
                    "/",
                    exchange -> {
                        try (exchange) {
                            var text =
                                    new String(
                                            exchange.getRequestBody().readAllBytes(),
                                            StandardCharsets.UTF_8);
                            var answer =
                                    answer(
                                            exchange.getRequestMethod(),
                                            exchange.getRequestURI().getPath().split("/"),
                                            text.isEmpty() ? null : JSON.readTree(text));
                            var body = JSON.writeValueAsBytes(answer == null ? Map.of() : answer);
                            exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length);
                            exchange.getResponseBody().write(body);
                        }
                    });
            server.start();
        }

        SchemaRegistry client() {
            return new SchemaRegistry(
                    Map.of(
                            "schema.registry.url",
                            "http://127.0.0.1:" + server.getAddress().getPort()));
        }

        private synchronized @Nullable Object answer(
                String method, String[] path, @Nullable JsonNode body) {
            var subject = path.length > 2 ? path[2] : "";
            var own = versions.stream().filter(v -> v.subject().equals(subject)).toList();
            return switch (method + " " + path[1] + " " + path.length) {
                case "GET subjects 2" ->
                        versions.stream().map(Version::subject).distinct().toList();
                case "GET subjects 4" ->
                        own.isEmpty() ? null : own.stream().map(Version::version).toList();
                case "GET subjects 5" ->
                        own.stream()
                                .filter(v -> path[4].equals("" + v.version()))
                                .findFirst()
                                .orElse(null);
                case "GET schemas 4" ->
                        versions.stream()
                                .filter(v -> path[3].equals("" + v.id()))
                                .findFirst()
                                .orElse(null);
                case "GET config 3" ->
                        levels.containsKey(subject)
                                ? Map.of("compatibilityLevel", levels.get(subject))
                                : null;
                case "PUT config 3" -> put(levels, subject, body, "compatibility");
                case "PUT mode 3" -> put(modes, subject, body, "mode");
                case "POST subjects 4" -> register(subject, own.size() + 1, body);
                default -> null;
            };
        }

        private static @Nullable Object put(
                Map<String, String> to, String subject, @Nullable JsonNode body, String key) {
            if (body == null) {
                return null;
            }
            to.put(subject, body.get(key).asText());
            return body;
        }

        private @Nullable Object register(String subject, int next, @Nullable JsonNode body) {
            boolean given = body != null && body.has("id");
            if (body == null || given != "IMPORT".equals(modes.get(subject))) {
                return null;
            }
            int id = given ? body.get("id").asInt() : versions.size() + 1;
            int version = given ? body.get("version").asInt() : next;
            versions.add(new Version(subject, version, id, body.get("schema").asText()));
            return Map.of("id", id);
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    @TempDir Path dir = Path.of(".");

    private Confluent old;
    private Confluent anew;

    @BeforeEach
    void start() throws IOException {
        old = new Confluent();
        anew = new Confluent();
    }

    @AfterEach
    void stop() {
        old.close();
        anew.close();
    }

    private static Schema schema(String name) {
        return Schema.createRecord(name, null, "t", false, List.of());
    }

    @Test
    void whatIsSavedIsRestoredWithItsIdsVersionsAndCompatibilityAndDoneAgainDoesNothing()
            throws IOException {
        var from = old.client();
        from.register("foreign-value", schema("Foreign"));
        from.register("t.a-value", schema("A"));
        from.register("t.b-value", schema("B"));
        from.register("t.a-value", schema("A2"));
        from.compatibility("t.a-value", "FULL_TRANSITIVE");
        var file = dir.resolve("backup.json");

        assertThat(RegistryBackup.save(from, "t.", file)).isEqualTo("2 subjects, 3 schemas");
        assertThat(RegistryBackup.restore(anew.client(), file)).isEqualTo("2 subjects, 3 schemas");
        RegistryBackup.restore(anew.client(), file);

        assertThat(anew.versions)
                .containsExactlyInAnyOrderElementsOf(
                        old.versions.stream().filter(v -> v.id() > 1).toList());
        assertThat(anew.levels).isEqualTo(Map.of("t.a-value", "FULL_TRANSITIVE"));
        assertThat(anew.modes.values()).containsOnly("READWRITE");
    }

    @Test
    void whereAnIdMeansSomethingElseNothingIsWritten() throws IOException {
        var from = old.client();
        from.register("t.a-value", schema("A"));
        from.register("t.b-value", schema("B"));
        anew.client().register("x-value", schema("A"));
        anew.client().register("y-value", schema("Foreign"));
        var file = dir.resolve("backup.json");
        RegistryBackup.save(from, "t.", file);
        assertThatThrownBy(() -> RegistryBackup.restore(anew.client(), file))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("nothing was restored")
                .hasMessageContaining("another schema under id 2 than t.b-value");
        assertThat(anew.versions).hasSize(2);
    }
}
