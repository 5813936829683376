package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.agent.Agent;
import dev.tocsin.agent.AgentConfig;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.topic.Applied;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Two agents in a region share its checks.
@ExtendWith(SharedCluster.class)
class SharedRegionIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int CHECKS = 20;

    @TempDir Path dir = Path.of(".");

    private Agent agent(KafkaSettings kafka, String id) {
        var config = AgentConfig.of("shared", Map.of());
        return new Agent(
                new AgentConfig(
                        config.region(),
                        id,
                        config.concurrency(),
                        config.secrets(),
                        config.spoolMb(),
                        config.canaries(),
                        config.hosts()),
                kafka,
                List.of(),
                dir.resolve(id),
                Map.of(),
                new Health(),
                new SimpleMeterRegistry());
    }

    private static List<CheckResult> results(KafkaSettings kafka, Instant since) {
        try (var avro = AvroSerdes.deserializer(kafka.properties(), CheckResult.class)) {
            return SharedCluster.values(kafka, "check-results").stream()
                    .map(bytes -> avro.deserialize("check-results", bytes))
                    .filter(result -> result != null && result.getRegion().equals("shared"))
                    .filter(result -> result.getScheduledAt().isAfter(since))
                    .toList();
        }
    }

    /// Check to the agents that ran it since then.
    private static Map<String, Set<String>> ran(KafkaSettings kafka, Instant since) {
        var by = new HashMap<String, Set<String>>();
        results(kafka, since)
                .forEach(result ->
                        by.computeIfAbsent(result.getCheckId(), _ -> new TreeSet<>())
                                .add(result.getAgentId()));
        return by;
    }

    private static boolean shared(Map<String, Set<String>> ran) {
        return ran.size() == CHECKS
                && ran.values().stream().allMatch(agents -> agents.size() == 1)
                && ran.containsValue(Set.of("shared-a"))
                && ran.containsValue(Set.of("shared-b"));
    }

    @Test
    void eachCheckIsRunByOneOfThemAndTheOtherTakesOverAtOnceWhenItStops(KafkaSettings kafka)
            throws Exception {
        try (var target = new Target(0, (String _) -> 204)) {
            var yaml =
                    IntStream.range(0, CHECKS)
                            .mapToObj(check ->
                                    "  - { id: shared-%d, url: '%s', interval: 1s, timeout: 900ms, regions: [shared] }\n"
                                            .formatted(check, target.url()))
                            .collect(Collectors.joining("", "checks:\n", ""));
            var file = Files.writeString(dir.resolve("checks.yaml"), yaml);
            new Applied(ConfigFile.load(file, Map.of(), Set.of("checks"))).publish(kafka, false);
            try (var _ = agent(kafka, "shared-a")) {
                await().atMost(LIMIT).until(() -> ran(kafka, Instant.EPOCH).size() == CHECKS);
                try (var _ = agent(kafka, "shared-b")) {
                    // It has joined when two seconds pass in which each check is run by one of
                    // them.
                    await().atMost(LIMIT)
                            .until(() -> shared(ran(kafka, Instant.now().minusSeconds(2))));
                    var joined = Instant.now();
                    await().atMost(LIMIT).until(() -> ran(kafka, joined).size() == CHECKS);
                    await().atMost(LIMIT)
                            .during(Duration.ofSeconds(3))
                            .until(() -> shared(ran(kafka, joined)));
                    var shared = ran(kafka, joined);
                    assertThat(shared.values()).allMatch(agents -> agents.size() == 1);
                    assertThat(shared.values()).contains(Set.of("shared-a"), Set.of("shared-b"));
                }
                var stopped = Instant.now();
                await().atMost(Duration.ofSeconds(8)) // and not the 30 s of one that dies
                        .until(() -> ran(kafka, stopped).size() == CHECKS);
                assertThat(ran(kafka, stopped).values())
                        .allMatch(agents -> agents.equals(Set.of("shared-a")));
            } finally {
                new Applied(
                                ConfigFile.load(
                                        Files.writeString(dir.resolve("none.yaml"), "checks: []\n"),
                                        Map.of(),
                                        Set.of()))
                        .publish(kafka, true);
            }
        }
    }
}
