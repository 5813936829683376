package dev.tocsin.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tocsin.notifier.channel.WebhookSignature;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/// A subscriber's side of a webhook, on loopback: verifies each signature before it believes a word.
public final class WebhookReceiver implements AutoCloseable {
    /// @param body the whole payload
    public record Received(String id, JsonNode body, Instant at) {
        public String incidentId() {
            return body.path("data").path("incident_id").asText();
        }

        /// What happened, as `OPENED`.
        public String type() {
            return body.path("type").asText().replaceFirst(".*\\.", "").toUpperCase(Locale.ROOT);
        }
    }

    private final HttpServer server;
    private final WebhookSignature signature;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<String> refused = new CopyOnWriteArrayList<>();
    private final Consumer<Received> seen;

    public WebhookReceiver(String secret, Consumer<Received> seen) throws IOException {
        this.seen = seen;
        signature = new WebhookSignature(secret);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::receive);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = exchange.getRequestHeaders();
            var id = String.valueOf(headers.getFirst("webhook-id"));
            var timestamp = String.valueOf(headers.getFirst("webhook-timestamp"));
            var body = exchange.getRequestBody().readAllBytes();
            boolean genuine =
                    timestamp.matches("\\d{1,12}")
                            && signature.verify(
                                    String.valueOf(headers.getFirst("webhook-signature")),
                                    id,
                                    Instant.ofEpochSecond(Long.parseLong(timestamp)),
                                    body);
            if (genuine) {
                var got = new Received(id, new ObjectMapper().readTree(body), Instant.now());
                received.add(got);
                seen.accept(got);
            } else {
                refused.add(id);
            }
            exchange.sendResponseHeaders(genuine ? 204 : 401, -1);
        }
    }

    /// Webhooks whose signature was right, as they came.
    public List<Received> received() {
        return List.copyOf(received);
    }

    /// Ids of those whose signature was wrong.
    public List<String> refused() {
        return List.copyOf(refused);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
