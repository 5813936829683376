package dev.tocsin.standalone.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The peer: each alert a group of its own, told at once (`group_by: ['...']`, `group_wait: 0s`).
final class Alertmanager {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int A_POST = 500;

    record Burst(int incidents, double seconds, double cpu, long rssMb) {}

    private Alertmanager() {}

    /// @return null where it is not installed
    static @Nullable Burst burst(Path dir, int count, Duration answerAfter) throws Exception {
        var binary =
                Stream.of("/usr/bin/prometheus-alertmanager", "/usr/bin/alertmanager")
                        .map(Path::of)
                        .filter(Files::isExecutable)
                        .findFirst()
                        .orElse(null);
        if (binary == null) {
            return null;
        }
        var here = Files.createDirectories(dir.resolve("alertmanager"));
        int port;
        try (var free = new java.net.ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (var sink = new WebhookSink(Map.of("/am", answerAfter))) {
            var file =
                    Files.writeString(
                            here.resolve("am.yml"),
                            """
                            route: { receiver: sink, group_by: ['...'], group_wait: 0s, group_interval: 5m, repeat_interval: 4h }
                            receivers: [{ name: sink, webhook_configs: [{ url: "%s" }] }]
                            """
                                    .formatted(sink.url("/am")));
            try (var peer =
                    new Measured(
                            List.of(
                                    binary.toString(),
                                    "--config.file=" + file,
                                    "--storage.path=" + here.resolve("data"),
                                    "--cluster.listen-address=",
                                    "--web.listen-address=127.0.0.1:" + port),
                            here,
                            here.resolve("log"))) {
                var http = HttpClient.newHttpClient();
                await(
                        peer,
                        () -> {
                            try {
                                return http.send(
                                                        HttpRequest.newBuilder(
                                                                        uri(port, "/-/ready"))
                                                                .build(),
                                                        BodyHandlers.discarding())
                                                .statusCode()
                                        == 200;
                            } catch (IOException e) {
                                return false; // not listening yet
                            }
                        });
                double cpu = peer.cpuSeconds();
                long started = System.nanoTime();
                for (int i = 0; i < count; i += A_POST) {
                    post(http, port, i, Math.min(count, i + A_POST));
                }
                await(peer, () -> sink.requests() >= count);
                return new Burst(
                        count,
                        (System.nanoTime() - started) / 1e9,
                        peer.cpuSeconds() - cpu,
                        peer.rssMb());
            }
        }
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static void post(HttpClient http, int port, int from, int to) throws Exception {
        var alerts = JSON.createArrayNode();
        for (int i = from; i < to; i++) {
            var alert = alerts.addObject();
            alert.putObject("labels")
                    .put("alertname", "Down")
                    .put("incident", "i" + i)
                    .put("severity", "critical");
            alert.putObject("annotations").put("summary", "2 of 3 voting regions fail");
        }
        var answer =
                http.send(
                        HttpRequest.newBuilder(uri(port, "/api/v2/alerts"))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(alerts)))
                                .build(),
                        BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("Alertmanager: " + answer.statusCode() + " " + answer.body());
        }
    }

    private interface Condition {
        boolean holds() throws InterruptedException;
    }

    private static void await(Measured peer, Condition condition) throws Exception {
        long until = System.nanoTime() + LIMIT.toNanos();
        while (!condition.holds()) {
            peer.requireAlive();
            if (System.nanoTime() > until) {
                throw new IllegalStateException("Alertmanager: not within " + LIMIT);
            }
            Thread.sleep(5); // between looks
        }
    }
}
