package dev.tocsin.it;

import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import dev.tocsin.standalone.embedded.Cluster;
import dev.tocsin.standalone.embedded.Ports;
import dev.tocsin.standalone.topic.Bootstrap;
import dev.tocsin.standalone.topic.TopicWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Exit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// One embedded broker and registry for all tests of the JVM, or three brokers as processes for those that are [OnThreeBrokers]; each test that asks for
/// [KafkaSettings] gets topics of its own, by prefix.
final class SharedCluster implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(SharedCluster.class);
    private static final int LANES = 2;

    static {
        // A broker with a fatal fault ends its process, and with it every test and what they print.
        Exit.setHaltProcedure((code, why) -> ends("halt", code, why));
        Exit.setExitProcedure((code, why) -> ends("exit", code, why));
    }

    private static void ends(String how, int code, @Nullable String why) {
        var stack = new StringWriter();
        new IllegalStateException("Kafka: " + how + " " + code + ": " + why)
                .printStackTrace(new PrintWriter(stack));
        try {
            Files.writeString(Path.of("target", "ended-by-kafka.txt"), stack.toString());
        } catch (IOException e) {
            stack.append(e.toString());
        }
        System.err.println(stack);
        Runtime.getRuntime().halt(code);
    }

    private record Running(KafkaSettings settings, AutoCloseable cluster, Path dir)
            implements AutoCloseable {
        static Running start() {
            try {
                var dir = Files.createTempDirectory("tocsin-it");
                var cluster = new Cluster(dir, Ports.from(19092));
                return new Running(cluster.settings(), cluster, dir);
            } catch (Exception e) {
                throw new IllegalStateException("the cluster did not start", e);
            }
        }

        static Running three() {
            try {
                var dir = Files.createTempDirectory("tocsin-it");
                var brokers = new ThreeBrokers(dir);
                return new Running(brokers.settings(""), brokers, dir);
            } catch (Exception e) {
                throw new IllegalStateException("the cluster did not start", e);
            }
        }

        @Override
        public void close() throws Exception {
            cluster.close();
            try (var files = Files.walk(dir)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == KafkaSettings.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        var store = test.getRoot().getStore(NAMESPACE);
        var running =
                test.getRequiredTestClass().isAnnotationPresent(OnThreeBrokers.class)
                        ? store.computeIfAbsent("three", _ -> Running.three(), Running.class)
                        : store.computeIfAbsent("one", _ -> Running.start(), Running.class);
        var kafka =
                running.settings()
                        .with("topic.prefix", test.getRequiredTestMethod().getName() + ".");
        try {
            Bootstrap.run(kafka, LANES);
        } catch (Exception e) {
            throw new IllegalStateException("no topics for " + test.getDisplayName(), e);
        }
        return kafka;
    }

    /// The `kafka:` of a configuration by which commands and processes find it.
    static String section(KafkaSettings kafka) {
        return kafka.properties().entrySet().stream()
                .map(entry -> "  %s: \"%s\"\n".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining("", "kafka:\n", ""));
    }

    /// A configuration for commands.
    ///
    /// @param more of its sections
    static String file(Path dir, KafkaSettings kafka, String more) throws IOException {
        return Files.writeString(dir.resolve("tocsin.yaml"), section(kafka) + more).toString();
    }

    /// The committed values that are in a topic now.
    static List<byte[]> values(KafkaSettings kafka, String topic) {
        var values = new ArrayList<byte[]>();
        TopicReader.readAll(
                kafka,
                List.of(kafka.topicPrefix() + topic),
                record -> {
                    if (record.value() != null) {
                        values.add(record.value());
                    }
                });
        return values;
    }

    /// How many committed records are in a topic now.
    static int count(KafkaSettings kafka, String topic) {
        var count = new AtomicInteger();
        TopicReader.readAll(
                kafka, List.of(kafka.topicPrefix() + topic), _ -> count.incrementAndGet());
        return count.get();
    }

    /// Writes one record, and returns when the broker has it.
    static void write(KafkaSettings kafka, String topic, String key, byte @Nullable [] value)
            throws Exception {
        try (var producer = TopicWriter.producer(kafka, Map.of())) {
            producer.send(new ProducerRecord<>(kafka.topicPrefix() + topic, key, value)).get();
        }
    }

    static void write(KafkaSettings kafka, String topic, String key, SpecificRecord value)
            throws Exception {
        try (var avro = AvroSerdes.<SpecificRecord>serializer(kafka.properties())) {
            write(kafka, topic, key, avro.serialize(kafka.topicPrefix() + topic, value));
        }
    }
}
