package dev.tocsin.agent.probe;

import static dev.tocsin.agent.probe.Probing.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tocsin.schemas.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Two hosts, of which one leads to the other.
class RedirectTest {
    private static final Map<String, String> HOSTS =
            Map.of("named.test", "127.0.0.1", "other.test", "127.0.0.1");
    private static final String HEADERS =
            "\"headers\":{\"Cookie\":\"c\",\"Authorization\":\"a\",\"X-Api-Key\":\"k\",\"Host\":\"virtual.test\"}";

    private record Got(String path, String host, String secrets) {}

    private final HttpServer server;
    private final BlockingQueue<Got> got = new LinkedBlockingQueue<>();

    RedirectTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = exchange.getRequestHeaders();
            var path = exchange.getRequestURI().getPath();
            got.add(
                    new Got(
                            path,
                            headers.getFirst("Host"),
                            headers.getFirst("Cookie")
                                    + headers.getFirst("Authorization")
                                    + headers.getFirst("X-Api-Key")));
            var to =
                    switch (path) {
                        case "/other", "/kept" -> "http://other.test:" + port() + "/end";
                        case "/same" -> "/end";
                        default -> null;
                    };
            if (to == null) {
                exchange.sendResponseHeaders(200, -1);
            } else {
                exchange.getResponseHeaders().add("Location", to);
                exchange.sendResponseHeaders(path.equals("/kept") ? 307 : 302, -1);
            }
        }
    }

    private int port() {
        return server.getAddress().getPort();
    }

    private String url(String path) {
        return "http://named.test:" + port() + path;
    }

    @Test
    void aRedirectToAnotherHostTakesNoHeaderAlong() {
        var spec = "{\"follow-redirects\":true," + HEADERS + "}";
        var finding = Probing.run(url("/other"), spec, 5000, HOSTS, "[STATUS] == 200");
        assertThat(finding.outcome()).as(finding.toString()).isEqualTo(Outcome.PASS);
        assertThat(got)
                .containsExactly(
                        new Got("/other", "virtual.test", "cak"),
                        new Got("/end", "other.test:" + port(), "nullnullnull"));
    }

    @Test
    void aRedirectOnTheSameHostTakesThemAlong() {
        var spec = "{\"follow-redirects\":true," + HEADERS + "}";
        var finding = Probing.run(url("/same"), spec, 5000, HOSTS, "[STATUS] == 200");
        assertThat(finding.outcome()).as(finding.toString()).isEqualTo(Outcome.PASS);
        assertThat(got)
                .containsExactly(
                        new Got("/same", "virtual.test", "cak"),
                        new Got("/end", "virtual.test", "cak"));
    }

    @Test
    void aBodyIsNotTakenToAnotherHost() {
        var spec = "{\"follow-redirects\":true,\"method\":\"POST\",\"body\":\"password\"}";
        var finding = Probing.run(url("/kept"), spec, 5000, HOSTS, "[STATUS] == 200");
        assertThat(finding.outcome()).isEqualTo(Outcome.FAIL);
        assertThat(failure(finding).getCode()).isEqualTo("redirect");
        assertThat(got).hasSize(1);
    }
}
