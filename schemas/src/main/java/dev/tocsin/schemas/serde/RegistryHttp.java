package dev.tocsin.schemas.serde;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;

/// Asks a registry over HTTP: every question is tried three times over each URL. Thread-safe. Once it is closed, nobody answers.
final class RegistryHttp implements AutoCloseable {
    private static final int TRIES = 3;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RegistrySettings settings;
    private final Duration timeout;
    private final LongSupplier nanos;
    private final HttpClient http;

    /// By URL, since when every answer was one; none of who did not answer last.
    private final Map<String, Long> answersSince = new ConcurrentHashMap<>();

    /// What a registry answered to a question that it understood.
    ///
    /// @param body what it has, of the field that was asked for; what it said, where it has nothing
    /// @param answering for how long this URL has answered without a break
    record Answer(boolean has, JsonNode body, String said, Duration answering) {}

    /// @throws org.apache.kafka.common.KafkaException when a key store or trust store cannot be read
    RegistryHttp(RegistrySettings settings, LongSupplier nanos) {
        this(settings, TIMEOUT, nanos);
    }

    /// @param timeout of one try
    /// @param nanos monotonic
    RegistryHttp(RegistrySettings settings, Duration timeout, LongSupplier nanos) {
        this.settings = settings;
        this.timeout = timeout;
        this.nanos = nanos;
        http = client(settings.ssl());
    }

    private static HttpClient client(Map<String, Object> ssl) {
        var client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(TIMEOUT);
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

    RegistrySettings settings() {
        return settings;
    }

    /// @param field what a good answer has; null for nothing
    /// @param none codes of a 404 which answer that there is no such thing. Any other refusal says nothing of what was asked:
    ///     of who asks, of a proxy or a path in between, or of the registry
    Answer ask(
            String method,
            String path,
            @Nullable String body,
            @Nullable String field,
            Set<Integer> none) {
        String failure = "";
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            for (var url : settings.urls()) {
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
                        return new Answer(true, json, failure, answering(url));
                    }
                    if (status == 404 && none.contains(json.path("error_code").asInt())) {
                        return new Answer(false, json, failure, answering(url));
                    }
                    answersSince.remove(url);
                    if (good) {
                        failure += ", and that is no registry's answer: it has no " + field;
                    }
                } catch (IOException e) {
                    answersSince.remove(url);
                    failure =
                            "schema registry %s%s: %s"
                                    .formatted(
                                            url,
                                            path,
                                            e instanceof ConnectException ? "cannot connect" : e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw RegistryUnavailableException.interrupted(e);
                }
            }
        }
        throw new RegistryUnavailableException(failure);
    }

    private Duration answering(String url) {
        long now = nanos.getAsLong();
        var since = answersSince.putIfAbsent(url, now);
        return since == null ? Duration.ZERO : Duration.ofNanos(now - since);
    }

    private HttpResponse<String> send(String url, String method, String path, @Nullable String body)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(url + path))
                        .timeout(timeout)
                        .header("Accept", MEDIA_TYPE + ", application/json")
                        .header("Content-Type", MEDIA_TYPE)
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        authorize(request);
        // The client's own limit ends with the headers: an answer that does not go on would hold up
        // all who share this.
        var answer = http.sendAsync(request.build(), BodyHandlers.ofString());
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no whole answer within " + timeout, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    private void authorize(HttpRequest.Builder request) {
        if (settings.authorization() != null) {
            request.header("Authorization", settings.authorization());
        }
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

    /// Asks what is beside Confluent's API, once, and the first URL.
    ///
    /// @param path behind the URL; `..` leads out of it
    /// @param headers names and values in turn
    /// @return the answer's text
    /// @throws RegistryUnavailableException when nobody answers
    /// @throws SerializationException when the registry says no
    String beside(String method, String path, byte[] body, String... headers) {
        var uri = URI.create(settings.urls().getFirst() + path).normalize();
        var request =
                HttpRequest.newBuilder(uri)
                        .timeout(Duration.ofMinutes(1))
                        .headers(headers)
                        .method(method, BodyPublishers.ofByteArray(body));
        authorize(request);
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
            throw RegistryUnavailableException.interrupted(e);
        }
    }

    /// What is asked meanwhile is not waited for.
    @Override
    public void close() {
        http.shutdownNow();
    }
}
