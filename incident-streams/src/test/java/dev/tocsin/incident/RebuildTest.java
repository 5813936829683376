package dev.tocsin.incident;

import static dev.tocsin.incident.stream.Plain.bytes;
import static dev.tocsin.incident.stream.Plain.decoder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.stream.Counters;
import dev.tocsin.incident.stream.Plain;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/// Nothing is kept, and the log is read from its start: definitions and what was told among partitions first, as they are read, then results and ticks.
class RebuildTest extends TopologyRig {
    private final List<TestRecord<String, byte[]>> log = new ArrayList<>();
    private final List<CheckDefinition> definitions = new ArrayList<>();

    private void both(String check, int second, Outcome outcome) {
        for (var region : List.of("us", "eu")) {
            var result = resultOf(check, second, region, outcome).build();
            feed(new TestRecord<>(check, frame(result), START.plusSeconds(second)));
        }
    }

    private void second(int second) {
        var headers =
                new RecordHeaders()
                        .add(Topics.KIND_HEADER, Topics.TICK.getBytes(StandardCharsets.UTF_8));
        feed(new TestRecord<>(null, null, headers, START.plusSeconds(second)));
    }

    private void feed(TestRecord<String, byte[]> record) {
        log.add(record);
        results.pipeInput(record);
    }

    private void defined(String id) {
        var definition = check(id).build();
        definitions.add(definition);
        define(definition);
    }

    /// What a rebuild tells of the same log.
    private List<IncidentEvent> rebuilt() {
        var signals = output("signals").readRecordsToList();
        try (var again =
                new TopologyTestDriver(
                        IncidentTopology.build(
                                "",
                                _ -> "",
                                Plain.formats(),
                                NO_TICKS,
                                new Counters(new SimpleMeterRegistry(), new Health())),
                        new Properties(),
                        START)) {
            var checks =
                    again.createInputTopic(
                            "checks", new StringSerializer(), new ByteArraySerializer());
            var told =
                    again.createInputTopic(
                            "signals", new StringSerializer(), new ByteArraySerializer());
            var once =
                    again.createInputTopic(
                            "check-results", new StringSerializer(), new ByteArraySerializer());
            definitions.forEach(
                    it -> checks.pipeInput(it.getCheckId(), bytes(it::toByteBuffer), START));
            signals.forEach(signal ->
                    told.pipeInput(
                            new TestRecord<>(
                                    signal.key(),
                                    signal.value(),
                                    signal.headers(),
                                    Instant.ofEpochMilli(signal.timestamp()).plusMillis(200))));
            log.forEach(once::pipeInput);
            return again
                    .createOutputTopic(
                            "incidents", new StringDeserializer(), new ByteArrayDeserializer())
                    .readValuesToList()
                    .stream()
                    .map(it -> decoder(IncidentEvent.getDecoder()).deserialize("incidents", it))
                    .toList();
        }
    }

    /// All that is told of whom, in its order, but for the moment in which an answer was read.
    private static Set<String> told(List<IncidentEvent> events) {
        var told = new LinkedHashSet<String>();
        events.forEach(it ->
                told.add(
                        String.join(
                                " ",
                                it.getEventId(),
                                it.getKey(),
                                it.getIncidentId(),
                                Long.toString(it.getSeq()),
                                it.getType().name(),
                                it.getReason())));
        return told;
    }

    @Test
    void fromTheSameLogTheSameIsToldUnderTheSameIdsAndNothingNew() {
        List.of("a", "b", "c", "d", "e").forEach(this::defined);
        for (int second = 0; second < 300; second++) {
            if (second % 10 == 0) {
                both("a", second, second == 20 ? Outcome.FAIL : Outcome.PASS);
                boolean together = second >= 80 && second < 110;
                both("b", second, together ? Outcome.FAIL : Outcome.PASS);
                both("c", second + 3, together ? Outcome.FAIL : Outcome.PASS);
                both("e", second + 4, second == 100 ? Outcome.FAIL : Outcome.PASS);
                both("d", second + 5, second >= 200 ? Outcome.FAIL : Outcome.PASS);
            }
            second(second);
        }
        var live = events();
        assertThat(live)
                .extracting(IncidentEvent::getType)
                .contains(IncidentEventType.OPENED, IncidentEventType.CLOSED);
        assertThat(live).extracting(IncidentEvent::getKey).contains("outage:all", "d");
        assertThat(told(rebuilt())).containsExactlyInAnyOrderElementsOf(told(live));
    }
}
