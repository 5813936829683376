package dev.tocsin.incident.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.schemas.serde.RegistryLease;
import dev.tocsin.schemas.serde.SchemaRegistry;
import dev.tocsin.schemas.serde.Warming;
import dev.tocsin.service.KafkaSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a start with records in every topic asks of the registry.
class RegistryCallsTest {
    private static final int LANES = 12;
    private static final ObjectMapper JSON = new ObjectMapper();

    /// What a start looks at, with what reads and writes it here.
    private static final List<Topic<?>> ALL =
            List.of(
                    Topics.CHECKS,
                    Topics.MAINTENANCE,
                    Topics.AGENTS,
                    Topics.USER_REPORTS,
                    Topics.SIGNALS,
                    Topics.INCIDENT_COMMANDS,
                    Topics.CHECK_RESULTS,
                    Topics.INCIDENTS,
                    Topics.INCIDENT_STATE);

    /// An id is one more than a schema's place.
    private final List<Schema> schemas =
            ALL.stream()
                    .map(topic -> SpecificData.get().getSchema(topic.type()))
                    .distinct()
                    .toList();

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        var path = exchange.getRequestURI().getPath();
                        requests.add(exchange.getRequestMethod() + " " + path);
                        var bytes = answer(path).getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(200, bytes.length);
                        exchange.getResponseBody().write(bytes);
                    }
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String answer(String path) {
        var last = path.substring(path.lastIndexOf('/') + 1);
        if (path.startsWith("/schemas/ids/")) {
            var schema = schemas.get(Integer.parseInt(last) - 1);
            return JSON.createObjectNode().put("schema", schema.toString()).toString();
        }
        var topic = ALL.stream().filter(it -> last.equals(it.name() + "-value")).findFirst();
        return JSON.createObjectNode().put("id", id(topic.orElseThrow())).toString();
    }

    private int id(Topic<?> topic) {
        return schemas.indexOf(SpecificData.get().getSchema(topic.type())) + 1;
    }

    @Test
    void aStartAsksForEachIdOnceHoweverManyTasksReadIt() {
        var settings =
                new KafkaSettings(
                        Map.of(
                                "schema.registry.url",
                                "http://127.0.0.1:" + server.getAddress().getPort()));
        var written = write(settings);
        requests.clear();
        try (var registry = new SchemaRegistry(settings.properties())) {
            var kafka = settings.carrying(RegistryLease.CARRIED, registry);
            begin(registry, Formats.avro(registry, kafka.serdes()), written);
        }
        assertThat(requests).doesNotHaveDuplicates().hasSize(schemas.size() + 3);
    }

    /// A record of each topic.
    private static Map<Topic<?>, byte[]> write(KafkaSettings kafka) {
        var written = new HashMap<Topic<?>, byte[]>();
        try (var serializer = AvroSerdes.serializer(kafka.serdes())) {
            for (var topic : ALL) {
                Serializer<SpecificRecord> keeping =
                        (name, value) -> {
                            var bytes = serializer.serialize(name, value);
                            written.put(topic, bytes);
                            return bytes;
                        };
                Warming.id(keeping, topic, "");
            }
        }
        return written;
    }

    /// As [dev.tocsin.incident.IncidentStreams] does: it compares what is in the topics, asks for what it may write, and each task reads.
    private void begin(SchemaRegistry registry, Formats formats, Map<Topic<?>, byte[]> written) {
        ALL.forEach(topic -> registry.schema(id(topic)));
        Warming.id(formats.eventWriter(), Topics.INCIDENTS, "");
        Warming.id(formats.eventWriter(), Topics.INCIDENT_STATE, "");
        Warming.id(formats.signalWriter(), Topics.SIGNALS, "");
        for (int lane = 0; lane < LANES; lane++) {
            read(formats.definitions(), Topics.CHECKS, written);
            read(formats.windows(), Topics.MAINTENANCE, written);
            read(formats.agents(), Topics.AGENTS, written);
            read(formats.reports(), Topics.USER_REPORTS, written);
            read(formats.signals(), Topics.SIGNALS, written);
            read(formats.commands(), Topics.INCIDENT_COMMANDS, written);
            assertThat(formats.schemas().apply(id(Topics.CHECK_RESULTS))).isNotNull();
        }
    }

    private static void read(
            Supplier<? extends Deserializer<?>> values,
            Topic<?> topic,
            Map<Topic<?>, byte[]> written) {
        assertThat(values.get().deserialize(topic.name(), written.get(topic))).isNotNull();
    }
}
