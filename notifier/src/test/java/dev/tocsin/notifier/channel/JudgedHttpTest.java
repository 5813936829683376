package dev.tocsin.notifier.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.tocsin.notifier.Events;
import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.DeliveryResult.Delivered;
import dev.tocsin.notifier.mailbox.DeliveryResult.Rejected;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import okhttp3.Dns;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server on loopback that must not be asked unless it is allowed.
class JudgedHttpTest {
    private static final AddressRules LOOPBACK = AddressRules.PUBLIC.allowing("127.0.0.0/8");
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String NAME = "hooks.example.com";

    private final AtomicInteger asked = new AtomicInteger();
    private final HttpServer server;

    JudgedHttpTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        asked.incrementAndGet();
                        exchange.getRequestBody().readAllBytes();
                        exchange.sendResponseHeaders(204, -1);
                    }
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private DeliveryResult deliver(String host, JudgedHttp http) {
        var url = "http://" + host + ":" + server.getAddress().getPort() + "/secret-path";
        var spec = new WebhookChannel.Spec(url, List.of(SECRET));
        return new WebhookChannel(spec, http)
                .deliver(Events.message("d1", Events.opened("i1"), "route 1"), Instant.EPOCH);
    }

    /// A name with these addresses.
    private static Dns dns(String... addresses) {
        return _ -> Stream.of(addresses).map(InetAddress::ofLiteral).toList();
    }

    @Test
    void aNameIsRefusedForItsAddressAndSaidHowToAllowIt() {
        assertThat(deliver(NAME, new JudgedHttp(AddressRules.PUBLIC, dns("127.0.0.1"))))
                .isEqualTo(
                        new Rejected(
                                null,
                                "hooks.example.com: 127.0.0.1 is of this machine (loopback): no webhook goes there unless notify.allow-networks has it, as 127.0.0.1/32",
                                false));
        assertThat(asked).hasValue(0);
    }

    /// OkHttp looks none of them up.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.1",
                "2130706433",
                "0.0.0.0",
                "169.254.169.254",
                "[::1]",
                "[::]",
                "[::ffff:127.0.0.1]",
                "[::127.0.0.1]",
                "[64:ff9b::7f00:1]",
                "[2002:7f00:1::]",
                "localhost"
            })
    void anAddressInTheUrlIsRefusedInWhateverForm(String host) {
        var result = deliver(host, new JudgedHttp(AddressRules.PUBLIC));
        assertThat(result).isInstanceOf(Rejected.class);
        assertThat(result.detail()).contains("notify.allow-networks").doesNotContain("secret-path");
        assertThat(asked).hasValue(0);
    }

    @Test
    void ofSeveralAddressesOnlyThoseAreAskedThatAreAllowed() {
        var http = new JudgedHttp(LOOPBACK, dns("10.1.2.3", "::1", "127.0.0.1", "169.254.169.254"));
        assertThat(deliver(NAME, http)).isInstanceOf(Delivered.class);
        assertThat(asked).hasValue(1);
    }

    @Test
    void whereAnAllowedAddressIsAwayTheTargetIsTriedAgain() {
        server.stop(0);
        for (var dns : List.of(dns("10.1.2.3", "127.0.0.1"), dns("127.0.0.1", "10.1.2.3"))) {
            var result = deliver(NAME, new JudgedHttp(LOOPBACK, dns));
            assertThat(result).isInstanceOf(Retry.class);
            assertThat(result.detail()).startsWith("ConnectException").contains("/127.0.0.1:");
        }
    }

    @Test
    void aNameIsLookedUpOnceForEachConnection() {
        var lookups = new AtomicInteger();
        Dns rebinding =
                _ ->
                        List.of(
                                InetAddress.ofLiteral(
                                        lookups.incrementAndGet() == 1 ? "127.0.0.1" : "10.1.2.3"));
        assertThat(deliver(NAME, new JudgedHttp(LOOPBACK, rebinding)))
                .isInstanceOf(Delivered.class);
        assertThat(lookups).hasValue(1);
    }

    @Test
    void aConnectionThatOthersMayHaveIsLentToNobodyWhoMayNot() {
        assertThat(deliver("127.0.0.1", new JudgedHttp(LOOPBACK))).isInstanceOf(Delivered.class);
        assertThat(deliver("127.0.0.1", new JudgedHttp(AddressRules.PUBLIC)))
                .isInstanceOf(Rejected.class);
        assertThat(asked).hasValue(1);
    }

    @Test
    void noProxyOfTheMachineComesBetween() {
        var selector = ProxySelector.getDefault();
        var consulted = new AtomicInteger();
        ProxySelector.setDefault(
                new ProxySelector() {
                    @Override
                    public List<Proxy> select(URI uri) {
                        consulted.incrementAndGet();
                        return List.of(Proxy.NO_PROXY);
                    }

                    @Override
                    public void connectFailed(URI uri, SocketAddress address, IOException e) {}
                });
        try {
            assertThat(deliver("127.0.0.1", new JudgedHttp(LOOPBACK)))
                    .isInstanceOf(Delivered.class);
        } finally {
            ProxySelector.setDefault(selector);
        }
        assertThat(consulted).hasValue(0);
    }
}
