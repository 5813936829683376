package dev.tocsin.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.tocsin.agent.check.Check;
import dev.tocsin.agent.check.Check.Finding;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Failure;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What every probe must do, against real servers on loopback.
class ProbesTest {
    private static final Logger LOG = LoggerFactory.getLogger(ProbesTest.class);
    private static final Map<String, String> SPECS =
            Map.of("dns", "{\"query-name\":\"example.test\"}");

    private static Finding run(String url, long timeoutMs, String... conditions) {
        return run(url, timeoutMs, Map.of(), conditions);
    }

    private static Finding run(
            String url, long timeoutMs, Map<String, String> hosts, String... conditions) {
        var type = ProbeTypes.forScheme(url.substring(0, url.indexOf(':'))).orElseThrow();
        var definition =
                CheckDefinition.newBuilder()
                        .setCheckId("t")
                        .setConfigVersion("1")
                        .setName("t")
                        .setService("t")
                        .setUrl(url)
                        .setProbe(type.name())
                        .setProbeSpec(SPECS.getOrDefault(type.name(), ""))
                        .setIntervalMs(1000)
                        .setTimeoutMs(timeoutMs)
                        .setRegions(List.of("here"))
                        .setConditions(
                                conditions.length == 0 ? type.conditions() : List.of(conditions))
                        .setIncident(IncidentPolicy.newBuilder().build())
                        .build();
        return Check.of(definition, name -> "").run(new Resolver(hosts));
    }

    private static Failure failure(Finding finding) {
        return Objects.requireNonNull(finding.failure(), finding.toString());
    }

    private static int closedPort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private interface Talk {
        void with(Socket socket) throws IOException, InterruptedException;
    }

    /// A server that says what `talk` says, once for each connection.
    private static ServerSocket serve(Talk talk) throws IOException {
        var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual()
                .start(() -> {
                    while (!server.isClosed()) {
                        try (var socket = server.accept()) {
                            talk.with(socket);
                        } catch (IOException | InterruptedException e) {
                            LOG.debug("the probe hung up, as some of these tests want it to", e);
                        }
                    }
                });
        return server;
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https", "tcp", "tls"})
    void aClosedPortIsAFailureInPhaseConnect(String scheme) throws IOException {
        var finding = run(scheme + "://127.0.0.1:" + closedPort(), 2000);
        assertThat(finding.outcome()).isEqualTo(Outcome.FAIL);
        assertThat(failure(finding).getPhase()).isEqualTo(Phase.CONNECT);
        assertThat(failure(finding).getCode()).isEqualTo("refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https", "tls", "dns"})
    void aTargetThatHangsIsATimeoutWithinTheDeadline(String scheme) throws IOException {
        try (var server = serve(socket -> Thread.sleep(20_000))) {
            var finding = run(scheme + "://127.0.0.1:" + server.getLocalPort(), 300);
            assertThat(finding.outcome()).isEqualTo(Outcome.FAIL);
            if (!scheme.equals(
                    "dns")) { // UDP: nobody listens there, and the kernel says so at once
                assertThat(failure(finding).getPhase()).isEqualTo(Phase.TIMEOUT);
            }
            assertThat(finding.took()).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void aBodyThatDripsDoesNotOutlastTheDeadline() throws IOException {
        try (var server =
                serve(socket -> {
                    var out = socket.getOutputStream();
                    out.write(
                            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
                                    .getBytes(StandardCharsets.UTF_8));
                    for (int i = 0; i < 100; i++) {
                        out.write('x');
                        out.flush();
                        Thread.sleep(100);
                    }
                })) {
            var finding = run("http://127.0.0.1:" + server.getLocalPort() + "/", 500);
            assertThat(finding.outcome()).isEqualTo(Outcome.FAIL);
            assertThat(failure(finding).getPhase()).isEqualTo(Phase.TIMEOUT);
            assertThat(finding.took()).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void aHandshakeThatDripsDoesNotOutlastTheDeadline() throws IOException {
        try (var server =
                serve(socket -> {
                    socket.getOutputStream().write(new byte[] {22, 3, 3, 64, 0});
                    for (int i = 0; i < 100; i++) {
                        socket.getOutputStream().write(0);
                        socket.getOutputStream().flush();
                        Thread.sleep(100);
                    }
                })) {
            var finding = run("tls://127.0.0.1:" + server.getLocalPort(), 500);
            assertThat(finding.outcome()).isEqualTo(Outcome.FAIL);
            assertThat(finding.took()).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void httpIsJudgedByItsConditionsAndHasPhases() throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        var body = "{\"status\":\"UP\"}".getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(
                                exchange.getRequestURI().getPath().equals("/bad") ? 503 : 200,
                                body.length);
                        exchange.getResponseBody().write(body);
                    }
                });
        server.start();
        try {
            var base = "http://shop.test:" + server.getAddress().getPort();
            var hosts = Map.of("shop.test", "127.0.0.1");
            var good =
                    run(
                            base + "/",
                            2000,
                            hosts,
                            "[STATUS] == 200",
                            "[BODY].status == UP",
                            "[IP] == 127.0.0.1");
            assertThat(good.outcome()).as(good.toString()).isEqualTo(Outcome.PASS);
            assertThat(good.trace().timings())
                    .containsKeys("dns", "connect", "request", "response");
            var bad = run(base + "/bad", 2000, hosts);
            assertThat(bad.outcome()).isEqualTo(Outcome.FAIL);
            assertThat(failure(bad).getPhase()).isEqualTo(Phase.ASSERTION);
            assertThat(bad.failedConditions()).containsExactly("[STATUS] < 400 (found 503)");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aNameThatDoesNotExistIsAFailureInPhaseDns() {
        var finding = run("http://no-such-host.invalid/", 2000);
        assertThat(finding.outcome()).isEqualTo(Outcome.FAIL);
        assertThat(failure(finding).getPhase()).isIn(Phase.DNS, Phase.TIMEOUT);
    }
}
