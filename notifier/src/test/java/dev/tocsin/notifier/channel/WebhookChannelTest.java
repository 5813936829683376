package dev.tocsin.notifier.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.tocsin.notifier.Events;
import dev.tocsin.notifier.mailbox.DeliveryResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookChannelTest {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String NEXT = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    private static final JudgedHttp HERE =
            new JudgedHttp(AddressRules.PUBLIC.allowing("127.0.0.0/8"));
    private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");

    /// The example of the Standard Webhooks libraries' own tests.
    @Test
    void signsAsStandardWebhooksDo() {
        var signature =
                new WebhookSignature(SECRET)
                        .sign(
                                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                Instant.ofEpochSecond(1614265330),
                                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8));
        assertThat(signature).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void refusesASecretThatIsNone() {
        assertThatThrownBy(() -> new WebhookSignature("hunter2")).hasMessageContaining("whsec_");
        assertThatThrownBy(() -> new WebhookSignature("whsec_c2hvcnQ="))
                .hasMessageContaining("24 to 64 bytes");
    }

    private static DeliveryResult deliver(int status, Map<String, String> headers)
            throws IOException {
        return deliver(List.of(SECRET), SECRET, status, headers);
    }

    /// @param known to the receiver, which answers 401 to what is not signed with it
    private static DeliveryResult deliver(
            List<String> secrets, String known, int status, Map<String, String> headers)
            throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        var given = exchange.getRequestHeaders();
                        boolean genuine =
                                new WebhookSignature(known)
                                        .verify(
                                                String.valueOf(given.getFirst("webhook-signature")),
                                                String.valueOf(given.getFirst("webhook-id")),
                                                Instant.ofEpochSecond(
                                                        Long.parseLong(
                                                                String.valueOf(
                                                                        given.getFirst(
                                                                                "webhook-timestamp")))),
                                                exchange.getRequestBody().readAllBytes());
                        headers.forEach(exchange.getResponseHeaders()::set);
                        var said = "I know " + known;
                        boolean says = genuine && status == 400;
                        exchange.sendResponseHeaders(
                                genuine ? status : 401, says ? said.length() : -1);
                        if (says) {
                            exchange.getResponseBody().write(said.getBytes(StandardCharsets.UTF_8));
                        }
                    }
                });
        server.start();
        try {
            var url = "http://127.0.0.1:" + server.getAddress().getPort() + "/secret-path";
            return new WebhookChannel(new WebhookChannel.Spec(url, secrets), HERE)
                    .deliver(Events.message("d1", Events.opened("i1"), "route 1"), NOW);
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "200,Delivered",
        "204,Delivered",
        "301,Rejected",
        "400,Rejected",
        "401,Rejected",
        "404,Rejected",
        "408,Retry",
        "410,Rejected",
        "429,Retry",
        "500,Retry",
        "503,Retry"
    })
    void onlyA2xxIsADelivery(int status, String expected) throws IOException {
        assertThat(deliver(status, Map.of()).getClass().getSimpleName()).isEqualTo(expected);
    }

    @Test
    void whileASecretIsRotatedReceiversWithEitherTakeTheMessage() throws IOException {
        var both = List.of(NEXT, SECRET);
        assertThat(deliver(both, SECRET, 204, Map.of()).status()).isEqualTo(204);
        assertThat(deliver(both, NEXT, 204, Map.of()).status()).isEqualTo(204);
        assertThat(deliver(List.of(NEXT), SECRET, 204, Map.of()).status()).isEqualTo(401);
    }

    @Test
    void aNewSecretIsTheSameTargetAndANewAddressAnother() {
        var url = "https://hooks.example.com/";
        var one = new WebhookChannel(new WebhookChannel.Spec(url, List.of(SECRET)), HERE);
        var rotated = new WebhookChannel(new WebhookChannel.Spec(url, List.of(NEXT, SECRET)), HERE);
        var moved = new WebhookChannel(new WebhookChannel.Spec(url + "2", List.of(SECRET)), HERE);
        assertThat(rotated.fingerprint()).isEqualTo(one.fingerprint());
        assertThat(moved.fingerprint()).isNotEqualTo(one.fingerprint());
    }

    @Test
    void noSecretIsShown() throws IOException {
        var spec = new WebhookChannel.Spec("https://a/hidden", List.of(NEXT, SECRET));
        assertThat(spec.toString()).doesNotContain(NEXT, SECRET, "hidden");
        for (var known : List.of(NEXT, SECRET)) {
            assertThat(deliver(List.of(NEXT, SECRET), known, 400, Map.of()).detail())
                    .isEqualTo("400 I know <hidden>");
        }
    }

    @Test
    void aRedirectIsNotFollowed() throws IOException {
        assertThat(deliver(302, Map.of("Location", "/elsewhere")))
                .isEqualTo(new DeliveryResult.Rejected(302, "302", false));
    }

    @Test
    void obeysRetryAfterUpToAnHour() throws IOException {
        assertThat(deliver(429, Map.of("Retry-After", "7")))
                .isEqualTo(new DeliveryResult.Retry(429, "429", Duration.ofSeconds(7)));
        assertThat(deliver(503, Map.of("Retry-After", "99999")))
                .isEqualTo(new DeliveryResult.Retry(503, "503", Duration.ofHours(1)));
        assertThat(RetryAfter.parse("Tue, 24 Nov 2026 00:00:30 GMT", NOW, Duration.ofHours(1)))
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(RetryAfter.parse("later", NOW, Duration.ofHours(1))).isNull();
    }

    @Test
    void aTargetThatIsAwayIsTriedAgainAndItsAddressIsNotShown() {
        var channel =
                new WebhookChannel(
                        new WebhookChannel.Spec("http://127.0.0.1:1/secret-path", List.of(SECRET)),
                        HERE);
        var result = channel.deliver(Events.message("d1", Events.opened("i1"), "route 1"), NOW);
        assertThat(result).isInstanceOf(DeliveryResult.Retry.class);
        assertThat(result.detail()).doesNotContain("secret-path");
    }

    private static String detail(String path, Function<String, String> says) throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        exchange.getRequestBody().readAllBytes();
                        var said =
                                says.apply(exchange.getRequestURI().getPath())
                                        .getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(404, said.length);
                        exchange.getResponseBody().write(said);
                    }
                });
        server.start();
        try {
            var url = "http://127.0.0.1:" + server.getAddress().getPort() + path;
            var http = new JudgedHttp(AddressRules.PUBLIC.allowing("127.0.0.0/8"));
            return new WebhookChannel(
                            new WebhookChannel.Spec(
                                    url, List.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")),
                            http)
                    .deliver(Events.message("d1", Events.opened("i1"), "route 1"), Instant.now())
                    .detail();
        } finally {
            server.stop(0);
        }
    }

    /// As Express, Tomcat and Go's mux do.
    @Test
    void aPathIsHiddenAlsoWithoutItsQuery() throws IOException {
        assertThat(
                        detail(
                                "/services/T0/B0/hunter2hunter2?wait=true",
                                path -> "Cannot POST " + path))
                .doesNotContain("hunter2");
    }

    @Test
    void aPathThatIsCutIsHidden() throws IOException {
        assertThat(detail("/services/T0/B0/hunter2hunter2", path -> "x".repeat(172) + path))
                .doesNotContain("hunter2");
    }
}
