package dev.tocsin.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Servers that strangers may ask: connections, the size of a request's header and the time that it may take are bounded, or 500 connections with an unfinished
/// header each take the heap. The JDK's server takes these bounds from system properties, once for the process; the user's own go before.
public final class HttpServers {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServers.class);

    private static final Map<String, String> BOUNDS =
            Map.of(
                    "jdk.httpserver.maxConnections", "1024",
                    "sun.net.httpserver.maxReqHeaderSize", "16384",
                    "sun.net.httpserver.maxReqTime", "10", // s, to the end of its body
                    "sun.net.httpserver.maxRspTime", "30"); // s

    private static final int PIECE = 16_384;

    static {
        BOUNDS.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }

    /// Answers one request; whoever calls it closes the exchange.
    public interface Handler {
        void answer(HttpExchange exchange) throws IOException;
    }

    /// Hears of each request. Called by many threads.
    public interface Observer {
        void begins();

        /// @param status that it was answered with, -1 where no answer was begun
        void ends(int status);
    }

    private static final Observer NOBODY =
            new Observer() {
                @Override
                public void begins() {}

                @Override
                public void ends(int status) {}
            };

    private HttpServers() {}

    /// For what a configuration gives as a port.
    ///
    /// @param port null where it gives none
    /// @throws IllegalArgumentException when there is none of that number
    public static void requirePort(@Nullable Integer port) {
        if (port != null && (port < 0 || port > 65_535)) {
            throw new IllegalArgumentException("port: must be from 0 to 65535, 0 for a free one");
        }
    }

    /// The server's own threads: who takes connections, and who ends those that take too long. An Error ends them without a word, and who asks then waits
    /// for ever.
    private static final class Own extends ThreadGroup {
        private final String what;
        private final Health health;

        Own(String what, Health health) {
            super(what + "-server");
            this.what = what;
            this.health = health;
        }

        @Override
        public void uncaughtException(Thread thread, Throwable why) {
            health.gaveUp(getName(), "the server answers no more: " + why);
            LOG.atError()
                    .addKeyValue("server", what)
                    .addKeyValue("thread", thread.getName())
                    .setCause(why)
                    .log("the server answers no more");
        }
    }

    /// Started, with a thread for each request. What the handler throws is answered with 500, and the log says it. Without the threads that it needs the
    /// process is to end.
    ///
    /// @param address where to listen; port 0 takes a free one
    /// @param what it is, for people
    /// @throws ConfigException when the address is taken, or there is no such host
    public static HttpServer start(
            InetSocketAddress address, String what, Health health, Handler handler) {
        return start(address, what, health, handler, NOBODY);
    }

    /// As [#start(InetSocketAddress,String,Health,Handler)].
    public static HttpServer start(
            InetSocketAddress address,
            String what,
            Health health,
            Handler handler,
            Observer observer) {
        if (address.isUnresolved()) {
            throw new ConfigException(what + " host " + address.getHostString() + ": no such host");
        }
        // The JDK's server makes its threads in the group of whoever makes and starts it.
        var started = new FutureTask<>(() -> listen(address, what, handler, observer));
        new Thread(new Own(what, health), started, what + "-server-start").start();
        try {
            return started.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException why) {
                throw why;
            }
            throw new IllegalStateException("start of the " + what + " server", e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static HttpServer listen(
            InetSocketAddress address, String what, Handler handler, Observer observer) {
        try {
            var server = HttpServer.create(address, 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext(
                    "/",
                    exchange -> {
                        observer.begins();
                        try {
                            answer(exchange, what, handler);
                        } finally {
                            observer.ends(exchange.getResponseCode());
                        }
                    });
            server.start();
            return server;
        } catch (IOException e) {
            throw new ConfigException(what + " address " + address + ": " + e.getMessage());
        }
    }

    private static void answer(HttpExchange exchange, String what, Handler handler)
            throws IOException {
        try (exchange) {
            var method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                exchange.sendResponseHeaders(405, -1);
                return;
            }
            try {
                handler.answer(exchange);
            } catch (RuntimeException | Error e) {
                LOG.atError().addKeyValue("server", what).setCause(e).log("bug: no answer");
                if (exchange.getResponseCode() == -1) {
                    exchange.sendResponseHeaders(500, -1);
                }
            }
        }
    }

    /// To HEAD without its body. Whoever reads slowly holds a piece of it, and no copy: the JDK's server makes one of twice the size of what it is given at once.
    ///
    /// @param body may be that of many answers
    public static void respond(HttpExchange exchange, int status, String type, byte[] body)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length);
        for (int at = 0; at < body.length; at += PIECE) {
            exchange.getResponseBody().write(body, at, Math.min(PIECE, body.length - at));
        }
    }
}
