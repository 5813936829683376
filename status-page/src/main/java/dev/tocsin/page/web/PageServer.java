package dev.tocsin.page.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tocsin.page.view.View;
import dev.tocsin.service.ConfigException;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// `/` as HTML without JavaScript, `/api/v1/status.json` the same for programs. Both are made once a second at most, however
/// many ask.
public final class PageServer implements AutoCloseable {
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final TemplateEngine TEMPLATES =
            TemplateEngine.createPrecompiled(ContentType.Html);
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .addModule(new JavaTimeModule())
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                    .build();

    /// Both forms of one view.
    private record Made(long atNanos, String html, String json) {}

    private final HttpServer server;
    private final Supplier<View> views;
    private Made made;

    public PageServer(InetSocketAddress address, Supplier<View> views) {
        this.views = views;
        made = make();
        try {
            server = HttpServer.create(address, 0);
        } catch (IOException e) {
            throw new ConfigException("status-page address " + address + ": " + e.getMessage());
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private Made make() {
        var view = views.get();
        var html = new StringOutput();
        TEMPLATES.render("page.jte", view, html);
        try {
            return new Made(System.nanoTime(), html.toString(), JSON.writeValueAsString(view));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized Made current() {
        if (System.nanoTime() - made.atNanos() > FRESH.toNanos()) {
            made = make();
        }
        return made;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            switch (exchange.getRequestURI().getPath()) {
                case "/" -> respond(exchange, 200, "text/html; charset=utf-8", current().html());
                case "/api/v1/status.json" -> {
                    exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
                    respond(exchange, 200, "application/json", current().json());
                }
                default -> respond(exchange, 404, "text/plain", "nothing here\n");
            }
        }
    }

    private static void respond(HttpExchange exchange, int status, String type, String text)
            throws IOException {
        var body = text.getBytes(StandardCharsets.UTF_8);
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", type);
        headers.set("Cache-Control", "max-age=" + FRESH.toSeconds());
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *");
        headers.set("X-Content-Type-Options", "nosniff");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        if (!exchange.getRequestMethod().equals("GET")) {
            exchange.sendResponseHeaders(405, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
