package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.UserReport;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.topic.SetAside;
import dev.tocsin.standalone.topic.TopicWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What was set aside for a reason that is no more, as a registry that refused a password, is put back once and in its order; what is bad stays.
@ExtendWith(SharedCluster.class)
class DeadLettersIT {
    @TempDir Path dir = Path.of(".");
    private final List<ProducerRecord<String, byte[]>> letters = new ArrayList<>();

    private void setAside(KafkaSettings kafka, String cause, byte[] value, String... more) {
        var headers =
                new RecordHeaders()
                        .add("tocsin.dlq.cause", cause.getBytes(StandardCharsets.UTF_8))
                        .add("traceparent", "t".getBytes(StandardCharsets.UTF_8));
        for (var name : more) {
            headers.add(name, "x".getBytes(StandardCharsets.UTF_8));
        }
        letters.add(
                new ProducerRecord<>(
                        Topics.USER_REPORTS.deadLetters(kafka.topicPrefix()),
                        null,
                        "shop",
                        value,
                        headers));
    }

    private void send(KafkaSettings kafka) throws Exception {
        try (var producer = TopicWriter.producer(kafka, Map.of())) {
            for (var letter : letters) {
                producer.send(letter).get();
            }
        }
    }

    @Test
    void whatCanBeReadNowIsPutBackOnceAndInItsOrder(KafkaSettings kafka) throws Exception {
        var topic = Topics.USER_REPORTS.named(kafka.topicPrefix());
        try (var avro = AvroSerdes.<UserReport>serializer(kafka.properties());
                var reports = AvroSerdes.deserializer(kafka.properties(), UserReport.class)) {
            for (int i = 0; i < 1200; i++) {
                var report =
                        UserReport.newBuilder()
                                .setReportId("r" + i)
                                .setService("shop")
                                .setReporter("ana")
                                .setAt(Instant.EPOCH)
                                .build();
                setAside(kafka, "401 at try " + i, avro.serialize(topic, report));
            }
            setAside(kafka, "not Avro: 3 bytes", new byte[] {1, 2, 3});
            var again =
                    UserReport.newBuilder()
                            .setReportId("again")
                            .setService("shop")
                            .setReporter("ana")
                            .setAt(Instant.EPOCH)
                            .build();
            setAside(kafka, "no check", avro.serialize(topic, again), "tocsin.dlq.again");
            setAside(kafka, "too large", null, "tocsin.dlq.body-left-out");
            send(kafka);

            var seen = SetAside.of(kafka, Topics.USER_REPORTS, false);
            assertThat(seen)
                    .extracting(c -> c.cause() + " " + c.count() + " " + c.readable())
                    .containsExactlyInAnyOrder(
                            "N at try N 1200 1200",
                            "not Avro: N bytes 1 0",
                            "no check 1 0",
                            "too large 1 0");
            assertThat(SharedCluster.values(kafka, "user-reports")).isEmpty();

            var put = SetAside.of(kafka, Topics.USER_REPORTS, true);
            assertThat(put.stream().mapToLong(SetAside.Cause::putBack).sum()).isEqualTo(1200);
            var more = SetAside.of(kafka, Topics.USER_REPORTS, true);
            assertThat(more.stream().mapToLong(SetAside.Cause::putBack).sum()).isZero();
            assertThat(more.stream().mapToLong(SetAside.Cause::count).sum()).isEqualTo(3);
            assertThat(SharedCluster.values(kafka, "user-reports"))
                    .extracting(bytes -> reports.deserialize(topic, bytes).getReportId())
                    .containsExactlyElementsOf(
                            java.util.stream.IntStream.range(0, 1200)
                                    .mapToObj(i -> "r" + i)
                                    .toList());
        }
    }

    @Test
    void theCommandShowsByCauseAndPutsBackOnce(KafkaSettings kafka) throws Exception {
        var topic = Topics.USER_REPORTS.named(kafka.topicPrefix());
        var report =
                UserReport.newBuilder()
                        .setReportId("r")
                        .setService("shop")
                        .setReporter("ana")
                        .setAt(Instant.EPOCH)
                        .build();
        try (var avro = AvroSerdes.<UserReport>serializer(kafka.properties())) {
            setAside(kafka, "answered 401", avro.serialize(topic, report));
        }
        send(kafka);
        var file = SharedCluster.file(dir, kafka, "");
        var shown = Ran.of("admin", "dlq", "--topic", "user-reports", "-f", file);
        assertThat(shown.code()).isZero();
        assertThat(shown.out())
                .contains("answered N", "1 set aside, of which 1 can be read now (--redrive");
        assertThat(Ran.of("admin", "dlq", "--redrive", "-f", file).out())
                .endsWith("1 set aside, 1 put back\n");
        assertThat(SharedCluster.values(kafka, "user-reports")).hasSize(1);
        assertThat(Ran.of("admin", "dlq", "--redrive", "-f", file))
                .isEqualTo(new Ran(0, "0 set aside, 0 put back\n"));
        assertThat(Ran.of("admin", "dlq", "--topic", "results", "-f", file).code()).isEqualTo(1);
    }

    @Test
    void anOldDefinitionIsNotPutBackOverTheNewest(KafkaSettings kafka) {
        assertThat(SetAside.canPutBack(Topics.CHECKS)).isFalse();
        assertThat(SetAside.of(kafka, Topics.CHECKS, true)).isEmpty();
    }
}
