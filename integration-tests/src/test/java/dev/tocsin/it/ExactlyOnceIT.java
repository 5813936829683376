package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Command;
import dev.tocsin.schemas.CommandKind;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.topic.TopicWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Exactly once: incident-streams is killed with SIGKILL thirty times, at moments from a seed (`-Dseed=`), while a thousand results a second come
/// in and checks fail and recover by a plan, and while definitions, commands and maintenance are given: at any moment, and behind the results that wait
/// while no process is there. Then the whole `incidents` topic, as committed, is compared with the plan.
@ExtendWith(SharedCluster.class)
class ExactlyOnceIT {
    private static final int KILLS = 30;
    private static final int CHECKS = 350;
    private static final List<String> REGIONS = List.of("us", "eu", "ap");
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /// In seconds: each check fails once in so long, for so long, at a phase of its own. Fewer than three times within half an hour,
    /// or it would flap.
    private static final int PERIOD = 200;

    private static final int FAILS_FOR = 12;
    private static final int THRESHOLD = 2;

    @TempDir Path dir = Path.of(".");
    private final long seed = Long.getLong("seed", new Random().nextLong(1_000_000));
    private final Random random = new Random(seed);

    /// An incident as it has to be told.
    private record Planned(String check, Instant startedAt, Instant endedAt) {}

    private static String id(int check) {
        return "check-" + check;
    }

    private static CheckDefinition definition(int check) {
        return CheckDefinition.newBuilder()
                .setCheckId(id(check))
                .setConfigVersion("v1")
                .setName(id(check))
                .setService("load")
                .setGroup("group-" + check / 10)
                .setUrl("http://load/")
                .setProbe("http")
                .setIntervalMs(1000)
                .setTimeoutMs(900)
                .setRegions(REGIONS)
                .setIncident(
                        IncidentPolicy.newBuilder()
                                .setFailureThreshold(THRESHOLD)
                                .setRecoverForMs(2000L)
                                .setReopenWithinMs(1L)
                                .build())
                .build();
    }

    private record Streak(Instant since, int failures) {}

    /// Sends every check's results once a second, and remembers what has to follow from them.
    private static final class Load {
        private final AtomicBoolean recovering = new AtomicBoolean();
        private final Map<Integer, Streak> failing = new HashMap<>();
        private final List<Planned> planned = new ArrayList<>();
        private long sent;

        /// Until it is told to let everything recover, and has.
        List<Planned> run(KafkaSettings kafka) throws Exception {
            try (var avro = AvroSerdes.<CheckResult>serializer(kafka.properties());
                    var producer = TopicWriter.producer(kafka, Map.of())) {
                var topic = Topics.CHECK_RESULTS.named(kafka.topicPrefix());
                int more = 10; // seconds of passes in the end
                for (int second = 0; more > 0; second++) {
                    more -= recovering.get() ? 1 : 0;
                    var at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
                    for (int check = 0; check < CHECKS; check++) {
                        boolean fails =
                                !recovering.get()
                                        && (second + check) % PERIOD < FAILS_FOR
                                        && second > 5;
                        plan(check, fails, at);
                        for (var region : REGIONS) {
                            producer.send(
                                    new ProducerRecord<>(
                                            topic,
                                            id(check),
                                            avro.serialize(
                                                    topic,
                                                    result(check, region, second, at, fails))));
                            sent++;
                        }
                    }
                    producer.flush();
                    Thread.sleep(Math.max(0, 1000 - at.until(Instant.now(), ChronoUnit.MILLIS)));
                }
            }
            return planned;
        }

        private void plan(int check, boolean fails, Instant at) {
            var streak = failing.get(check);
            if (fails) {
                failing.put(
                        check,
                        streak == null
                                ? new Streak(at, 1)
                                : new Streak(streak.since(), streak.failures() + 1));
            } else if (streak != null) {
                failing.remove(check);
                if (streak.failures() >= THRESHOLD) {
                    planned.add(new Planned(id(check), streak.since(), at));
                }
            }
        }

        private static CheckResult result(
                int check, String region, long sequence, Instant at, boolean fails) {
            return CheckResult.newBuilder()
                    .setCheckId(id(check))
                    .setConfigVersion("v1")
                    .setRegion(region)
                    .setAgentId(region + "-1")
                    .setBootEpoch(1)
                    .setSequence(sequence)
                    .setScheduledAt(at)
                    .setStartedAt(at)
                    .setDurationUs(1000)
                    .setOutcome(fails ? Outcome.FAIL : Outcome.PASS)
                    .build();
        }
    }

    /// A definition again, a note on what is open, and maintenance of something else: none of them changes what is measured.
    private void control(KafkaSettings kafka, int turn) throws Exception {
        int check = random.nextInt(CHECKS);
        var definition =
                CheckDefinition.newBuilder(definition(check))
                        .setConfigVersion("v" + turn)
                        .setName(id(check) + ", again")
                        .build();
        TopicWriter.write(kafka, Topics.CHECKS, Map.of(id(check), definition));
        var window =
                MaintenanceWindow.newBuilder()
                        .setWindowId("w" + turn)
                        .setTitle("something else")
                        .setChecks(List.of("no-check-of-these"))
                        .setStartsAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                        .setEndsAt(Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.MILLIS))
                        .build();
        TopicWriter.write(kafka, Topics.MAINTENANCE, Map.of("w" + turn, window));
        var events = Judge.incidents(kafka).stream().filter(e -> e.getCheckId() != null).toList();
        if (!events.isEmpty()) {
            var event = events.getLast();
            var note =
                    Command.newBuilder()
                            .setCommandId("c" + turn)
                            .setKind(CommandKind.ANNOTATE)
                            .setIncidentId(event.getIncidentId())
                            .setAuthor("ana")
                            .setText("seen")
                            .setAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                            .build();
            TopicWriter.write(kafka, Topics.INCIDENT_COMMANDS, Map.of(event.getKey(), note));
        }
    }

    private static long events(KafkaSettings kafka) {
        return SharedCluster.values(kafka, "incidents").size();
    }

    @Test
    void thirtyKillsUnderLoadAndEveryIncidentIsToldOnceInOrderAsPlanned(KafkaSettings kafka)
            throws Exception {
        var definitions = new LinkedHashMap<String, CheckDefinition>();
        for (int check = 0; check < CHECKS; check++) {
            definitions.put(id(check), definition(check));
        }
        TopicWriter.write(kafka, Topics.CHECKS, definitions);
        var load = new Load();
        try (var streams = new ServiceProcess("streams", kafka, dir, "");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = threads.submit(() -> load.run(kafka));
            for (int kill = 1; kill <= KILLS; kill++) {
                long before = events(kafka);
                control(kafka, 2 * kill);
                await("seed " + seed + ", kill " + kill)
                        .atMost(LIMIT)
                        .until(() -> failed(running) || events(kafka) > before);
                Thread.sleep(random.nextInt(1500)); // the moment of the kill, from the seed
                streams.kill();
                if (kill % 3 == 0) {
                    Thread.sleep(random.nextInt(8000)); // results wait, and control behind them
                }
                control(kafka, 2 * kill + 1);
                streams.restart();
            }
            load.recovering.set(true);
            var planned = running.get();
            await("seed " + seed).atMost(LIMIT).until(() -> closed(kafka).size() >= planned.size());
            // An outage closes when its owner has heard of the last of its parts.
            await("seed " + seed)
                    .atMost(LIMIT)
                    .until(() -> Judge.open(Judge.incidents(kafka)).isEmpty());
            var events = Judge.incidents(kafka);
            Judge.decisions(events);
            assertThat(closed(kafka))
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(planned);
            assertThat(streams.starts()).isEqualTo(KILLS + 1);
            assertThat(events)
                    .filteredOn(event -> event.getType() == IncidentEventType.OPENED)
                    .filteredOn(event -> event.getCheckId() != null)
                    .allSatisfy(event ->
                            assertThat(event.getOpenedAt())
                                    .as("seed %d, %s", seed, event.getKey())
                                    .isBefore(event.getStartedAt().plusSeconds(5)));
            assertThat(events)
                    .filteredOn(event ->
                            event.getType() == IncidentEventType.REOPENED
                                    || event.getType() == IncidentEventType.FLAPPING_STARTED)
                    .as("seed %d", seed)
                    .isEmpty();
            System.out.printf(
                    "incident-streams killed %d times (seed %d) under %,d results: %d incidents of checks as planned, %d events, none missing, none twice, in order%n",
                    KILLS, seed, load.sent, planned.size(), events.size());
        }
    }

    private static boolean failed(Future<?> running) throws InterruptedException {
        if (!running.isDone()) {
            return false;
        }
        try {
            running.get();
        } catch (ExecutionException e) {
            throw new AssertionError("the load has ended", e);
        }
        return true;
    }

    /// Incidents of checks as they were told in the end.
    private static List<Planned> closed(KafkaSettings kafka) {
        return Judge.incidents(kafka).stream()
                .filter(event -> event.getType() == IncidentEventType.CLOSED)
                .filter(event -> event.getCheckId() != null)
                .map(ExactlyOnceIT::planned)
                .toList();
    }

    private static Planned planned(IncidentEvent event) {
        return new Planned(
                event.getKey(), event.getStartedAt(), Objects.requireNonNull(event.getEndedAt()));
    }
}
