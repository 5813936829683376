package dev.tocsin.standalone.embedded;

import dev.tocsin.service.ConfigException;
import dev.tocsin.service.KafkaSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;

/// Where the embedded parts listen: the defaults of DESIGN section 9, or a row from a base on. Kafka and the registry take
/// the port after theirs, too.
public record Ports(int kafka, int registry, int admin, int page) {
    public static final Ports DEFAULT = new Ports(9092, 8081, 9100, 8080);

    /// What a row may begin with: ports below are root's, and the row must fit.
    public static final int LEAST_BASE = 1024;

    public static final int MOST_BASE = 65_535 - 5;

    /// @param base from [#LEAST_BASE] to [#MOST_BASE]
    public static Ports from(int base) {
        return new Ports(base, base + 2, base + 4, base + 5);
    }

    /// How clients reach what listens there.
    public KafkaSettings settings() {
        return new KafkaSettings(
                Map.of(
                        "bootstrap.servers",
                        "127.0.0.1:" + kafka,
                        "schema.registry.url",
                        "http://127.0.0.1:" + registry + "/apis/ccompat/v7"));
    }

    /// Before anything is started: a broker that finds its port taken says so in a page of stack trace.
    ///
    /// @throws ConfigException naming the port and the way out
    public Ports requireFree() {
        Map<Integer, String> users = new LinkedHashMap<>();
        users.put(kafka, "Kafka");
        users.put(kafka + 1, "Kafka's controller");
        users.put(registry, "the schema registry");
        users.put(registry + 1, "the schema registry's health");
        users.put(page, "the status page");
        users.forEach((port, user) -> {
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                socket.getLocalPort();
            } catch (IOException e) {
                throw new ConfigException(
                        "port "
                                + port
                                + ", for "
                                + user
                                + ", is taken: end what listens there, or choose others with --port-base");
            }
        });
        return this;
    }
}
