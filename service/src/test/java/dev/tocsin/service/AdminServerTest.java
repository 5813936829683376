package dev.tocsin.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AdminServerTest {
    private static HttpResponse<String> ask(AdminServer server, String path) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    @Test
    void aPartThatWaitsIsNotReadyAndOneThatDiedIsNotHealthy() throws Exception {
        var health = new Health();
        var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        metrics.counter("tocsin_test_total").increment();
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (var server = new AdminServer(address, health, metrics)) {
            assertThat(ask(server, "/ready").statusCode()).isEqualTo(200);
            health.waiting("checks", "topic checks does not exist");
            assertThat(ask(server, "/ready").statusCode()).isEqualTo(503);
            assertThat(ask(server, "/ready").body()).contains("topic checks does not exist");
            assertThat(ask(server, "/health").statusCode()).isEqualTo(200);
            health.fine("checks");
            assertThat(ask(server, "/ready").statusCode()).isEqualTo(200);
            health.failing("publisher", "bug");
            assertThat(ask(server, "/health").statusCode()).isEqualTo(503);
            assertThat(ask(server, "/metrics").body()).contains("tocsin_test_total 1.0");
            var taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
            assertThatThrownBy(() -> new AdminServer(taken, health, metrics))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("Address already in use");
        }
    }

    private final InetSocketAddress free =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Test
    void onlyItsOwnPathsAreAnsweredAndTheyAreOnlyRead() throws Exception {
        try (var server = new AdminServer(free, new Health(), metrics())) {
            assertThat(ask(server, "/healthXYZ").statusCode()).isEqualTo(404);
            assertThat(ask(server, "/").statusCode()).isEqualTo(404);
            assertThat(raw(server, "POST /health HTTP/1.1\r\nHost: x\r\n\r\n")).contains(" 405 ");
            assertThat(raw(server, "HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n")).contains(" 200 ");
        }
    }

    /// 500 connections with an unfinished header of 300 kB each took the heap, and the process lived on.
    @Test
    void aHeaderThatGoesOnAndOnIsNotKept() throws Exception {
        try (var server = new AdminServer(free, new Health(), metrics())) {
            var header = "GET /health HTTP/1.1\r\nX: " + "x".repeat(300_000);
            assertThat(raw(server, header)).doesNotContain(" 200 ");
            assertThat(ask(server, "/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aBugInAnAnswerIsAnsweredAndTheNextIsToo() throws Exception {
        var asked = new AtomicInteger();
        var server =
                HttpServers.start(
                        free,
                        "test",
                        new Health(),
                        exchange -> {
                            if (asked.incrementAndGet() == 1) {
                                throw new IllegalStateException("nobody thought of that");
                            }
                            HttpServers.respond(exchange, 200, "text/plain", new byte[0]);
                        });
        try {
            var request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
            assertThat(raw(server.getAddress().getPort(), request)).contains(" 500 ");
            assertThat(raw(server.getAddress().getPort(), request)).contains(" 200 ");
        } finally {
            server.stop(0);
        }
    }

    /// Nothing else ends the thread that takes connections: here what it wants to log, since nobody takes a request from it.
    @Test
    @Timeout(30)
    void aServerWhoseOwnThreadDiesEndsTheProcess() throws Exception {
        var health = new Health();
        var server = HttpServers.start(free, "test", health, exchange -> {});
        var logger = java.util.logging.Logger.getLogger("com.sun.net.httpserver");
        var deadly =
                new java.util.logging.Handler() {
                    @Override
                    public void publish(LogRecord record) {
                        throw new OutOfMemoryError("none left");
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        logger.addHandler(deadly);
        logger.setLevel(Level.ALL);
        try {
            ((ExecutorService) server.getExecutor()).shutdown();
            assertThat(health.alive()).isTrue();
            try (var socket =
                    new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
                socket.getOutputStream().write('G');
                var refusal = health.awaitRefusal();
                assertThat(refusal.startAgain()).isTrue();
                assertThat(refusal.why())
                        .isEqualTo(
                                "the server answers no more: java.lang.OutOfMemoryError: none left");
                assertThat(health.troubles()).containsKey("test-server");
            }
        } finally {
            logger.setLevel(null);
            logger.removeHandler(deadly);
            server.stop(0);
        }
    }

    private static PrometheusMeterRegistry metrics() {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }

    private static String raw(AdminServer server, String request) throws IOException {
        return raw(server.port(), request);
    }

    /// The first line of the answer, or nothing when the connection is closed.
    private static String raw(int port, String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            var line =
                    new BufferedReader(
                                    new InputStreamReader(
                                            socket.getInputStream(), StandardCharsets.US_ASCII))
                            .readLine();
            return line == null ? "" : line;
        } catch (SocketException e) {
            return ""; // closed while we were still writing
        }
    }

    @Test
    void anAnswerSaysWhatItIsAndToWhomOnlyReadingIsAllowed() throws Exception {
        int port;
        try (var server = new AdminServer(free, new Health(), metrics())) {
            port = server.port();
            try (var client = HttpClient.newHttpClient()) {
                var health = URI.create("http://127.0.0.1:" + port + "/health");
                var got =
                        client.send(
                                HttpRequest.newBuilder(health).build(),
                                HttpResponse.BodyHandlers.ofString());
                assertThat(got.headers().firstValue("Content-Type")).isPresent();
                var head =
                        client.send(
                                HttpRequest.newBuilder(health).HEAD().build(),
                                HttpResponse.BodyHandlers.ofString());
                assertThat(head.headers().firstValue("Content-Length"))
                        .hasValue(Integer.toString(got.body().length()));
                var deleted =
                        client.send(
                                HttpRequest.newBuilder(health).DELETE().build(),
                                HttpResponse.BodyHandlers.ofString());
                assertThat(deleted.headers().firstValue("Allow")).hasValue("GET, HEAD");
            }
        }
        assertThat(raw(port, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"))
                .isEmpty(); // nobody is there any more
    }
}
