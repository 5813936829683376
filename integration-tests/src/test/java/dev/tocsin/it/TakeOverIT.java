package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.it.guarantee.Fault;
import dev.tocsin.it.guarantee.Guarantees;
import dev.tocsin.it.guarantee.Receiver;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.service.TopicReader;
import dev.tocsin.service.streams.Place;
import dev.tocsin.service.streams.StreamsSettings;
import dev.tocsin.standalone.topic.Bootstrap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.GroupState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Two `streams`, of which one is stopped, or killed, while targets go down: the other takes over what it had, nothing is lost, and each is told once. How long
/// that takes is printed.
@Tag("slow")
@ExtendWith(SharedCluster.class)
class TakeOverIT {
    private static final int LANES = 6;
    private static final int TARGETS = 24;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /// As [Fault#over] of what a notifier hears late.
    private static final Duration SETTLES = Duration.ofSeconds(8);

    private static final String DEFAULTS =
            "{ interval: 1s, timeout: 900ms, regions: [us, eu], incident: { recover-for: 1s, stale-after: 5m } }";

    @TempDir Path dir = Path.of(".");

    /// Paths of the targets that fail now.
    private final Set<String> failing = ConcurrentHashMap.newKeySet();

    private final Map<String, ServiceProcess> streams = new TreeMap<>();
    private final List<Fault> faults = new ArrayList<>();

    private interface End {
        void of(ServiceProcess process) throws Exception;
    }

    private static Set<String> checks(int round) {
        return IntStream.rangeClosed(1, TARGETS)
                .mapToObj(i -> "r%d-t%02d".formatted(round, i))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private ServiceProcess streams(KafkaSettings kafka, String instance) throws Exception {
        var name = "streams-" + instance;
        return new ServiceProcess(
                "streams",
                name,
                kafka,
                dir,
                "",
                List.of("--instance", instance, "--data-dir", dir.resolve(name).toString()));
    }

    /// Partitions of results by instance; nothing while they are being handed over.
    private static Map<String, Set<Integer>> shares(KafkaSettings kafka) throws Exception {
        var group = kafka.topicPrefix() + StreamsSettings.INCIDENT_STREAMS;
        var results = Topics.CHECK_RESULTS.named(kafka.topicPrefix());
        try (var admin = kafka.admin(Duration.ofSeconds(10))) {
            var described =
                    admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get();
            var shares = new TreeMap<String, Set<Integer>>();
            if (described.groupState() == GroupState.STABLE) {
                for (var member : described.members()) {
                    var share =
                            shares.computeIfAbsent(
                                    member.groupInstanceId().orElseThrow().substring(0, 1),
                                    _ -> new TreeSet<>());
                    member.assignment().topicPartitions().stream()
                            .filter(partition -> partition.topic().equals(results))
                            .forEach(partition -> share.add(partition.partition()));
                }
            }
            return shares;
        }
    }

    private void awaitShared(KafkaSettings kafka) {
        await("both have a share")
                .atMost(LIMIT)
                .until(() -> {
                    for (var process : streams.values()) {
                        if (!process.ready()) {
                            return false;
                        }
                    }
                    var shares = shares(kafka);
                    return shares.size() == streams.size()
                            && shares.values().stream().noneMatch(Set::isEmpty)
                            && shares.values().stream().mapToInt(Set::size).sum() == LANES;
                });
    }

    @Test
    void whoIsStoppedAndWhoIsKilledIsFollowedAndNothingIsLostOrToldTwice(KafkaSettings some)
            throws Exception {
        var kafka = some.with("topic.prefix", some.topicPrefix() + "wide.");
        Bootstrap.run(kafka, LANES);
        try (var lifecycle = new Lifecycle()) {
            var target =
                    lifecycle.closing(
                            "target",
                            new Target(
                                    0,
                                    (String path) ->
                                            failing.contains(path.substring(1)) ? 500 : 204));
            var receiver = lifecycle.closing("receiver", new Receiver("t" + Notifiers.EACH, 1));
            for (var instance : List.of("a", "b")) {
                streams.put(instance, lifecycle.closing(instance, streams(kafka, instance)));
            }
            var notifier =
                    lifecycle.closing(
                            "notifier",
                            Notifiers.start(kafka, dir, "notifier", "n", List.of(receiver)));
            lifecycle.closing("agents", KillIT.agents(kafka, dir, "us", "eu"));
            await().atMost(LIMIT).until(notifier::ready);

            int round = 0;
            for (int twice = 0; twice < 2; twice++) {
                var ends =
                        Map.<String, End>of(
                                "SIGTERM", ServiceProcess::stop, "SIGKILL", ServiceProcess::kill);
                for (var end : new TreeMap<>(ends).entrySet()) {
                    var checks = checks(++round);
                    Platform.apply(kafka, dir, DEFAULTS, checks, it -> target.url() + it);
                    awaitMeasured(kafka, checks);
                    awaitShared(kafka);
                    takeOver(kafka, end.getKey(), end.getValue(), checks);
                }
            }

            var history = Notifiers.history(kafka, List.of(receiver), faults);
            await("all is told")
                    .atMost(LIMIT)
                    .untilAsserted(() ->
                            assertThat(
                                            Guarantees.untold(
                                                    Notifiers.history(
                                                            kafka, List.of(receiver), faults)))
                                    .isEmpty());
            Judge.decisions(history.events());
            var opened =
                    history.events().stream()
                            .filter(event -> event.getType() == IncidentEventType.OPENED)
                            .map(IncidentEvent::getKey)
                            .toList();
            assertThat(opened)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.rangeClosed(1, round)
                                    .mapToObj(TakeOverIT::checks)
                                    .flatMap(Set::stream)
                                    .toList());
            assertThat(Guarantees.broken(Notifiers.history(kafka, List.of(receiver), faults)))
                    .isEmpty();
        }
    }

    private static void awaitMeasured(KafkaSettings kafka, Set<String> checks) {
        await("each is looked at from everywhere")
                .atMost(LIMIT)
                .until(() -> {
                    var seen = new TreeSet<String>();
                    Judge.results(kafka)
                            .forEach(it -> seen.add(it.getCheckId() + " " + it.getRegion()));
                    return checks.stream()
                            .allMatch(it -> seen.contains(it + " us") && seen.contains(it + " eu"));
                });
    }

    /// Of the one that has more.
    private void takeOver(KafkaSettings kafka, String how, End end, Set<String> checks)
            throws Exception {
        var shares = shares(kafka);
        var name = shares.get("a").size() >= shares.get("b").size() ? "a" : "b";
        var share = shares.get(name);
        failing.addAll(checks);
        var begun = Instant.now();
        end.of(streams.get(name));
        var ended = Instant.now();
        awaitSeen(kafka, checks, IncidentEventType.OPENED);
        failing.clear();
        awaitSeen(kafka, checks, IncidentEventType.CLOSED);
        var ticks = new ArrayList<Duration>();
        var decided = new ArrayList<Duration>();
        var resumed = resumed(kafka, begun);
        var first = decided(kafka);
        for (int lane : share) {
            ticks.add(
                    Duration.between(begun, Optional.ofNullable(resumed.get(lane)).orElseThrow()));
            first.entrySet().stream()
                    .filter(event -> checks.contains(event.getKey()))
                    .filter(event -> Place.partition(event.getKey(), LANES) == lane)
                    .map(Map.Entry::getValue)
                    .min(Instant::compareTo)
                    .ifPresent(at -> decided.add(Duration.between(begun, at)));
        }
        System.out.printf(
                "%s of %s with lanes %s: it ended after %d ms; first tick of the other after %s ms, first decision after %s ms%n",
                how,
                name,
                share,
                Duration.between(begun, ended).toMillis(),
                ticks.stream().map(Duration::toMillis).toList(),
                decided.stream().map(Duration::toMillis).toList());
        streams.get(name).restart();
        awaitShared(kafka);
        faults.add(new Fault(how, name, begun, Instant.now().plus(SETTLES)));
    }

    private static void awaitSeen(KafkaSettings kafka, Set<String> checks, IncidentEventType type) {
        await(type.name())
                .atMost(LIMIT)
                .until(() ->
                        Judge.incidents(kafka).stream()
                                .filter(event -> event.getType() == type)
                                .map(IncidentEvent::getKey)
                                .collect(Collectors.toSet())
                                .containsAll(checks));
    }

    /// By check: when something of it was first told.
    private static Map<String, Instant> decided(KafkaSettings kafka) {
        var first = new TreeMap<String, Instant>();
        TopicReader.readAll(
                kafka,
                List.of(Topics.INCIDENTS.named(kafka.topicPrefix())),
                record ->
                        first.putIfAbsent(record.key(), Instant.ofEpochMilli(record.timestamp())));
        return first;
    }

    /// By lane: when somebody first said since then that time goes on for it.
    private static Map<Integer, Instant> resumed(KafkaSettings kafka, Instant since) {
        var first = new TreeMap<Integer, Instant>();
        TopicReader.readAll(
                kafka,
                List.of(Topics.CHECK_RESULTS.named(kafka.topicPrefix())),
                record -> {
                    var kind = record.headers().lastHeader(Topics.KIND_HEADER);
                    var at = Instant.ofEpochMilli(record.timestamp());
                    if (kind != null
                            && at.isAfter(since)
                            && new String(kind.value(), StandardCharsets.UTF_8)
                                    .equals(Topics.RESUMED)) {
                        first.merge(record.partition(), at, (a, b) -> a.isBefore(b) ? a : b);
                    }
                });
        return first;
    }
}
