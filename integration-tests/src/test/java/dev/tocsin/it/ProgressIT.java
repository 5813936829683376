package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.service.streams.StreamsSettings;
import dev.tocsin.standalone.topic.Applied;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Health means that what is read goes on, and what was decided stays decided.
@ExtendWith(SharedCluster.class)
class ProgressIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String NOTHING = "-";

    @TempDir Path dir = Path.of(".");

    /// Path of the target that fails now.
    private final AtomicReference<String> failing = new AtomicReference<>(NOTHING);

    private Lifecycle agentsAndTarget(KafkaSettings kafka) throws Exception {
        var lifecycle = new Lifecycle();
        var target =
                lifecycle.closing(
                        "target",
                        new Target(
                                0, (String path) -> path.equals("/" + failing.get()) ? 500 : 204));
        var file =
                Files.writeString(
                        dir.resolve("checks.yaml"),
                        """
                        defaults: { interval: 1s, timeout: 900ms, incident: { failure-threshold: 1, success-threshold: 1, recover-for: 500ms, reopen-within: 1ms, stale-after: 5m } }
                        checks:
                          - { id: a, url: "%1$sa", regions: [us, eu] }
                          - { id: b, url: "%1$sb", regions: [us, eu] }
                        """
                                .formatted(target.url()));
        new Applied(ConfigFile.load(file, Map.of(), Set.of("checks", "defaults")))
                .publish(kafka, false);
        lifecycle.closing("agents", KillIT.agents(kafka, dir, "us", "eu"));
        return lifecycle;
    }

    private static void awaitSeen(KafkaSettings kafka, String check, IncidentEventType type) {
        await().atMost(LIMIT)
                .until(() ->
                        Judge.incidents(kafka).stream()
                                .anyMatch(
                                        e -> check.equals(e.getCheckId()) && e.getType() == type));
    }

    private static KafkaProducer<String, byte[]> hanging(KafkaSettings kafka) {
        var producer =
                new KafkaProducer<String, byte[]>(
                        kafka.client(
                                Map.of(),
                                Map.of(
                                        "transactional.id",
                                        kafka.topicPrefix() + "hangs",
                                        "transaction.timeout.ms",
                                        "300000")),
                        new StringSerializer(),
                        new ByteArraySerializer());
        producer.initTransactions();
        return producer;
    }

    /// In each partition of a topic.
    private static void begin(KafkaProducer<String, byte[]> hanging, String topic)
            throws Exception {
        hanging.beginTransaction();
        int lanes = hanging.partitionsFor(topic).size();
        for (int lane = 0; lane < lanes; lane++) {
            hanging.send(new ProducerRecord<>(topic, lane, "x", new byte[] {1})).get();
        }
    }

    /// Before they had read what there is, and after.
    @Test
    void agentAndNotifierNameWhatKeepsThemFromTheChecks(KafkaSettings kafka) throws Exception {
        var topic = Topics.CHECKS.named(kafka.topicPrefix());
        try (var hanging = hanging(kafka)) {
            begin(hanging, topic);
            try (var agent =
                            new ServiceProcess(
                                    "agent", "agent", kafka, dir, "", List.of("--region", "us"));
                    var notifier = new ServiceProcess("notifier", kafka, dir, "notify: {}\n")) {
                awaitNamed(agent, topic);
                awaitNamed(notifier, topic);
                hanging.abortTransaction();
                await().atMost(LIMIT).until(() -> agent.ready() && notifier.ready());
                begin(hanging, topic);
                awaitNamed(agent, topic);
                awaitNamed(notifier, topic);
                hanging.abortTransaction();
                await().atMost(LIMIT).until(() -> agent.ready() && notifier.ready());
            }
        }
    }

    private static void awaitNamed(ServiceProcess service, String topic) {
        await().atMost(LIMIT)
                .untilAsserted(() -> {
                    var says = service.says("ready");
                    assertThat(says.statusCode()).isEqualTo(503);
                    assertThat(says.body())
                            .contains("a transaction in " + topic, "kafka-transactions.sh");
                    assertThat(service.says("health").statusCode()).isEqualTo(200);
                });
    }

    @Test
    void aTransactionThatHangsIsNamedAndWhatWaitedBehindItIsTold(KafkaSettings kafka)
            throws Exception {
        var topic = Topics.CHECK_RESULTS.named(kafka.topicPrefix());
        try (var streams = new ServiceProcess("streams", kafka, dir, "");
                var page =
                        new ServiceProcess(
                                "status-page", kafka, dir, "status-page: { port: 0 }\n");
                var _ = agentsAndTarget(kafka);
                var hanging = hanging(kafka)) {
            await().atMost(LIMIT).until(() -> streams.ready() && page.ready());
            begin(hanging, topic);
            failing.set("a");
            for (var service : List.of(streams, page)) {
                awaitNamed(service, topic);
            }
            assertThat(Judge.incidents(kafka)).isEmpty();
            hanging.abortTransaction();
            awaitSeen(kafka, "a", IncidentEventType.OPENED);
            await().atMost(LIMIT).until(() -> streams.ready() && page.ready());
            assertThat(streams.printed()).contains("goes on");
        }
    }

    @Test
    void offsetsThatAreSetBackTellNothingOfThePast(KafkaSettings kafka) throws Exception {
        try (var streams = new ServiceProcess("streams", kafka, dir, "");
                var _ = agentsAndTarget(kafka)) {
            failing.set("a");
            awaitSeen(kafka, "a", IncidentEventType.OPENED);
            failing.set(NOTHING);
            awaitSeen(kafka, "a", IncidentEventType.CLOSED);
            streams.stop();
            var before = Judge.incidents(kafka);
            setBack(kafka);
            streams.restart();
            await().atMost(LIMIT).until(streams::ready);
            failing.set("b");
            awaitSeen(kafka, "b", IncidentEventType.OPENED);
            failing.set(NOTHING);
            awaitSeen(kafka, "b", IncidentEventType.CLOSED);
            assertThat(streams.printed()).contains("offsets were set back");
            assertThat(Judge.incidents(kafka).stream().filter(e -> "a".equals(e.getCheckId())))
                    .extracting(IncidentEvent::getEventId)
                    .containsExactlyElementsOf(
                            before.stream().map(IncidentEvent::getEventId).toList());
            Judge.decisions(Judge.incidents(kafka));
        }
    }

    /// As `kafka-consumer-groups --reset-offsets --to-earliest` does.
    private static void setBack(KafkaSettings kafka) throws Exception {
        var group = kafka.topicPrefix() + StreamsSettings.INCIDENT_STREAMS;
        try (var admin = Admin.create(kafka.client(Map.of(), Map.of()))) {
            var all = new HashMap<TopicPartition, OffsetAndMetadata>();
            admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .keySet()
                    .forEach(partition -> all.put(partition, new OffsetAndMetadata(0)));
            assertThat(all).isNotEmpty();
            admin.alterConsumerGroupOffsets(group, all).all().get();
        }
    }
}
