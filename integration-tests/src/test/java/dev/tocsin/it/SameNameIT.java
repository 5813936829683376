package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.command.Exit;
import dev.tocsin.standalone.topic.Applied;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Two `streams` that were given the same name: one says so and ends with the code that says that starting it again does not help, and the other goes on.
@Tag("slow")
@ExtendWith(SharedCluster.class)
class SameNameIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String DOUBLE = "another process has the same --instance";

    @TempDir Path dir = Path.of(".");

    private ServiceProcess streams(KafkaSettings kafka, String folder) throws Exception {
        return new ServiceProcess(
                "streams",
                folder,
                kafka,
                dir,
                "",
                List.of("--instance", "same", "--data-dir", dir.resolve(folder).toString()));
    }

    @Test
    void ofTwoOneEndsAndTheOtherDecidesOnce(KafkaSettings kafka) throws Exception {
        var fails = new AtomicBoolean();
        try (var target = new Target(0, (int _) -> fails.get() ? 500 : 204);
                var first = streams(kafka, "first")) {
            var file =
                    Files.writeString(
                            dir.resolve("checks.yaml"),
                            "checks: [{ id: shop, url: '%s', interval: 1s, timeout: 900ms, regions: [us], incident: { recover-for: 1s } }]"
                                    .formatted(target.url()));
            new Applied(ConfigFile.load(file, Map.of(), Set.of("checks"))).publish(kafka, false);
            await().atMost(LIMIT).until(first::ready);
            try (var second = streams(kafka, "second");
                    var _ = KillIT.agents(kafka, dir, "us")) {
                await("one has ended").atMost(LIMIT).until(() -> first.alive() != second.alive());
                var ended = first.alive() ? second : first;
                var left = first.alive() ? first : second;
                assertThat(ended.exits(LIMIT)).isEqualTo(Exit.REFUSED);
                assertThat(ended.printed().lines().filter(line -> line.startsWith("ends: ")))
                        .singleElement()
                        .asString()
                        .contains(DOUBLE);
                await().atMost(LIMIT).until(left::ready);
                fails.set(true);
                awaitSeen(kafka, IncidentEventType.OPENED);
                fails.set(false);
                awaitSeen(kafka, IncidentEventType.CLOSED);
                Judge.decisions(Judge.incidents(kafka));
                assertThat(left.alive()).isTrue();
                assertThat(left.printed()).doesNotContain(DOUBLE);
            }
        }
    }

    private static void awaitSeen(KafkaSettings kafka, IncidentEventType type) {
        await(type.name())
                .atMost(LIMIT)
                .until(() ->
                        Judge.incidents(kafka).stream().anyMatch(event -> event.getType() == type));
    }
}
