package dev.tocsin.schemas.serde;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;

/// Confluent's schema registry REST API, as far as a producer and a consumer need it. Thread-safe; answers are cached
/// for ever, because an id never changes its schema.
///
/// Every call is tried three times over each URL; then it ends in a [RegistryUnavailableException] when nobody answered
/// and in a [SerializationException] when the registry said no.
public final class SchemaRegistry {
    private static final int TRIES = 3;

    /// Answers that say nothing of what was asked: who is not let in now, or comes too often, asks again.
    private static final Set<Integer> AWAY = Set.of(401, 403, 407, 408, 429);

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final String PREFIX = "schema.registry.";
    private static final String SSL = PREFIX + "ssl.";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> urls;
    private final @Nullable String authorization;
    private final HttpClient http;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<Question, Integer> ids = new ConcurrentHashMap<>();

    /// A schema's own text would be the simpler key, but to write it out costs more than all the rest of a record's serialisation.
    private record Question(String verb, Schema schema) {}

    /// @param configs the keys that Confluent's serde takes: `schema.registry.url` (several comma-separated);
    ///     `basic.auth.*`, credentials from the URL (`URL`) or from `basic.auth.user.info` (`USER_INFO`); and
    ///     `schema.registry.ssl.*`, with Kafka's own names and formats (PEM, PKCS12, JKS) behind the prefix
    /// @throws org.apache.kafka.common.KafkaException when a key store or trust store cannot be read
    public SchemaRegistry(Map<String, ?> configs) {
        Object given = configs.get("schema.registry.url");
        if (given == null) {
            throw new IllegalArgumentException("schema.registry.url: missing");
        }
        var parsed =
                Stream.of(given.toString().split(","))
                        .map(url -> URI.create(url.strip().replaceAll("/+$", "")))
                        .toList();
        Object userInfo = configs.get("basic.auth.user.info");
        var source = configs.get("basic.auth.credentials.source");
        String credentials =
                userInfo != null && !"URL".equals(source)
                        ? userInfo.toString()
                        : parsed.getFirst().getUserInfo();
        authorization =
                credentials == null
                        ? null
                        : "Basic "
                                + Base64.getEncoder()
                                        .encodeToString(
                                                credentials.getBytes(StandardCharsets.UTF_8));
        http = client(configs);
        urls =
                parsed.stream()
                        .map(u ->
                                u.getUserInfo() == null
                                        ? u.toString()
                                        : u.toString().replace(u.getRawUserInfo() + "@", ""))
                        .toList();
    }

    private static HttpClient client(Map<String, ?> configs) {
        var client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(TIMEOUT);
        var ssl = new HashMap<String, Object>();
        configs.forEach((key, value) -> {
            if (key.startsWith(SSL)) {
                ssl.put(key.substring(PREFIX.length()), value);
            }
        });
        if (!ssl.isEmpty()) {
            var definition = new ConfigDef();
            SslConfigs.addClientSslSupport(definition);
            try (var engines = new DefaultSslEngineFactory()) {
                engines.configure(definition.parse(ssl));
                client.sslContext(engines.sslContext());
            }
        }
        return client.build();
    }

    /// The schema that a record's frame names.
    public Schema schema(int id) {
        var known = schemas.get(id);
        if (known != null) {
            return known;
        }
        var schema =
                new Schema.Parser()
                        .parse(call("GET", "/schemas/ids/" + id, null).get("schema").asText());
        schemas.put(id, schema);
        return schema;
    }

    /// Registers the schema, or finds the id it has already.
    public int register(String subject, Schema schema) {
        return cached(
                "register " + subject,
                schema,
                () -> post("/subjects/" + path(subject) + "/versions", schema));
    }

    /// The id of a schema that somebody registered before; a schema the registry lacks is a [SerializationException].
    public int lookup(String subject, Schema schema) {
        return cached(
                "lookup " + subject, schema, () -> post("/subjects/" + path(subject), schema));
    }

    /// Id of the newest version of a subject.
    public int latest(String subject) {
        return call("GET", "/subjects/" + path(subject) + "/versions/latest", null)
                .get("id")
                .asInt();
    }

    /// Sets a subject's compatibility level, e.g. `FULL_TRANSITIVE`.
    public void compatibility(String subject, String level) {
        call(
                "PUT",
                "/config/" + path(subject),
                JSON.createObjectNode().put("compatibility", level).toString());
    }

    /// Asks for the list of subjects: throws as every call does when the registry is away.
    public void check() {
        call("GET", "/subjects", null);
    }

    /// Where it is asked, without credentials.
    public String where() {
        return String.join(",", urls);
    }

    /// Asks what the serde need not know.
    ///
    /// @param path behind the URL
    JsonNode ask(String method, String path, @Nullable String body) {
        return call(method, path, body);
    }

    /// Asks what is beside Confluent's API, once, and the first URL.
    ///
    /// @param path behind the URL; `..` leads out of it
    /// @param headers names and values in turn
    /// @return the answer's text
    /// @throws RegistryUnavailableException when nobody answers
    /// @throws SerializationException when the registry says no
    String beside(String method, String path, byte[] body, String... headers) {
        var uri = URI.create(urls.getFirst() + path).normalize();
        var request =
                HttpRequest.newBuilder(uri)
                        .timeout(Duration.ofMinutes(1))
                        .headers(headers)
                        .method(method, BodyPublishers.ofByteArray(body));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        try {
            var response = http.send(request.build(), BodyHandlers.ofString());
            if (response.statusCode() >= 300) {
                throw new SerializationException(
                        "schema registry %s answered %d %s"
                                .formatted(uri, response.statusCode(), message(response)));
            }
            return response.body();
        } catch (IOException e) {
            throw new RegistryUnavailableException("schema registry " + uri, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryUnavailableException(
                    "interrupted while asking the schema registry", e);
        }
    }

    private interface Call {
        int run();
    }

    private int cached(String verb, Schema schema, Call call) {
        var key = new Question(verb, schema);
        var known = ids.get(key);
        if (known != null) {
            return known;
        }
        int id = call.run();
        ids.put(key, id);
        return id;
    }

    private int post(String path, Schema schema) {
        var body =
                JSON.createObjectNode().put("schema", schema.toString()).put("schemaType", "AVRO");
        return call("POST", path, body.toString()).get("id").asInt();
    }

    private JsonNode call(String method, String path, @Nullable String body) {
        String failure = "";
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            for (var url : urls) {
                var request =
                        HttpRequest.newBuilder(URI.create(url + path))
                                .timeout(TIMEOUT)
                                .header("Accept", MEDIA_TYPE + ", application/json")
                                .header("Content-Type", MEDIA_TYPE)
                                .method(
                                        method,
                                        body == null
                                                ? BodyPublishers.noBody()
                                                : BodyPublishers.ofString(body));
                if (authorization != null) {
                    request.header("Authorization", authorization);
                }
                try {
                    var response = http.send(request.build(), BodyHandlers.ofString());
                    if (response.statusCode() < 300) {
                        return JSON.readTree(response.body());
                    }
                    failure =
                            url
                                    + path
                                    + " answered "
                                    + response.statusCode()
                                    + " "
                                    + message(response);
                    if (response.statusCode() < 500 && !AWAY.contains(response.statusCode())) {
                        throw new SerializationException("schema registry " + failure);
                    }
                } catch (IOException e) {
                    failure =
                            url
                                    + path
                                    + ": "
                                    + (e instanceof ConnectException
                                            ? "cannot connect"
                                            : e.toString());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new RegistryUnavailableException(
                            "interrupted while asking the schema registry", e);
                }
            }
        }
        throw new RegistryUnavailableException("schema registry " + failure);
    }

    private static String message(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body()).path("message").asText("");
        } catch (IOException e) {
            return "(and no JSON: " + e.getMessage() + ")";
        }
    }

    static String path(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8);
    }
}
