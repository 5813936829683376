package dev.tocsin.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

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
            health.failed("publisher", new IllegalStateException("bug"));
            assertThat(ask(server, "/health").statusCode()).isEqualTo(503);
            assertThat(ask(server, "/metrics").body()).contains("tocsin_test_total 1.0");
            var taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
            assertThatThrownBy(() -> new AdminServer(taken, health, metrics))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("Address already in use");
        }
    }
}
