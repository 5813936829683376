package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.incident.IncidentStreams;
import dev.tocsin.schemas.Command;
import dev.tocsin.schemas.CommandKind;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.command.Exit;
import dev.tocsin.standalone.topic.Bootstrap;
import dev.tocsin.standalone.topic.Difference;
import dev.tocsin.standalone.topic.TopicWriter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Topics that are kept otherwise than they must be: shown, mended, and not worked on before.
@ExtendWith(SharedCluster.class)
class TopicSettingsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int LANES = 2;

    @TempDir Path dir = Path.of(".");

    private static Admin admin(KafkaSettings kafka) {
        return Admin.create(kafka.client(Map.of(), Map.of()));
    }

    private static ConfigResource resource(KafkaSettings kafka, String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, kafka.topicPrefix() + topic);
    }

    private static void alter(KafkaSettings kafka, String topic, String setting, String value)
            throws Exception {
        try (var admin = admin(kafka)) {
            var op = new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(resource(kafka, topic), List.of(op))).all().get();
        }
    }

    private IncidentStreams streams(KafkaSettings kafka, Health health) {
        return new IncidentStreams(
                kafka, "settings", dir.resolve("state"), health, new SimpleMeterRegistry());
    }

    @Test
    void bootstrapShowsAndMendsWhatIsOtherwiseAndThenHasNothingToDo(KafkaSettings kafka)
            throws Exception {
        assertThat(Bootstrap.run(kafka, LANES)).isEmpty();
        alter(kafka, "check-results", "message.timestamp.type", "CreateTime");
        alter(kafka, "check-results", "retention.ms", "1000");
        alter(kafka, "agents", "max.message.bytes", "1048588");
        alter(kafka, "checks", "cleanup.policy", "delete");
        alter(kafka, "checks-dlq", "message.timestamp.type", "CreateTime");
        alter(kafka, "incidents", "retention.ms", "-1"); // longer: whoever's choice

        var prefix = kafka.topicPrefix();
        assertThat(Bootstrap.run(kafka, LANES).stream().map(Difference::line))
                .containsExactlyInAnyOrder(
                        prefix
                                + "check-results: message.timestamp.type was CreateTime, is LogAppendTime now",
                        prefix + "check-results: retention.ms was 1000, is 604800000 now",
                        prefix + "agents: max.message.bytes was 1048588, is 65536 now",
                        prefix + "checks: cleanup.policy was delete, is compact now",
                        prefix
                                + "checks-dlq: message.timestamp.type was CreateTime, is LogAppendTime now");
        assertThat(Bootstrap.run(kafka, LANES)).isEmpty();
        assertThat(Bootstrap.run(kafka, 4).stream().map(Difference::line))
                .hasSize(4)
                .allMatch(line -> line.contains(": partitions is 2, not 4: that stays"));
    }

    @Test
    void streamsWaitsUntilATopicIsStampedByTheBrokerAndThenStartsByItself(KafkaSettings kafka)
            throws Exception {
        alter(kafka, "user-reports", "message.timestamp.type", "CreateTime");
        var health = new Health();
        try (var _ = streams(kafka, health)) {
            await().atMost(LIMIT)
                    .untilAsserted(() ->
                            assertThat(health.why("streams"))
                                    .isEqualTo(
                                            "topic %suser-reports has message.timestamp.type=CreateTime and must have LogAppendTime, or the clock of one writer misleads all: tocsin admin bootstrap --repair mends that"
                                                    .formatted(kafka.topicPrefix())));
            assertThat(health.alive()).isTrue();
            Bootstrap.run(kafka, LANES);
            await().atMost(LIMIT).until(health::ready);
        }
    }

    /// Nor does any other service work on what misleads it, or without a place for what it cannot read.
    @Test
    void notifierPageAndAgentWaitTooAndNameTheTopic(KafkaSettings kafka) throws Exception {
        var prefix = kafka.topicPrefix();
        alter(kafka, "checks", "message.timestamp.type", "CreateTime");
        try (var admin = admin(kafka)) {
            admin.deleteTopics(List.of(prefix + "deliveries-dlq")).all().get();
        }
        var stamped = "topic %schecks has message.timestamp.type=CreateTime".formatted(prefix);
        try (var notifier = new ServiceProcess("notifier", kafka, dir, "notify: {}\n");
                var page =
                        new ServiceProcess(
                                "status-page", kafka, dir, "status-page: { port: 0 }\n");
                var agent =
                        new ServiceProcess(
                                "agent", "agent", kafka, dir, "", List.of("--region", "us"))) {
            for (var service : List.of(notifier, page, agent)) {
                awaitSaid(service, stamped);
            }
            alter(kafka, "checks", "message.timestamp.type", "LogAppendTime");
            awaitSaid(notifier, "topic " + prefix + "deliveries-dlq");
            Bootstrap.run(kafka, LANES);
            for (var service : List.of(notifier, page, agent)) {
                await().atMost(LIMIT)
                        .untilAsserted(() ->
                                assertThat(service.says("ready").body())
                                        .as(service.name())
                                        .doesNotContain("topic " + prefix));
            }
        }
    }

    private static void awaitSaid(ServiceProcess service, String what) {
        await().atMost(LIMIT)
                .untilAsserted(() -> {
                    var says = service.says("ready");
                    assertThat(says.statusCode()).isEqualTo(503);
                    assertThat(says.body()).as(service.name()).contains(what);
                });
    }

    @Test
    void withoutRepairBootstrapShowsAndChangesNothing(KafkaSettings kafka) throws Exception {
        alter(kafka, "incidents", "cleanup.policy", "compact");
        for (int twice = 0; twice < 2; twice++) {
            assertThat(Bootstrap.run(kafka, LANES, false).stream().map(Difference::line))
                    .containsExactly(
                            kafka.topicPrefix()
                                    + "incidents: cleanup.policy is compact, must be delete: --repair mends that");
        }
        assertThat(Bootstrap.run(kafka, LANES)).hasSize(1);
        assertThat(Bootstrap.run(kafka, LANES, false)).isEmpty();
    }

    @Test
    void theCommandEndsWith1UntilItIsAskedToRepair(KafkaSettings kafka) throws Exception {
        alter(kafka, "incidents", "cleanup.policy", "compact");
        var file = SharedCluster.file(dir, kafka, "");
        var shown = Ran.of("admin", "bootstrap", "--partitions", "2", "-f", file);
        assertThat(shown.code()).isEqualTo(1);
        assertThat(shown.out()).contains("cleanup.policy is compact, must be delete");
        var mended = Ran.of("admin", "bootstrap", "--partitions", "2", "--repair", "-f", file);
        assertThat(mended.code()).isZero();
        assertThat(mended.out())
                .contains("cleanup.policy was compact, is delete now", "are in place");
        assertThat(Ran.of("admin", "bootstrap", "--partitions", "2", "-f", file))
                .isEqualTo(new Ran(0, "topics and schemas are in place\n"));
    }

    @Test
    void streamsRefusesTopicsThatAreJoinedWithOtherNumbersOfPartitions(KafkaSettings kafka)
            throws Exception {
        var signals = Topics.SIGNALS.named(kafka.topicPrefix());
        try (var admin = admin(kafka)) {
            admin.deleteTopics(List.of(signals)).all().get();
            await().atMost(LIMIT).until(() -> !admin.listTopics().names().get().contains(signals));
            admin.createTopics(
                            List.of(
                                    new NewTopic(signals, Optional.of(1), Optional.empty())
                                            .configs(Topics.SIGNALS.settings().all())))
                    .all()
                    .get();
            var health = new Health();
            try (var _ = streams(kafka, health)) {
                await().atMost(LIMIT).until(health::isRefused);
                assertThat(health.awaitRefusal().why())
                        .contains("different numbers of partitions", signals + " 1");
                assertThat(health.alive()).isFalse();
            }
            // As systemd and Kubernetes see it: a restart would not help.
            try (var process = new ServiceProcess("streams", kafka, dir, "")) {
                assertThat(process.exits(LIMIT)).isEqualTo(Exit.REFUSED);
                assertThat(process.printed()).contains("different numbers of partitions");
            }
            assertThat(Bootstrap.run(kafka, LANES))
                    .extracting(Difference::fate)
                    .containsExactly(Difference.Fate.WRONG);
            admin.deleteTopics(List.of(signals)).all().get();
            await().atMost(LIMIT).until(() -> !admin.listTopics().names().get().contains(signals));
            assertThat(Bootstrap.run(kafka, LANES)).isEmpty();
            var later = new Health();
            try (var _ = streams(kafka, later)) {
                await().atMost(LIMIT).until(later::ready);
            }
        }
    }

    @Test
    void morePartitionsThanTheStateHasAreSaidWhileStreamsRunsAndAgainAfterARestart(
            KafkaSettings kafka) throws Exception {
        var health = new Health();
        try (var admin = admin(kafka);
                var _ = streams(kafka, health)) {
            await().atMost(LIMIT).until(health::ready);
            for (var topic : Topics.ALL) {
                if (topic.lanes()) {
                    admin.createPartitions(
                                    Map.of(
                                            topic.named(kafka.topicPrefix()),
                                            NewPartitions.increaseTo(2 * LANES)))
                            .all()
                            .get();
                }
            }
            await().atMost(Duration.ofSeconds(75)).until(health::isRefused);
            assertThat(health.awaitRefusal().why()).contains("has 4 partitions", "is kept in 2");
        }
        var again = new Health();
        try (var _ = streams(kafka, again)) {
            await().atMost(LIMIT).until(again::isRefused);
            assertThat(again.awaitRefusal().why())
                    .isEqualTo(health.awaitRefusal().why())
                    .contains("docs/how-to/operate.md#more-partitions");
        }
    }

    @Test
    void aRecordThatIsTooLargeIsRefusedByNameAndByTheBroker(KafkaSettings kafka) throws Exception {
        TrustedRecords.trust();
        var command =
                Command.newBuilder()
                        .setCommandId("c")
                        .setKind(CommandKind.ANNOTATE)
                        .setIncidentId("i")
                        .setAuthor("me")
                        .setAt(Instant.EPOCH)
                        .setText("x".repeat(70_000))
                        .build();
        assertThatThrownBy(() ->
                        TopicWriter.write(kafka, Topics.INCIDENT_COMMANDS, Map.of("shop", command)))
                .isInstanceOf(ConfigException.class)
                .hasMessageMatching(
                        "shop takes 70\\d\\d\\d bytes as a record of incident-commands; at most 65024 fit");
        try (var producer = TopicWriter.producer(kafka, Map.of())) {
            assertThatThrownBy(() ->
                            producer.send(
                                            new ProducerRecord<>(
                                                    kafka.topicPrefix() + "check-results",
                                                    "shop",
                                                    new byte[70_000]))
                                    .get())
                    .hasCauseInstanceOf(RecordTooLargeException.class);
            producer.send(
                            new ProducerRecord<>(
                                    kafka.topicPrefix() + "check-results",
                                    "shop",
                                    new byte[65_024 - 4]))
                    .get();
        }
    }
}
