package dev.tocsin.it.guarantee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A webhook's receiver on loopback that keeps what it is sent, and misbehaves as it is told to, by one thread. The last part of the path is the sender's
/// name.
public final class Receiver implements AutoCloseable {
    /// How it behaves.
    public enum Mood {
        GOOD,

        /// Takes it at once, and answers in up to three seconds.
        SLOW,

        /// Neither takes it nor answers until that is over; then both, if the sender still waits. Else there is never an answer.
        HANGS,

        /// One in three is answered with 500, 503 or 429.
        ERRS,

        /// Of one in four that it takes the answer is lost.
        LOSES_ANSWERS,

        /// Refuses connections.
        AWAY
    }

    /// The sender gives up after ten seconds.
    private static final Duration WAITED_FOR = Duration.ofSeconds(9);

    private static final Duration GIVEN_UP = Duration.ofSeconds(12);

    private static final Duration SLOW_AT_MOST = Duration.ofSeconds(3);
    private static final int BINDS_AT_MOST = 500;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String target;
    private final Random random;
    private final Duration slowAtMost;
    private final int port;
    private final List<Request> requests = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private @Nullable HttpServer server;
    private Mood mood = Mood.GOOD;

    /// What it does with one request.
    ///
    /// @param status null where no answer comes
    private record Reply(boolean taken, @Nullable Integer status, Duration delay, int retryAfter) {
        static Reply taken(Duration delay) {
            return new Reply(true, 204, delay, 0);
        }
    }

    public Receiver(String target, long seed) throws IOException {
        this(target, seed, SLOW_AT_MOST);
    }

    /// @param slowAtMost how long it takes to answer where it is slow
    public Receiver(String target, long seed, Duration slowAtMost) throws IOException {
        this.target = target;
        random = new Random(seed);
        this.slowAtMost = slowAtMost;
        var first = HttpServer.create(address(0), 0);
        port = first.getAddress().getPort();
        start(first);
    }

    private static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private void start(HttpServer fresh) {
        fresh.setExecutor(threads);
        fresh.createContext("/", this::receive);
        fresh.start();
        server = fresh;
    }

    public String target() {
        return target;
    }

    /// @param sender may be `${NAME}`
    public String url(String sender) {
        return "http://127.0.0.1:" + port + "/" + sender;
    }

    /// Those that came so far, in order.
    public synchronized List<Request> requests() {
        return List.copyOf(requests);
    }

    /// From now on.
    public void be(Mood next) throws IOException, InterruptedException {
        synchronized (this) {
            mood = next;
            notifyAll();
        }
        if (next == Mood.AWAY && server != null) {
            server.stop(1); // what it has taken is answered yet
            server = null;
        } else if (next != Mood.AWAY && server == null) {
            start(bound());
        }
    }

    /// While it was away the port may have been lent to somebody for a moment.
    private HttpServer bound() throws IOException, InterruptedException {
        for (int i = 1; ; i++) {
            try {
                return HttpServer.create(address(port), 0);
            } catch (BindException e) {
                if (i == BINDS_AT_MOST) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = JSON.readTree(exchange.getRequestBody().readAllBytes());
            var reply = taken(exchange, body);
            try {
                Thread.sleep(reply.delay()); // it is slow
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (reply.status() != null) {
                if (reply.retryAfter() > 0) {
                    exchange.getResponseHeaders()
                            .set("Retry-After", Integer.toString(reply.retryAfter()));
                }
                exchange.sendResponseHeaders(reply.status(), -1);
            }
        }
    }

    private synchronized Reply taken(HttpExchange exchange, JsonNode body) {
        var headers = exchange.getRequestHeaders();
        var came = Instant.now();
        boolean waits = hang(came);
        var reply = waits ? reply() : new Reply(false, null, GIVEN_UP.minus(WAITED_FOR), 0);
        var path = exchange.getRequestURI().getPath();
        requests.add(
                new Request(
                        target,
                        path.substring(path.lastIndexOf('/') + 1),
                        String.valueOf(headers.getFirst("webhook-id")),
                        Instant.ofEpochSecond(
                                Long.parseLong(
                                        String.valueOf(headers.getFirst("webhook-timestamp")))),
                        came,
                        body,
                        reply.taken(),
                        reply.taken() && reply.status() != null,
                        Duration.between(came, Instant.now()).plus(reply.delay())));
        return reply;
    }

    /// @return whether the sender still waits
    private synchronized boolean hang(Instant since) {
        while (mood == Mood.HANGS) {
            long left = Duration.between(Instant.now(), since.plus(WAITED_FOR)).toMillis();
            if (left <= 0) {
                return false;
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    private Reply reply() {
        return switch (mood) {
            case GOOD, HANGS -> Reply.taken(Duration.ZERO);
            case SLOW -> Reply.taken(Duration.ofMillis(random.nextLong(slowAtMost.toMillis())));
            case ERRS ->
                    switch (random.nextInt(9)) {
                        case 0 -> new Reply(false, 500, Duration.ZERO, 0);
                        case 1 -> new Reply(false, 503, Duration.ZERO, 1);
                        case 2 -> new Reply(false, 429, Duration.ZERO, 2);
                        default -> Reply.taken(Duration.ZERO);
                    };
            case LOSES_ANSWERS ->
                    random.nextInt(4) == 0
                            ? new Reply(true, null, Duration.ZERO, 0)
                            : Reply.taken(Duration.ZERO);
            case AWAY -> new Reply(false, null, Duration.ZERO, 0);
        };
    }

    @Override
    public void close() {
        synchronized (this) {
            mood = Mood.GOOD;
            notifyAll();
        }
        if (server != null) {
            server.stop(0);
            server = null;
        }
        threads.shutdownNow();
    }
}
