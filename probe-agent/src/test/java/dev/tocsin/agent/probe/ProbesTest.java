package dev.tocsin.agent.probe;

import static dev.tocsin.agent.probe.Probing.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What single probes do beyond the contract of all ([ProbeContractTest]).
class ProbesTest {
    @ParameterizedTest
    @ValueSource(strings = {"https", "tls"})
    void aBadCertificateIsNamedForWhatItIs(String scheme) throws IOException {
        assertThat(codeOf(scheme, Certificates.expired())).isEqualTo("expired");
        assertThat(codeOf(scheme, Certificates.ofAStranger())).isEqualTo("untrusted");
        assertThat(codeOf(scheme, Certificates.forAnotherHost())).isEqualTo("wrong-host");
    }

    private static String codeOf(String scheme, SSLContext context) throws IOException {
        try (var server = new TestServer(TestServer.tls(context), TestServer::http)) {
            var finding = Probing.run(scheme + "://127.0.0.1:" + server.port() + "", 5000);
            assertThat(finding.outcome()).isEqualTo(Outcome.FAIL);
            assertThat(failure(finding).getPhase()).isEqualTo(Phase.TLS);
            return failure(finding).getCode();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https", "tls"})
    void anExpiredCertificateCanBeMeasuredWhereTold(String scheme) throws IOException {
        try (var server =
                new TestServer(TestServer.tls(Certificates.expired()), TestServer::http)) {
            var url = scheme + "://127.0.0.1:" + server.port();
            var insecure = "{\"insecure\":true}";
            var finding =
                    Probing.run(url, insecure, 5000, Map.of(), "[CERTIFICATE_EXPIRATION] < 1d");
            assertThat(finding.outcome()).as(finding.toString()).isEqualTo(Outcome.PASS);
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
                    Probing.run(
                            base + "/",
                            "",
                            2000,
                            hosts,
                            "[STATUS] == 200",
                            "[BODY].status == UP",
                            "[IP] == 127.0.0.1");
            assertThat(good.outcome()).as(good.toString()).isEqualTo(Outcome.PASS);
            assertThat(good.trace().timings())
                    .containsKeys("dns", "connect", "request", "response");
            var bad = Probing.run(base + "/bad", "", 2000, hosts);
            assertThat(bad.outcome()).isEqualTo(Outcome.FAIL);
            assertThat(failure(bad).getPhase()).isEqualTo(Phase.ASSERTION);
            assertThat(bad.failedConditions()).containsExactly("[STATUS] < 400 (found 503)");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aNameThatDoesNotExistIsAFailureInPhaseDns() {
        var finding = Probing.run("http://no-such-host.invalid/", 2000);
        assertThat(finding.outcome()).isEqualTo(Outcome.FAIL);
        assertThat(failure(finding).getPhase()).isIn(Phase.DNS, Phase.TIMEOUT);
    }
}
