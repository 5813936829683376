package dev.tocsin.schemas.serde;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
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
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;

/// Confluent's schema registry REST API, as far as a producer and a consumer need it. Thread-safe; answers are cached
/// for ever, because an id never changes its schema.
///
/// Every call is tried three times over each URL. Only what the registry says about an id that was read, that it has no
/// such schema or none of Avro, is a [SerializationException], and is remembered for some seconds; everything else is a
/// [RegistryUnavailableException].
public final class SchemaRegistry {
    private static final int TRIES = 3;

    /// Codes of a 404 by which a registry says so; Apicurio gives none for what is not its API.
    private static final Set<Integer> NOT_THERE = Set.of(0, 40401, 40402, 40403, 40408);

    /// Of an id: Apicurio says by its own settings which of its things is missing.
    private static final Set<Integer> NO_ID = Set.of(40401, 40402, 40403);

    /// Confluent's codes, beside the status: there is no such subject, or no such schema.
    private static final int NO_SUBJECT = 40401;

    private static final int NO_SCHEMA = 40403;

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
    private final Refused refused;

    /// A schema's own text would be the simpler key, but to write it out costs more than all the rest of a record's serialisation.
    private record Question(String verb, Schema schema) {}

    /// What a registry answered to a question that it understood.
    ///
    /// @param body what it has, of the field that was asked for; what it said, where it has nothing
    private record Answer(boolean has, JsonNode body, String said) {}

    /// @param configs the keys that Confluent's serde takes: `schema.registry.url` (several comma-separated);
    ///     `basic.auth.*`, credentials from the URL (`URL`) or from `basic.auth.user.info` (`USER_INFO`); and
    ///     `schema.registry.ssl.*`, with Kafka's own names and formats (PEM, PKCS12, JKS) behind the prefix
    /// @throws org.apache.kafka.common.KafkaException when a key store or trust store cannot be read
    public SchemaRegistry(Map<String, ?> configs) {
        this(configs, System::nanoTime);
    }

    SchemaRegistry(Map<String, ?> configs, LongSupplier nanos) {
        refused = new Refused(nanos);
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
    ///
    /// @throws SerializationException when there is none of that id, or it is not Avro's
    public Schema schema(int id) {
        var known = schemas.get(id);
        if (known != null) {
            return known;
        }
        refused.rethrow(id);
        var answer = ask("GET", "/schemas/ids/" + id, null, "schema", NO_ID);
        if (!answer.has()) {
            throw refused.remember(id, new SerializationException(answer.said()));
        }
        var schema = parse(id, answer.body());
        schemas.put(id, schema);
        return schema;
    }

    private Schema parse(int id, JsonNode body) {
        var type = body.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO")) {
            throw refused.remember(
                    id,
                    new SerializationException("schema id %d is %s, not Avro".formatted(id, type)));
        }
        try {
            return new Schema.Parser().parse(body.path("schema").asText());
        } catch (AvroRuntimeException e) {
            throw refused.remember(
                    id,
                    new SerializationException(
                            "schema id %d is not Avro: %s".formatted(id, e.getMessage()), e));
        }
    }

    /// Registers the schema, or finds the id it has already.
    public int register(String subject, Schema schema) {
        return cached(
                "register " + subject,
                schema,
                () -> id(post("/subjects/" + path(subject) + "/versions", schema, Set.of())));
    }

    /// The id of a schema that somebody registered before. One that the registry lacks is ours to register, and no fault of
    /// what is written: a [RegistryUnavailableException] that says so.
    public int lookup(String subject, Schema schema) {
        return cached(
                "lookup " + subject,
                schema,
                () ->
                        registered(
                                subject,
                                post(
                                        "/subjects/" + path(subject),
                                        schema,
                                        Set.of(NO_SUBJECT, NO_SCHEMA))));
    }

    /// Id of the newest version of a subject.
    public int latest(String subject) {
        return registered(subject, newest(subject));
    }

    /// Whether anything was ever registered under a subject.
    public boolean has(String subject) {
        return newest(subject).has();
    }

    private Answer newest(String subject) {
        var path = "/subjects/" + path(subject) + "/versions/latest";
        return ask("GET", path, null, "id", Set.of(NO_SUBJECT));
    }

    private static int registered(String subject, Answer answer) {
        if (!answer.has()) {
            throw new RegistryUnavailableException(
                    "the schema of %s is not registered: tocsin admin bootstrap registers it (%s)"
                            .formatted(subject, answer.said()));
        }
        return id(answer);
    }

    private static int id(Answer answer) {
        return answer.body().path("id").asInt();
    }

    /// Sets a subject's compatibility level, e.g. `FULL_TRANSITIVE`.
    public void compatibility(String subject, String level) {
        ask(
                "PUT",
                "/config/" + path(subject),
                JSON.createObjectNode().put("compatibility", level).toString(),
                null,
                Set.of());
    }

    /// Asks for the list of subjects: throws as every call does when the registry is away.
    public void check() {
        ask("GET", "/subjects", null, null, Set.of());
    }

    /// Where it is asked, without credentials.
    public String where() {
        return String.join(",", urls);
    }

    /// Asks what the serde need not know.
    ///
    /// @param path behind the URL
    /// @throws SerializationException when there is no such thing
    JsonNode ask(String method, String path, @Nullable String body) {
        var answer = ask(method, path, body, null, NOT_THERE);
        if (!answer.has()) {
            throw new SerializationException(answer.said());
        }
        return answer.body();
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
                                .formatted(
                                        uri,
                                        response.statusCode(),
                                        said(json(response), response)));
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

    private Answer post(String path, Schema schema, Set<Integer> none) {
        var body =
                JSON.createObjectNode().put("schema", schema.toString()).put("schemaType", "AVRO");
        return ask("POST", path, body.toString(), "id", none);
    }

    /// @param field what a good answer has; null for nothing
    /// @param none codes of a 404 which answer that there is no such thing. Any other refusal says nothing of what was asked:
    ///     of who asks, of a proxy or a path in between, or of the registry
    private Answer ask(
            String method,
            String path,
            @Nullable String body,
            @Nullable String field,
            Set<Integer> none) {
        String failure = "";
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            for (var url : urls) {
                try {
                    var response = send(url, method, path, body);
                    int status = response.statusCode();
                    boolean good = status >= 200 && status < 300;
                    var json = json(response);
                    failure =
                            "schema registry %s%s answered %d %s"
                                    .formatted(url, path, status, good ? "" : said(json, response))
                                    .strip();
                    if (good && (field == null || json.hasNonNull(field))) {
                        return new Answer(true, json, failure);
                    }
                    if (status == 404 && none.contains(json.path("error_code").asInt())) {
                        return new Answer(false, json, failure);
                    }
                    if (good) {
                        failure += ", and that is no registry's answer: it has no " + field;
                    }
                } catch (IOException e) {
                    failure =
                            "schema registry %s%s: %s"
                                    .formatted(
                                            url,
                                            path,
                                            e instanceof ConnectException ? "cannot connect" : e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new RegistryUnavailableException(
                            "interrupted while asking the schema registry", e);
                }
            }
        }
        throw new RegistryUnavailableException(failure);
    }

    private HttpResponse<String> send(String url, String method, String path, @Nullable String body)
            throws IOException, InterruptedException {
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
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /// Missing for what is no JSON.
    private static JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    private static String said(JsonNode json, HttpResponse<String> response) {
        return json.isMissingNode()
                ? "and no JSON: " + head(response.body())
                : json.path("message").asText("");
    }

    private static String head(String text) {
        return text.lines()
                .findFirst()
                .map(line -> line.substring(0, Math.min(line.length(), 100)))
                .orElse("nothing");
    }

    static String path(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8);
    }
}
