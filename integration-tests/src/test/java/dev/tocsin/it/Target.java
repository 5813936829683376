package dev.tocsin.it;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.IntUnaryOperator;
import java.util.function.ToIntBiFunction;
import java.util.function.ToIntFunction;

/// An HTTP server on loopback: a check's target, or a webhook's.
final class Target implements AutoCloseable {
    private final HttpServer server;
    private final List<String> webhookIds = new CopyOnWriteArrayList<>();

    /// @param port 0 for a free one
    /// @param status what to answer to the n-th request, from 1 on
    Target(int port, IntUnaryOperator status) throws IOException {
        this(port, (_, n) -> status.applyAsInt(n));
    }

    /// @param status what to answer to a path
    Target(int port, ToIntFunction<String> status) throws IOException {
        this(port, (path, _) -> status.applyAsInt(path));
    }

    private Target(int port, ToIntBiFunction<String, Integer> status) throws IOException {
        server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        webhookIds.add(
                                String.valueOf(
                                        exchange.getRequestHeaders().getFirst("webhook-id")));
                        exchange.sendResponseHeaders(
                                status.applyAsInt(
                                        exchange.getRequestURI().getPath(), webhookIds.size()),
                                -1);
                    }
                });
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url() {
        return "http://127.0.0.1:" + port() + "/";
    }

    /// Of every request so far, in order.
    List<String> webhookIds() {
        return List.copyOf(webhookIds);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
