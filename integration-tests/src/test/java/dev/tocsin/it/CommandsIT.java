package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.schemas.Topics;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.topic.Compacted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The operator's commands against a real broker and registry: what they say, do and exit with.
@ExtendWith(SharedCluster.class)
class CommandsIT {
    private static final String TWO =
            "  - { id: a, url: 'http://x/', regions: [us] }\n  - { id: b, url: 'http://x/', regions: [us] }\n";
    private static final String ONE = "  - { id: b, url: 'http://x/', regions: [us] }\n";

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir Path dir = Path.of(".");

    private String file(KafkaSettings kafka, String more) throws Exception {
        return SharedCluster.file(dir, kafka, more);
    }

    @Test
    void applySaysWhatTheFileDoesNotHoldAndPruneRemovesIt(KafkaSettings kafka) throws Exception {
        assertThat(Ran.of("apply", "-f", file(kafka, "checks:\n" + TWO)))
                .isEqualTo(new Ran(0, "applied 2 checks\n"));
        var kept = Ran.of("apply", "-f", file(kafka, "checks:\n" + ONE));
        assertThat(kept.out())
                .startsWith("not in the file and left as they are (--prune")
                .contains(": a\n");
        var pruned = Ran.of("apply", "--prune", "-f", file(kafka, "checks:\n" + ONE));
        assertThat(pruned.out()).startsWith("removing what the file does not hold: a\n");
        assertThat(Ran.of("apply", "-f", file(kafka, "checks:\n" + ONE)).out())
                .isEqualTo("applied 1 checks\n");
    }

    private static String checks(int n) {
        return IntStream.rangeClosed(1, n)
                .mapToObj("  - { id: c%d, url: 'http://x/', regions: [us] }\n"::formatted)
                .collect(Collectors.joining("", "checks:\n", ""));
    }

    /// As compose runs it. 34 of 60 checks and their incidents went with a file that was half written.
    @Test
    void watchedWithNobodyLookingLittleIsRemovedAndOnlyByWhatIsWhole(KafkaSettings kafka)
            throws Exception {
        try (var watch =
                new ServiceProcess(
                        "apply", "watch", kafka, dir, checks(8), List.of("--watch", "--prune"))) {
            var file = dir.resolve("watch.yaml");
            var head = Files.readString(file).replace(checks(8), "");
            await().atMost(LIMIT).until(watch::ready);
            assertThat(applied(kafka)).hasSize(8);
            for (var half :
                    List.of(
                            Map.entry(
                                    head + checks(3),
                                    "would remove 5 of 8 checks (c4, c5, c6, c7, c8)"),
                            Map.entry(head + checks(7) + "  - { id: c8, ur", "watch.yaml"))) {
                Files.writeString(file, half.getKey());
                await(half.getValue())
                        .atMost(LIMIT)
                        .until(() -> watch.says("ready").body().contains(half.getValue()));
                assertThat(applied(kafka)).hasSize(8);
            }
            Files.writeString(file, head + checks(6));
            await("two less").atMost(LIMIT).until(() -> applied(kafka).size() == 6);
            await().atMost(LIMIT).until(watch::ready);
            assertThat(watch.alive()).isTrue();
        }
    }

    private static Set<String> applied(KafkaSettings kafka) {
        return Compacted.read(kafka, Topics.CHECKS).keySet();
    }

    @Test
    void aBadFileChangesNothingAndSaysWhere(KafkaSettings kafka) throws Exception {
        var ran = Ran.of("apply", "-f", file(kafka, "checks:\n  - { id: a, url: 'ftp://x' }"));
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out()).contains("tocsin.yaml:6: checks[0].url: \"ftp://x\" has no scheme");
        assertThat(SharedCluster.values(kafka, "checks")).isEmpty();
    }

    @Test
    void maintenanceIsAnnouncedListedAndTakenBack(KafkaSettings kafka) throws Exception {
        var file = file(kafka, "checks:\n" + ONE + "services: [{ id: mail }]\n");
        assertThat(Ran.of("apply", "-f", file).code()).isZero();
        var typo =
                Ran.of("maintenance", "add", "db", "--service", "mial", "--for", "2h", "-f", file);
        assertThat(typo.code()).isEqualTo(1);
        assertThat(typo.out())
                .isEqualTo("--service: no service \"mial\" is in force; is it \"mail\"?\n");
        assertThat(
                        Ran.of(
                                        "maintenance",
                                        "add",
                                        "db",
                                        "--service",
                                        "mail",
                                        "--for",
                                        "2h",
                                        "-f",
                                        file)
                                .code())
                .isZero();
        assertThat(Ran.of("maintenance", "list", "-f", file).out())
                .contains("db  ", "services [mail]");
        assertThat(Ran.of("maintenance", "remove", "db", "-f", file).code()).isZero();
        assertThat(Ran.of("maintenance", "list", "-f", file).out()).isEmpty();
        var none = Ran.of("maintenance", "remove", "db", "-f", file);
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.out()).startsWith("no window \"db\" is announced");
    }

    @Test
    void anIncidentIsAcknowledgedAndACommandThatCannotBeFollowedIsRefusedWithTheReason(
            KafkaSettings kafka) throws Exception {
        try (var target = new Target(0, (int _) -> 500);
                var shop = new ServiceCheck(kafka, dir, target.url())) {
            var file = file(kafka, "");
            var id = shop.incident();
            var why = Ran.of("why", "shop", "-f", file);
            assertThat(why.out())
                    .contains("us           FAILING", "DOWN: 1 of 1 regions vote", "open: ");
            assertThat(Ran.of("why", "shop", "--json", "-f", file).out())
                    .contains("\"state\":\"DOWN\"", "\"incident_id\":\"" + id);
            assertThat(Ran.of("why", "nothing", "-f", file).out())
                    .startsWith("no check \"nothing\" is in force");
            assertThat(Ran.of("why", "region:us", "-f", file).out())
                    .startsWith("region:us has had no incident");
            var patient =
                    file(
                            kafka,
                            "checks: [{ id: shop, url: 'http://x/', interval: 1s, timeout: 1s, regions: [us], incident: { failure-threshold: 90, window: 200s } }]");
            assertThat(Ran.of("replay", "--back", "1h", "-f", patient).out())
                    .isEqualTo("shop: opened 0 times; in fact 1 times\n");
            var hasty = file(kafka, Files.readString(dir.resolve("shop.yaml")));
            assertThat(Ran.of("replay", "--back", "1h", "-f", hasty).out())
                    .contains("OPENED", "shop: opened 1 times {down=1}; in fact 1 times\n");
            file(kafka, "");
            var acknowledged =
                    Ran.of(
                            "ack",
                            id.substring(0, 8),
                            "on it",
                            "--by",
                            "ana",
                            "--id",
                            "c1",
                            "-f",
                            file);
            assertThat(acknowledged.out()).contains("ACKNOWLEDGED", "acknowledged by ana: on it");
            assertThat(acknowledged.code()).isZero();
            var closed = Ran.of("close", id, "-f", file);
            assertThat(closed.code()).isEqualTo(1);
            assertThat(closed.out()).startsWith("refused: it still fails in us");
            assertThat(Ran.of("snooze", id, "--for", "2h", "-f", file).out())
                    .contains("SNOOZED", "snoozed until ");
            assertThat(Ran.of("annotate", id, "cable cut", "-f", file).out()).contains("cable cut");
            assertThat(Ran.of("deliveries", id.substring(0, 8), "-f", file).out())
                    .isEqualTo("nobody was told, and nobody was tried\n");
            assertThat(Ran.of("deliveries", "nothing", "-f", file).out())
                    .startsWith("no incident \"nothing\"");
            assertThat(Ran.of("ack", "nothing", "-f", file).out())
                    .contains("no incident \"nothing\"");
        }
    }

    @Test
    void withoutKafkaItSaysSoAndExitsWith3() throws Exception {
        var file =
                Files.writeString(
                        dir.resolve("away.yaml"), "kafka: { bootstrap.servers: '127.0.0.1:1' }\n");
        var ran = Ran.of("incidents", "-f", file.toString());
        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.out()).contains("tocsin: Kafka (127.0.0.1:1)").doesNotContain("\tat ");
        assertThat(Ran.of("no-such-command").code()).isEqualTo(2);
    }
}
