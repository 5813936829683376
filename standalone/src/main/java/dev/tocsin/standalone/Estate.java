package dev.tocsin.standalone;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/// The demo's services, on loopback: each region reaches each service at an address of its own (127.0.1.1, 127.0.2.1 ...),
/// as with a name server that answers by region, so that a service can fail in one region alone. Two speak HTTP, `calls` TCP.
public final class Estate implements AutoCloseable {
    public static final List<String> REGIONS = List.of("us-east", "eu-west", "ap-south");

    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Map<String, HttpServer> https = new ConcurrentHashMap<>();
    private final Map<String, ServerSocket> sockets = new ConcurrentHashMap<>();
    private final Set<String> broken = ConcurrentHashMap.newKeySet();

    public Estate() throws IOException {
        ports.put("app-store", freePort());
        ports.put("messaging", freePort());
        ports.put("calls", freePort());
        for (var region : REGIONS) {
            http("app-store", region);
            http("messaging", region);
            listen("calls", region);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String address(String region) {
        return "127.0." + (REGIONS.indexOf(region) + 1) + ".1";
    }

    /// What a region's agent resolves the services' names to.
    public Map<String, String> hosts(String region) {
        var hosts = new LinkedHashMap<String, String>();
        ports.keySet().forEach(service -> hosts.put(service + ".demo", address(region)));
        return hosts;
    }

    /// The services as a user would write them.
    public String checks() {
        var yaml =
                new StringBuilder(
                        """
                        defaults:
                          interval: 2s
                          timeout: 1s
                          regions: [%s]
                          incident: { failure-threshold: 3, success-threshold: 2, partial-for: 5s, recover-for: 6s, reopen-within: 1s }
                        checks:
                        """
                                .formatted(String.join(", ", REGIONS)));
        ports.forEach((service, port) ->
                yaml.append(
                        """
                          - id: %s
                            name: %s
                            url: %s://%s.demo:%d%s
                        """
                                .formatted(
                                        service,
                                        service.replace('-', ' '),
                                        service.equals("calls") ? "tcp" : "http",
                                        service,
                                        port,
                                        service.equals("calls")
                                                ? ""
                                                : "/\n    conditions: [\"[STATUS] == 200\", \"[BODY].status == UP\"]")));
        return yaml.toString();
    }

    private void http(String service, String region) throws IOException {
        var server =
                HttpServer.create(
                        new InetSocketAddress(
                                InetAddress.getByName(address(region)), port(service)),
                        0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        boolean fails = broken.contains(service + "@" + region);
                        var body =
                                ("{\"status\":\"" + (fails ? "DOWN" : "UP") + "\"}")
                                        .getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(fails ? 503 : 200, body.length);
                        exchange.getResponseBody().write(body);
                    }
                });
        server.start();
        https.put(service + "@" + region, server);
    }

    private int port(String service) {
        return java.util.Objects.requireNonNull(ports.get(service));
    }

    private void listen(String service, String region) throws IOException {
        var listening = new ServerSocket(port(service), 50, InetAddress.getByName(address(region)));
        sockets.put(service + "@" + region, listening);
        var _ =
                Thread.ofVirtual()
                        .name("estate-" + service)
                        .start(() -> {
                            while (!listening.isClosed()) {
                                try (var accepted = listening.accept()) {
                                    accepted.getOutputStream().write('\n');
                                } catch (IOException e) {
                                    if (!listening.isClosed()) {
                                        continue; // a client that broke off; the next may not
                                    }
                                    return;
                                }
                            }
                        });
    }

    /// Lets a service fail in these regions: HTTP answers 503, TCP refuses.
    public void fail(String service, List<String> regions) throws IOException {
        for (var region : regions) {
            var at = service + "@" + region;
            broken.add(at);
            var socket = sockets.remove(at);
            if (socket != null) {
                socket.close();
            }
        }
    }

    public void heal(String service) throws IOException {
        for (var region : REGIONS) {
            var at = service + "@" + region;
            if (broken.remove(at) && !https.containsKey(at)) {
                listen(service, region);
            }
        }
    }

    @Override
    public void close() throws IOException {
        https.values().forEach(server -> server.stop(0));
        for (var socket : sockets.values()) {
            socket.close();
        }
    }
}
