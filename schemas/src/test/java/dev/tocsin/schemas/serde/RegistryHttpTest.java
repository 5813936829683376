package dev.tocsin.schemas.serde;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RegistryHttpTest {
    /// It says 200, and then no more: the connection stays open.
    private static void answerByHalves(ServerSocket server, List<Socket> open) {
        try {
            while (true) {
                var socket = server.accept();
                open.add(socket);
                socket.getInputStream().read();
                socket.getOutputStream()
                        .write(
                                "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"
                                        .getBytes(StandardCharsets.US_ASCII));
            }
        } catch (SocketException e) {
            open.forEach(RegistryHttpTest::close); // the test is over
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Timeout(30)
    void anAnswerThatDoesNotGoOnIsOneThatDoesNotCome() throws Exception {
        try (var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> answerByHalves(server, new ArrayList<>()));
            var url = "http://127.0.0.1:" + server.getLocalPort();
            var settings = RegistrySettings.from(Map.of("schema.registry.url", url));
            try (var http = new RegistryHttp(settings, Duration.ofMillis(200), System::nanoTime)) {
                assertThatThrownBy(() -> http.ask("GET", "/subjects", null, null, Set.of()))
                        .isInstanceOf(RegistryUnavailableException.class)
                        .hasMessageContaining(url);
            }
        }
    }
}
