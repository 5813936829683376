package dev.tocsin.it;

import static org.awaitility.Awaitility.await;

import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.standalone.embedded.EmbeddedRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;

/// Three Kafka nodes of one cluster, each broker and controller in a process of its own, and a registry beside them, as a platform team has them: three replicas
/// of everything, of which two must have a record. What they print is in `target/processes`.
final class ThreeBrokers implements AutoCloseable {
    static final int COUNT = 3;

    private static final Duration LIMIT = Duration.ofMinutes(3);

    /// Below those that the kernel lends, so that they are still free when a node comes back; each cluster of a JVM has its own.
    private static final AtomicInteger NEXT_PORT = new AtomicInteger(19300);

    private static final int PORTS = 30;
    private static final int CONTROLLERS = 10;
    private static final int REGISTRY = 20;
    private static final String STARTED = "Kafka Server started";

    private final int port = NEXT_PORT.getAndAdd(PORTS);
    private final Lifecycle lifecycle = new Lifecycle();
    private final List<Node> nodes = new ArrayList<>();
    private final EmbeddedRegistry registry;
    private final Admin admin;

    /// One node, numbered from 1 on.
    private static final class Node {
        private final Path properties;
        private final Path log;
        private Process process;
        private long logBefore;

        Node(int number, int port, String cluster, Path dir) throws Exception {
            var data = dir.resolve("kafka-" + number);
            properties = dir.resolve("kafka-" + number + ".properties");
            try (var out = Files.newBufferedWriter(properties)) {
                ThreeBrokers.properties(number, port, data).store(out, null);
            }
            new Formatter()
                    .setPrintStream(
                            new PrintStream(
                                    OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setNodeId(number)
                    .setClusterId(cluster)
                    .setControllerListenerName("CONTROLLER")
                    .setMetadataLogDirectory(data.toString())
                    .addDirectory(data.toString())
                    .run();
            log =
                    Files.createDirectories(Path.of("target", "processes"))
                            .resolve("kafka-" + (port + number) + ".log");
            Files.deleteIfExists(log); // of an earlier run
            process = start();
            // A child outlives its parent: also when nobody gets to close this.
            Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroyForcibly()));
        }

        private Process start() throws IOException {
            logBefore = Files.exists(log) ? Files.size(log) : 0;
            return new ProcessBuilder(
                            ProcessHandle.current().info().command().orElse("java"),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-Xmx320m",
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                            "-cp",
                            Path.of(System.getProperty("tocsin.home"), "standalone", "target")
                                    + "/lib/*",
                            "kafka.Kafka",
                            properties.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toAbsolutePath().toFile()))
                    .start();
        }

        void restart() throws IOException {
            process = start();
        }

        boolean started() throws IOException {
            var all = Files.readAllBytes(log);
            int from = (int) logBefore;
            return process.isAlive()
                    && new String(all, from, all.length - from, StandardCharsets.UTF_8)
                            .contains(STARTED);
        }

        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }

        void stop() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                kill(); // without the others it cannot hand over what it leads
            }
        }
    }

    /// Starts all, and returns when they are one whole.
    ///
    /// @param dir for their data
    ThreeBrokers(Path dir) throws Exception {
        try {
            registry =
                    lifecycle.closing(
                            "registry",
                            new EmbeddedRegistry(dir.resolve("registry"), port + REGISTRY));
            var cluster = Uuid.randomUuid().toString();
            for (int number = 1; number <= COUNT; number++) {
                var node = new Node(number, port, cluster, dir);
                nodes.add(node);
                // Of a cluster that ends as a whole nothing has to be handed over.
                lifecycle.onClose("kafka-" + number, node::kill);
            }
            admin =
                    lifecycle.closing(
                            "admin",
                            Admin.create(
                                    Map.of(
                                            "bootstrap.servers", bootstrapServers(),
                                            "default.api.timeout.ms", "5000",
                                            "request.timeout.ms", "4000")));
            registry.await();
            awaitWhole();
        } catch (Exception e) {
            lifecycle.close();
            throw e;
        }
    }

    private static Properties properties(int number, int port, Path data) {
        var p = new Properties();
        p.put("process.roles", "broker,controller");
        p.put("node.id", Integer.toString(number));
        p.put("controller.listener.names", "CONTROLLER");
        p.put(
                "listeners",
                "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                        .formatted(port + number, port + CONTROLLERS + number));
        p.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + (port + number));
        p.put(
                "controller.quorum.voters",
                IntStream.rangeClosed(1, COUNT)
                        .mapToObj(i -> "%d@127.0.0.1:%d".formatted(i, port + CONTROLLERS + i))
                        .collect(Collectors.joining(",")));
        p.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.put("log.dir", data.toString());
        p.put("default.replication.factor", "3");
        p.put("min.insync.replicas", "2");
        p.put("offsets.topic.num.partitions", "3");
        p.put("transaction.state.log.num.partitions", "3");
        p.put("group.initial.rebalance.delay.ms", "0");
        p.put("auto.create.topics.enable", "false");
        p.put("log.cleaner.dedupe.buffer.size", "2097152"); // the default would take 128 MB of heap
        return p;
    }

    private String bootstrapServers() {
        return IntStream.rangeClosed(1, COUNT)
                .mapToObj(i -> "127.0.0.1:" + (port + i))
                .collect(Collectors.joining(","));
    }

    KafkaSettings settings(String prefix) {
        return new KafkaSettings(
                Map.of(
                        "bootstrap.servers", bootstrapServers(),
                        "schema.registry.url", registry.url(),
                        "topic.prefix", prefix));
    }

    /// SIGTERM, and waits for its end.
    ///
    /// @param number from 1 on
    void stop(int number) throws InterruptedException {
        nodes.get(number - 1).stop();
    }

    /// SIGKILL.
    void kill(int number) throws InterruptedException {
        nodes.get(number - 1).kill();
    }

    void restart(int number) throws IOException {
        nodes.get(number - 1).restart();
    }

    /// Until all have started, and every replica is in sync: then the next may be stopped.
    void awaitWhole() {
        await("three brokers in sync").atMost(LIMIT).until(this::whole);
    }

    private boolean whole() throws IOException, InterruptedException {
        for (var node : nodes) {
            if (!node.started()) {
                return false;
            }
        }
        try {
            var names = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
            return admin.describeCluster().nodes().get().size() == COUNT
                    && admin.describeTopics(names).allTopicNames().get().values().stream()
                            .flatMap(topic -> topic.partitions().stream())
                            .allMatch(partition -> partition.isr().size() == COUNT);
        } catch (ExecutionException e) {
            return false; // not yet
        }
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
