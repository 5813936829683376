package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.it.guarantee.Fault;
import dev.tocsin.service.progress.End;
import dev.tocsin.service.progress.Ends;
import dev.tocsin.service.streams.SettledProducer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Brokers are gone so long that nothing can be written, and the controllers have no majority. `-Dtocsin.seed=7` for the same plan again.
@Tag("slow")
class BrokersAwayIT {
    private static final int TARGETS = 10;
    private static final List<Integer> ALL = List.of(1, 2, 3);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /// As [Fault#over] of what a notifier hears late.
    private static final Duration SETTLES = Duration.ofSeconds(8);

    @TempDir Path dir = Path.of(".");
    private final long seed = Long.getLong("tocsin.seed", new Random().nextLong(1_000_000));

    @Test
    void withTwoOfThreeBrokersGoneAllSayWhatTheyWaitForAndNothingIsLost() throws Exception {
        without(List.of(2, 3), Duration.ofSeconds(60));
    }

    /// Issue 15: agents go on probing while Kafka is away.
    @Test
    void withAllBrokersGoneForTwoMinutesLikewise() throws Exception {
        without(ALL, Duration.ofMinutes(2));
    }

    /// With the last byte each of the brokers ends.
    @Test
    @ExtendWith(NeedsTmpfs.class)
    void withTheBrokersDiskFullLikewise() throws Exception {
        try (var disk = NeedsTmpfs.mount(dir.resolve("brokers"), "400m")) {
            var filler = disk.path().resolve(NeedsTmpfs.FILLER);
            away(
                    new Platform(dir, disk.path(), "full.", seed),
                    ALL,
                    Duration.ofSeconds(60),
                    _ -> disk.fill(),
                    brokers -> {
                        Files.delete(filler);
                        for (int broker : ALL) {
                            brokers.kill(broker);
                        }
                    });
        }
    }

    /// Streams takes it for undone, and could write nothing more.
    @Test
    void aCommitThatTimesOutIsDoneOnceKafkaIsBack() throws Exception {
        var log = new TopicPartition("commit.log", 0);
        try (var brokers = new ThreeBrokers(dir);
                var admin = brokers.settings("").admin(Duration.ofSeconds(30));
                var producer = new SettledProducer(transactional(brokers));
                var thread = Executors.newSingleThreadExecutor()) {
            admin.createTopics(List.of(new NewTopic(log.topic(), 1, (short) 3))).all().get();
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(log.topic(), new byte[1])).get();
            for (int broker : ALL) {
                brokers.kill(broker);
            }
            var commit = thread.submit(producer::commitTransaction);
            assertThatThrownBy(() -> commit.get(5, TimeUnit.SECONDS))
                    .as("longer than two tries")
                    .isInstanceOf(TimeoutException.class);
            for (int broker : ALL) {
                brokers.restart(broker);
            }
            commit.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(log.topic(), new byte[1])).get();
            producer.commitTransaction();
            await("two records, and two marks that they are committed")
                    .atMost(LIMIT)
                    .untilAsserted(() ->
                            assertThat(Ends.of(admin, List.of(log)))
                                    .isEqualTo(Map.of(log, new End(4, 4))));
        }
    }

    private static Map<String, Object> transactional(ThreeBrokers brokers) {
        return brokers.settings("")
                .client(
                        Map.of(
                                "transactional.id", "commit",
                                "max.block.ms", 2000,
                                "transaction.timeout.ms", 300_000),
                        Map.of());
    }

    private interface Deed {
        void on(ThreeBrokers brokers) throws Exception;
    }

    private void without(List<Integer> gone, Duration away) throws Exception {
        away(
                new Platform(dir, "away" + gone.size() + ".", seed),
                gone,
                away,
                brokers -> {
                    for (int broker : gone) {
                        brokers.kill(broker);
                    }
                },
                _ -> {});
    }

    /// @param start closed at the end
    /// @param goes how they go
    /// @param mended what is done before they are started again
    private void away(Platform start, List<Integer> gone, Duration away, Deed goes, Deed mended)
            throws Exception {
        var checks =
                IntStream.rangeClosed(1, TARGETS)
                        .mapToObj("t%02d"::formatted)
                        .collect(Collectors.toCollection(TreeSet::new));
        try (var platform = start) {
            platform.apply(checks);
            platform.awaitReady();
            var waiting = parts(platform);
            var printed = new HashMap<ServiceProcess, Integer>();
            for (var process : waiting.keySet()) {
                printed.put(process, process.printed().length());
            }
            var begun = Instant.now();
            goes.on(platform.brokers);
            var plan = platform.downtimes.round(checks);
            for (var one : waiting.entrySet()) {
                await(one.getValue())
                        .atMost(LIMIT)
                        .untilAsserted(() -> {
                            var says = one.getKey().says("ready");
                            assertThat(says.statusCode()).isEqualTo(503);
                            assertThat(says.body())
                                    .contains(
                                            one.getValue(),
                                            "Kafka (127.0.0.1:",
                                            "has not answered for");
                        });
            }
            while (Instant.now().isBefore(begun.plus(away))) {
                alive(platform.all());
                TimeUnit.SECONDS.sleep(2); // how often somebody asks
            }
            var back = Instant.now();
            mended.on(platform.brokers);
            for (int broker : gone) {
                platform.brokers.restart(broker);
            }
            platform.brokers.awaitWhole();
            platform.awaitReady();
            var whole = Instant.now();
            platform.fault(new Fault("kill -9", "kafka " + gone, begun, whole.plus(SETTLES)));
            plan.get();
            platform.awaitTold(checks);
            for (var one : waiting.entrySet()) {
                var since = one.getKey().printed().substring(printed.get(one.getKey()));
                System.out.printf(
                        "%s printed %d lines%n", one.getKey().name(), since.lines().count());
                saidOnce(since.lines().toList(), one.getValue(), Duration.between(begun, whole));
            }
            platform.judge(back);
        }
    }

    /// Who reads, and what its progress is called.
    private static Map<ServiceProcess, String> parts(Platform platform) {
        var parts = new LinkedHashMap<ServiceProcess, String>();
        platform.streams.forEach(process -> parts.put(process, "streams.progress"));
        platform.notifiers.forEach(process -> parts.put(process, "notifier.progress"));
        parts.put(platform.page, "page.progress");
        return parts;
    }

    /// That Kafka is away is no reason to start a service anew.
    private static void alive(List<ServiceProcess> processes) throws Exception {
        for (var process : processes) {
            var says = process.says("health");
            if (!says.body().startsWith("java.")) { // no answer in time is a busy machine's
                assertThat(says.statusCode())
                        .as("%s: %s", process.name(), says.body())
                        .isEqualTo(200);
            }
        }
    }

    /// When it began, at most once a minute, and when it ended; and no pages of stack.
    private static void saidOnce(List<String> lines, String part, Duration within) {
        var said = lines.stream().filter(line -> line.contains("part=" + part)).toList();
        assertThat(said).isNotEmpty();
        assertThat(said.getFirst()).contains("has not answered for");
        assertThat(said.getLast()).contains("goes on");
        assertThat(said).filteredOn(line -> line.contains("goes on")).hasSize(1);
        assertThat(said).hasSizeLessThanOrEqualTo((int) (2 + within.toMinutes()));
        assertThat(lines).noneMatch(line -> line.startsWith("\tat "));
    }
}
