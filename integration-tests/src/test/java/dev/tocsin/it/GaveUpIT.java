package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.streams.StreamsSettings;
import dev.tocsin.standalone.command.Exit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What ends again and again, and gets nowhere, ends the process, with the code by which systemd and compose start it again.
@Tag("slow")
@ExtendWith(SharedCluster.class)
class GaveUpIT {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    @TempDir Path dir = Path.of(".");

    /// The broker refuses what `streams` keeps: somebody has made the records of a changelog smaller than any is.
    private static void allow(KafkaSettings kafka, int bytes) throws Exception {
        var application = kafka.topicPrefix() + StreamsSettings.INCIDENT_STREAMS;
        try (var admin = kafka.admin(Duration.ofSeconds(30))) {
            var changelogs =
                    admin.listTopics().names().get().stream()
                            .filter(topic -> topic.startsWith(application + "-"))
                            .filter(topic -> topic.endsWith("-decided-changelog"))
                            .toList();
            assertThat(changelogs).isNotEmpty();
            var op =
                    new AlterConfigOp(
                            new ConfigEntry("max.message.bytes", Integer.toString(bytes)),
                            AlterConfigOp.OpType.SET);
            for (var topic : changelogs) {
                var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
                admin.incrementalAlterConfigs(Map.of(resource, List.of(op))).all().get();
            }
        }
    }

    @Test
    void threadsThatEndInVainEndTheProcessWithACodeAndTheNextOneGoesOnWhenItIsMended(
            KafkaSettings kafka) throws Exception {
        try (var streams = new ServiceProcess("streams", kafka, dir, "")) {
            await().atMost(LIMIT).until(streams::ready);
            allow(kafka, 100); // enough for a marker of transactions
            assertThat(streams.exits(LIMIT)).isEqualTo(Exit.GAVE_UP);
            assertThat(streams.printed().lines().filter(line -> line.startsWith("ends: ")))
                    .singleElement()
                    .asString()
                    .contains(
                            "13 stream threads in a row ended before they got on",
                            "RecordTooLargeException");
            assertThat(
                            streams.printed()
                                    .lines()
                                    .filter(line -> line.contains("a stream thread is replaced")))
                    .as("said at once, and once a minute")
                    .hasSizeBetween(1, 5);
            assertThat(streams.printed().lines())
                    .as("no pages of stacks")
                    .noneMatch(line ->
                            line.startsWith("\tat ") || line.contains("Exception in thread"));
            allow(kafka, 1_048_588);
            streams.restart();
            await().atMost(LIMIT).until(streams::ready);
            assertThat(streams.says("health").statusCode()).isEqualTo(200);
        }
    }
}
