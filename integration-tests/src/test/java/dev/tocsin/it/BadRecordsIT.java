package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.agent.Agent;
import dev.tocsin.agent.AgentConfig;
import dev.tocsin.incident.IncidentStreams;
import dev.tocsin.notifier.Notifier;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.page.StatusPage;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.standalone.demo.WebhookReceiver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A thousand bad records of every topic that anybody reads, with a million random bytes in them, between good ones: what is good leads to what it must,
/// what is bad lies in dead letters or was counted, and nothing has stopped or begun anew. The seed is printed (`-Dseed=`).
@ExtendWith(SharedCluster.class)
class BadRecordsIT {
    static {
        TrustedRecords.trust();
    }

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int ROUNDS = 4;
    private static final int MUTANTS = 1000;

    private static final String VICTIM = "victim";

    @TempDir Path dir = Path.of(".");
    private final long seed = Long.getLong("seed", new Random().nextLong(1_000_000));
    private final Map<String, Health> health = new LinkedHashMap<>();
    private final Map<String, SimpleMeterRegistry> metrics = new HashMap<>();

    private Health health(String service) {
        return health.computeIfAbsent(service, _ -> new Health());
    }

    private SimpleMeterRegistry metrics(String service) {
        return metrics.computeIfAbsent(service, _ -> new SimpleMeterRegistry());
    }

    @Test
    void whatIsGoodIsDecidedToldShownAndProbedBetweenWhatIsBad(KafkaSettings kafka)
            throws Exception {
        try (var receiver = new WebhookReceiver(PipelineScenario.SECRET, _ -> {});
                var services = new Lifecycle()) {
            int port = start(kafka, receiver, services);
            try (var good = new GoodRecords(kafka, port, receiver)) {
                awaitReady();
                good.round("first"); // of cold code
                var storm = new Storm(kafka, seed, List.of("first", "good-1"), good.url(VICTIM));
                var longest = Duration.ZERO;
                for (int round = 1; round <= ROUNDS; round++) {
                    var blowing = storm.blow(MUTANTS / ROUNDS);
                    var took = good.round("good-" + round);
                    longest = took.compareTo(longest) > 0 ? took : longest;
                    blowing.get();
                }
                assertThat(storm.randomBytes()).isGreaterThan(1_000_000);
                awaitSetAside(kafka, storm);
                awaitCounted(kafka);
                good.round("last");
                assertNothingHappened(good);
                commandsWork(kafka);
                System.out.printf(
                        "bad records (seed %d): %s, for certain %s; the longest that a good one took meanwhile: %d ms%n",
                        seed, storm.written(), storm.bad(), longest.toMillis());
            }
        }
        startsAgain(kafka);
    }

    /// @return the page's port
    private int start(KafkaSettings kafka, WebhookReceiver receiver, Lifecycle services)
            throws Exception {
        var file =
                Files.writeString(
                        dir.resolve("notify.yaml"),
                        """
                        notify:
                          allow-networks: [127.0.0.0/8]
                          targets:
                            - { id: mutant, type: webhook, url: "%1$s", secret: "%2$s" }
                            - { id: oncall, type: webhook, url: "%1$s", secret: "%2$s", digest-above: never }
                          alarms: []
                          routes:
                            - { match: { of: [mutant] }, targets: [mutant] }
                            - { targets: [oncall] }
                        """
                                .formatted(receiver.url(), PipelineScenario.SECRET));
        var notify = NotifyConfig.from(ConfigFile.load(file, Map.of(), Set.of()));
        services.closing(
                "streams",
                new IncidentStreams(
                        kafka,
                        "bad",
                        dir.resolve("streams"),
                        health("streams"),
                        metrics("streams")));
        services.closing(
                "notifier",
                new Notifier(
                        kafka,
                        "bad",
                        dir.resolve("notifier"),
                        notify,
                        health("notifier"),
                        metrics("notifier")));
        services.closing(
                "agent",
                new Agent(
                        AgentConfig.of("us", Map.of()),
                        kafka,
                        List.of(),
                        dir.resolve("agent"),
                        Map.of(),
                        health("agent"),
                        metrics("agent")));
        var page =
                new StatusPage(
                        kafka,
                        new StatusPage.Spec("127.0.0.1", 0, "Status"),
                        health("page"),
                        metrics("page"));
        services.closing("page", page);
        return page.port();
    }

    private void awaitReady() {
        health.forEach((service, of) ->
                await(service)
                        .atMost(LIMIT)
                        .untilAsserted(() -> assertThat(of.troubles()).isEmpty()));
    }

    /// Each bad record is a dead letter, or counted by whoever follows its topic.
    private void awaitSetAside(KafkaSettings kafka, Storm storm) {
        storm.bad()
                .forEach((topic, count) -> {
                    for (var reader : readers(topic)) {
                        await(topic + ", read by " + reader)
                                .atMost(LIMIT)
                                .untilAsserted(() ->
                                        assertThat(setAside(kafka, reader, topic))
                                                .isBetween(count, storm.written().get(topic)));
                    }
                });
    }

    /// Each result is in one bucket of streams, or a dead letter; the agent goes on meanwhile.
    private void awaitCounted(KafkaSettings kafka) {
        int before = SharedCluster.values(kafka, "check-results").size();
        await().atMost(LIMIT).until(() -> counted(kafka) >= before);
        int counted = counted(kafka);
        assertThat(counted)
                .isLessThanOrEqualTo(SharedCluster.values(kafka, "check-results").size());
    }

    private int counted(KafkaSettings kafka) {
        var results = metrics("streams").find("tocsin_streams_results_total").counters();
        var letters =
                metrics("streams")
                        .find("tocsin_streams_dead_letters_total")
                        .tag("topic", kafka.topicPrefix() + "check-results")
                        .counters();
        return (int)
                Stream.of(results, letters)
                        .flatMap(Collection::stream)
                        .mapToDouble(Counter::count)
                        .sum();
    }

    /// Whose dead letters they are, or who counts them.
    private static List<String> readers(String topic) {
        return switch (topic) {
            case "checks" -> List.of("dlq", "agent", "notifier", "page");
            case "catalog", "check-hours", "incident-state" -> List.of("page");
            case "check-results" -> List.of("page");
            case "agents" -> List.of("dlq", "agent");
            case "signals", "incident-commands", "user-reports", "deliveries" -> List.of("dlq");
            case "incidents", "maintenance" -> List.of("dlq", "page");
            default -> List.of(); // commands alone
        };
    }

    private int setAside(KafkaSettings kafka, String reader, String topic) {
        if (reader.equals("dlq")) {
            return SharedCluster.count(kafka, topic + "-dlq");
        }
        return (int)
                metrics(reader)
                        .find("tocsin_unread_records_total")
                        .tag("topic", kafka.topicPrefix() + topic)
                        .counters()
                        .stream()
                        .mapToDouble(Counter::count)
                        .sum();
    }

    private void assertNothingHappened(GoodRecords good) {
        health.forEach((service, of) -> {
            assertThat(of.troubles()).as(service).isEmpty();
            assertThat(of.alive()).as(service).isTrue();
        });
        metrics.forEach((service, of) -> {
            for (var meter :
                    List.of(
                            "tocsin_stream_threads_replaced_total",
                            "tocsin_streams_bugs_total",
                            "tocsin_notifier_bugs_total",
                            "tocsin_streams_checks_failed_total")) {
                of.find(meter)
                        .counters()
                        .forEach(counter ->
                                assertThat(counter.count()).as(service + " " + meter).isZero());
            }
        });
        assertThat(good.probed(VICTIM)).as("what stands under another key is followed").isFalse();
    }

    /// What an operator asks then.
    private void commandsWork(KafkaSettings kafka) throws Exception {
        var settings = SharedCluster.section(kafka);
        var check = "checks: [{ id: last, url: 'http://127.0.0.1:1/', regions: [us] }]\n";
        var file = Files.writeString(dir.resolve("tocsin.yaml"), settings + check).toString();
        for (var command :
                List.of(
                        "incidents",
                        "why last",
                        "maintenance list",
                        "deliveries",
                        "replay --back 1h --check last",
                        "admin dlq",
                        "apply")) {
            var ran =
                    Ran.of(
                            Stream.concat(Stream.of(command.split(" ")), Stream.of("-f", file))
                                    .toArray(String[]::new));
            assertThat(ran.code()).as(command + ": " + ran.out()).isZero();
        }
    }

    /// Also from compacted topics with all of that in them.
    private void startsAgain(KafkaSettings kafka) throws Exception {
        health.clear();
        metrics.clear();
        try (var receiver = new WebhookReceiver(PipelineScenario.SECRET, _ -> {});
                var services = new Lifecycle()) {
            int port = start(kafka, receiver, services);
            try (var good = new GoodRecords(kafka, port, receiver)) {
                awaitReady();
                good.round("again");
                assertNothingHappened(good);
            }
        }
    }
}
