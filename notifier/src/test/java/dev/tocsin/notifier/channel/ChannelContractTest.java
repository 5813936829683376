package dev.tocsin.notifier.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.Events;
import dev.tocsin.notifier.mailbox.DeliveryResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What every channel must do: deliver under the id it is given, and make a value of whatever the target does, in bounded
/// time, without a secret in it.
class ChannelContractTest {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelContractTest.class);
    private static final Duration LIMIT = Duration.ofMillis(700);
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// A channel of each type, told to talk to a port.
    enum Kind {
        WEBHOOK {
            @Override
            Channel to(int port) {
                return new WebhookChannel(
                        new WebhookChannel.Spec(
                                "http://127.0.0.1:" + port + "/hidden", List.of(SECRET)),
                        new JudgedHttp(AddressRules.PUBLIC.allowing("127.0.0.0/8")),
                        LIMIT);
            }

            @Override
            void serve(Socket client, List<String> seen) throws IOException {
                var in = reader(client);
                int length = 0;
                for (var line = in.readLine();
                        line != null && !line.isEmpty();
                        line = in.readLine()) {
                    seen.add(line);
                    if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length: ")) {
                        length = Integer.parseInt(line.substring(16));
                    }
                }
                for (int i = 0; i < length; i++) {
                    in.read();
                }
                say(client, "HTTP/1.1 204 No Content\r\n\r\n");
            }

            @Override
            String drip() {
                return "HTTP/1.1 200 OK\r\nX-Drip: ";
            }
        },
        EMAIL {
            @Override
            Channel to(int port) {
                return new EmailChannel(
                        new EmailChannel.Spec(
                                List.of("team@example.com"),
                                "tocsin@example.com",
                                "smtp://127.0.0.1:" + port,
                                "hidden",
                                "hidden",
                                false),
                        LIMIT,
                        LIMIT);
            }

            @Override
            void serve(Socket client, List<String> seen) throws IOException {
                ScriptedMail.serve(client, seen, Map.of());
            }

            @Override
            String drip() {
                return "220-";
            }
        };

        abstract Channel to(int port);

        abstract void serve(Socket client, List<String> seen) throws IOException;

        /// How an answer begins that never ends.
        abstract String drip();
    }

    private static BufferedReader reader(Socket client) throws IOException {
        return new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
    }

    private static void say(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        client.getOutputStream().flush();
    }

    private interface Talk {
        void with(Socket client) throws IOException, InterruptedException;
    }

    private static ServerSocket serve(Talk talk) throws IOException {
        var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual()
                .start(() -> {
                    while (!server.isClosed()) {
                        try (var client = server.accept()) {
                            talk.with(client);
                        } catch (IOException | InterruptedException e) {
                            LOG.debug("the channel hung up, as some of these tests want it to", e);
                        }
                    }
                });
        return server;
    }

    private static DeliveryResult deliver(Kind kind, int port) {
        return kind.to(port)
                .deliver(Events.message("d-1", Events.opened("i1"), "route 1"), Instant.EPOCH);
    }

    @Test
    void everyTypeOfChannelIsTested() {
        assertThat(Channels.ALL.stream().map(ChannelType::name))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(Kind.values())
                                .map(kind -> kind.name().toLowerCase(java.util.Locale.ROOT))
                                .toList());
    }

    @ParameterizedTest
    @EnumSource
    void deliversUnderTheIdItWasGiven(Kind kind) throws IOException {
        var seen = new CopyOnWriteArrayList<String>();
        try (var server = serve(client -> kind.serve(client, seen))) {
            assertThat(deliver(kind, server.getLocalPort()))
                    .isInstanceOf(DeliveryResult.Delivered.class);
            assertThat(seen).anyMatch(line -> line.matches("(?i)(webhook|message)-id: .*d-1.*"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTargetThatIsAwayIsTriedAgain(Kind kind) throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertRetryWithoutSecrets(deliver(kind, port));
    }

    @ParameterizedTest
    @EnumSource
    void aTargetThatSaysNothingIsTriedAgainInBoundedTime(Kind kind) throws IOException {
        try (var server = serve(_ -> Thread.sleep(20_000))) {
            long started = System.nanoTime();
            assertRetryWithoutSecrets(deliver(kind, server.getLocalPort()));
            assertThat(Duration.ofNanos(System.nanoTime() - started))
                    .isLessThan(Duration.ofSeconds(10));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTargetThatDripsIsTriedAgainInBoundedTime(Kind kind) throws IOException {
        try (var server =
                serve(client -> {
                    say(client, kind.drip());
                    for (int i = 0; i < 400; i++) {
                        say(client, "x");
                        Thread.sleep(50);
                    }
                })) {
            long started = System.nanoTime();
            assertRetryWithoutSecrets(deliver(kind, server.getLocalPort()));
            assertThat(Duration.ofNanos(System.nanoTime() - started))
                    .isLessThan(Duration.ofSeconds(10));
        }
    }

    private static void assertRetryWithoutSecrets(DeliveryResult result) {
        assertThat(result).isInstanceOf(DeliveryResult.Retry.class);
        assertThat(result.detail()).isNotEmpty().doesNotContain("hidden");
    }
}
