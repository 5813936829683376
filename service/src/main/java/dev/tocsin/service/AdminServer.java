package dev.tocsin.service;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// `/health` (200 while nothing has died), `/ready` (200 while nothing waits) and `/metrics` (Prometheus text).
public final class AdminServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final HttpServer server;

    /// @param address where to listen; port 0 takes a free one
    /// @throws ConfigException when the address is taken
    public AdminServer(InetSocketAddress address, Health health, PrometheusMeterRegistry metrics) {
        server =
                HttpServers.start(
                        address,
                        "admin",
                        health,
                        exchange -> {
                            switch (exchange.getRequestURI().getPath()) {
                                case "/health" ->
                                        answer(exchange, health.alive(), health.troubles());
                                case "/ready" ->
                                        answer(exchange, health.ready(), health.troubles());
                                case "/metrics" ->
                                        respond(
                                                exchange,
                                                200,
                                                "text/plain; version=0.0.4",
                                                metrics.scrape());
                                default -> respond(exchange, 404, "text/plain", "nothing here\n");
                            }
                        });
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, boolean good, Map<String, String> troubles)
            throws IOException {
        var body = Map.of("status", good ? "UP" : "DOWN", "troubles", troubles);
        respond(exchange, good ? 200 : 503, "application/json", JSON.writeValueAsString(body));
    }

    private static void respond(HttpExchange exchange, int status, String type, String body)
            throws IOException {
        HttpServers.respond(exchange, status, type, body.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
