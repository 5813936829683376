package dev.tocsin.standalone.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/// Webhook receivers on loopback, one for each path: they answer after a while, and remember when they first heard of an incident. A dead one takes what it
/// is sent, and never answers.
final class WebhookSink implements AutoCloseable {
    private static final Pattern INCIDENT =
            Pattern.compile("\"incident(?:_id)?\" ?: ?\"([^\"]+)\"");

    private final HttpServer server;
    private final Map<String, Duration> answerAfter;
    private final Map<String, Long> heardNanos = new ConcurrentHashMap<>();
    private final AtomicInteger requests = new AtomicInteger();

    /// @param answerAfter path to how long it takes; of those that are not in it, at once. A negative one never answers
    WebhookSink(Map<String, Duration> answerAfter) throws IOException {
        this.answerAfter = answerAfter;
        server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                exchange -> {
                    var body =
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8);
                    requests.incrementAndGet();
                    var after =
                            this.answerAfter.getOrDefault(
                                    exchange.getRequestURI().getPath(), Duration.ZERO);
                    if (after.isNegative()) {
                        return; // the exchange stays open
                    }
                    var incidents = INCIDENT.matcher(body);
                    if (incidents.find()) {
                        heardNanos.putIfAbsent(incidents.group(1), System.nanoTime());
                    }
                    try (exchange) {
                        Thread.sleep(after);
                        exchange.sendResponseHeaders(204, -1);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        server.start();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    int requests() {
        return requests.get();
    }

    boolean heard(String incident) {
        return heardNanos.containsKey(incident);
    }

    int heard() {
        return heardNanos.size();
    }

    /// In ms, sorted: how long after that those incidents were heard of that were.
    List<Long> delaysMs(List<String> incidents, long sinceNanos) {
        var all = new ArrayList<Long>();
        for (var incident : incidents) {
            var at = heardNanos.get(incident);
            if (at != null) {
                all.add((at - sinceNanos) / 1_000_000);
            }
        }
        all.sort(Long::compare);
        return all;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
