package dev.tocsin.incident;

import static dev.tocsin.incident.stream.Plain.bytes;
import static dev.tocsin.incident.stream.Plain.decoder;

import dev.tocsin.incident.stream.Counters;
import dev.tocsin.incident.stream.Plain;
import dev.tocsin.incident.stream.Ticks;
import dev.tocsin.incident.wire.Frames;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;

/// The whole topology without a broker: seconds since the start in, events out.
abstract class TopologyRig {
    static {
        TrustedRecords.trust();
    }

    static final Instant START = Instant.parse("2026-11-24T00:00:00Z");
    static final Ticks NO_TICKS =
            new Ticks() {
                @Override
                public void started(int partition) {}

                @Override
                public void stopped(int partition) {}

                @Override
                public boolean own(Headers headers) {
                    return headers.lastHeader("by") == null;
                }
            };

    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final Health health = new Health();
    final TopologyTestDriver driver =
            new TopologyTestDriver(
                    IncidentTopology.build(
                            "", _ -> "", Plain.formats(), NO_TICKS, new Counters(metrics, health)),
                    new Properties(),
                    START);
    final TestInputTopic<String, byte[]> checks = input("checks");
    final TestInputTopic<String, byte[]> results = input("check-results");
    final TestOutputTopic<String, byte[]> incidents = output("incidents");
    long sequence;

    TestInputTopic<String, byte[]> input(String topic) {
        return driver.createInputTopic(topic, new StringSerializer(), new ByteArraySerializer());
    }

    TestOutputTopic<String, byte[]> output(String topic) {
        return driver.createOutputTopic(
                topic, new StringDeserializer(), new ByteArrayDeserializer());
    }

    void define() {
        define("shop");
    }

    void define(String id) {
        define(check(id).build());
    }

    /// Another host each, so that they are not related.
    static CheckDefinition.Builder check(String id) {
        return CheckDefinition.newBuilder()
                .setCheckId(id)
                .setConfigVersion("v1")
                .setName("Shop")
                .setService("shop")
                .setUrl("http://" + id + "/")
                .setProbe("http")
                .setIntervalMs(10_000)
                .setTimeoutMs(1000)
                .setRegions(List.of("us", "eu"))
                .setIncident(IncidentPolicy.newBuilder().setFailureThreshold(1).build());
    }

    void define(CheckDefinition check) {
        checks.pipeInput(check.getCheckId(), bytes(check::toByteBuffer), START);
    }

    void result(int second, String region, Outcome outcome) {
        result("shop", second, region, outcome);
    }

    void result(String check, int second, String region, Outcome outcome) {
        results.pipeInput(
                check,
                frame(resultOf(check, second, region, outcome).build()),
                START.plusSeconds(second));
    }

    CheckResult.Builder resultOf(String check, int second, String region, Outcome outcome) {
        return CheckResult.newBuilder()
                .setCheckId(check)
                .setConfigVersion("v1")
                .setRegion(region)
                .setAgentId(region)
                .setBootEpoch(1)
                .setSequence(sequence++)
                .setScheduledAt(START.plusSeconds(second))
                .setStartedAt(START.plusSeconds(second))
                .setDurationUs(1)
                .setOutcome(outcome);
    }

    static byte[] frame(CheckResult result) {
        return Frames.framed(result);
    }

    /// Results in a bucket of those that they are counted into.
    double counted(String bucket) {
        return metrics.counter("tocsin_streams_results_total", "bucket", bucket).count();
    }

    void tick(int second) {
        var headers =
                new RecordHeaders()
                        .add(Topics.KIND_HEADER, Topics.TICK.getBytes(StandardCharsets.UTF_8));
        results.pipeInput(new TestRecord<>(null, null, headers, START.plusSeconds(second)));
    }

    List<IncidentEvent> events() {
        return incidents.readValuesToList().stream()
                .map(bytes -> decoder(IncidentEvent.getDecoder()).deserialize("incidents", bytes))
                .toList();
    }

    List<String> told() {
        return events().stream().map(event -> event.getType().name()).toList();
    }

    /// Causes of what was set aside.
    List<String> deadLetters(String topic) {
        return output(topic + "-dlq").readRecordsToList().stream()
                .map(letter ->
                        new String(
                                letter.headers().lastHeader("tocsin.dlq.cause").value(),
                                StandardCharsets.UTF_8))
                .toList();
    }

    @AfterEach
    void close() {
        driver.close();
    }

    /// Maintenance of a check is announced, from the start on.
    final void maintain(String check, int untilSecond) {
        var window =
                MaintenanceWindow.newBuilder()
                        .setWindowId("upgrade")
                        .setTitle("Upgrade")
                        .setChecks(List.of(check))
                        .setStartsAt(START)
                        .setEndsAt(START.plusSeconds(untilSecond))
                        .build();
        input("maintenance").pipeInput("upgrade", bytes(window::toByteBuffer), START);
    }
}
