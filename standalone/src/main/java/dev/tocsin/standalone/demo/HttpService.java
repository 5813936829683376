package dev.tocsin.standalone.demo;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/// Says `{"status":"UP"}`, or 503 and DOWN.
final class HttpService implements RegionalService {
    private final HttpServer server;
    private volatile boolean fails;

    HttpService(InetSocketAddress address) throws IOException {
        server = HttpServer.create(address, 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        boolean down = fails;
                        var body =
                                ("{\"status\":\"" + (down ? "DOWN" : "UP") + "\"}")
                                        .getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(down ? 503 : 200, body.length);
                        exchange.getResponseBody().write(body);
                    }
                });
        server.start();
    }

    @Override
    public void fail() {
        fails = true;
    }

    @Override
    public void heal() {
        fails = false;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
