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
import dev.tocsin.service.Health;
import dev.tocsin.service.HttpServers;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `/` as HTML without JavaScript, `/api/v1/status.json` the same for programs. Both are made once a second at most, however
/// many ask.
public final class PageServer implements AutoCloseable {
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final byte[] NOTHING = "nothing here\n".getBytes(StandardCharsets.UTF_8);
    private static final TemplateEngine TEMPLATES =
            TemplateEngine.createPrecompiled(ContentType.Html);
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .addModule(new JavaTimeModule())
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                    .build();

    /// Both forms of one view, for all who ask.
    private static final class Made {
        private final byte[] html;
        private final byte[] json;

        Made(View view) {
            var output = new StringOutput();
            TEMPLATES.render("page.jte", view, output);
            html = output.toString().getBytes(StandardCharsets.UTF_8);
            try {
                json = JSON.writeValueAsBytes(view);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private final HttpServer server;
    private final Supplier<View> views;
    private @Nullable Made made;
    private @Nullable Long triedAtNanos;

    /// @param health told when it can answer no more
    public PageServer(
            InetSocketAddress address, Supplier<View> views, Health health, MeterRegistry metrics) {
        this.views = views;
        var requests = new Requests(metrics);
        server = HttpServers.start(address, "status-page", health, this::answer, requests);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /// @return null within the second after a bug, which was thrown and logged then
    private synchronized @Nullable Made current() {
        if (triedAtNanos == null || System.nanoTime() - triedAtNanos > FRESH.toNanos()) {
            made = null;
            triedAtNanos = System.nanoTime();
            made = new Made(views.get());
            triedAtNanos = System.nanoTime();
        }
        return made;
    }

    private void answer(HttpExchange exchange) throws IOException {
        switch (exchange.getRequestURI().getPath()) {
            case "/" -> shown(exchange, "text/html; charset=utf-8", made -> made.html);
            case "/api/v1/status.json" -> {
                exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
                shown(exchange, "application/json", made -> made.json);
            }
            default -> respond(exchange, 404, "text/plain", NOTHING);
        }
    }

    private void shown(HttpExchange exchange, String type, Function<Made, byte[]> form)
            throws IOException {
        var now = current();
        if (now == null) {
            exchange.sendResponseHeaders(500, -1);
        } else {
            respond(exchange, 200, type, form.apply(now));
        }
    }

    private static void respond(HttpExchange exchange, int status, String type, byte[] body)
            throws IOException {
        var headers = exchange.getResponseHeaders();
        headers.set("Cache-Control", "max-age=" + FRESH.toSeconds());
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
        headers.set("X-Content-Type-Options", "nosniff");
        HttpServers.respond(exchange, status, type, body);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
