package dev.tocsin.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.Health;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ResultPublisherTest {
    private static final Instant TEN = Instant.parse("2026-11-24T10:00:00Z");
    private static final Pattern SEQUENCE = Pattern.compile("\"sequence\": (\\d+)");

    @TempDir Path dir = Path.of(".");

    private final AtomicLong seconds = new AtomicLong();
    private final AwayProducer kafka = new AwayProducer();
    private final Health health = new Health();

    private ResultPublisher publisher() {
        return publisher(kafka);
    }

    private ResultPublisher publisher(Producer<String, byte[]> producer) {
        return new ResultPublisher(
                () -> producer,
                AwayProducer.TEXT,
                "",
                "kafka:9092",
                dir,
                64 << 20,
                health,
                () -> TEN.plusSeconds(seconds.get()),
                () -> Duration.ofSeconds(seconds.get()).toNanos() + System.nanoTime(),
                Duration.ofMillis(200));
    }

    private CheckResult result() {
        return Results.made(seconds.get(), TEN.plusSeconds(seconds.get())).build();
    }

    private AgentStatus status() {
        return AgentStatus.newBuilder()
                .setAgentId("us-1")
                .setRegion("us")
                .setBootEpoch(7)
                .setAt(TEN.plusSeconds(seconds.get()))
                .setClockOffsetMs(0)
                .setVersion("test")
                .setChecks(1)
                .setPendingResults(0)
                .setLostResults(0)
                .build();
    }

    /// What an agent does in ten minutes, in the second in which it does it. Whoever waited for Kafka would wait until it is back.
    private void tenMinutes(ResultPublisher publisher, HourCounts hours) {
        for (int i = 1; i <= 600; i++) {
            seconds.set(i);
            hours.count(result());
            publisher.publish(result());
            if (i % 10 == 0) {
                publisher.tell(Topics.AGENTS, "us-1", status());
            }
            if (i % 30 == 0) {
                hours.tell(
                        TEN.plusSeconds(i),
                        (key, hour) -> {
                            publisher.tell(Topics.CHECK_HOURS, key, hour);
                            return true;
                        });
            }
        }
    }

    @Test
    void tenMinutesWithoutKafkaHoldUpNothingAndLoseNothing() {
        try (var publisher = publisher()) {
            var hours = new HourCounts();
            publisher.publish(result());
            publisher.tell(Topics.AGENTS, "us-1", status());
            await().until(() -> kafka.waiting.get() == 2); // both roads stand
            tenMinutes(publisher, hours);
            assertThat(kafka.history()).isEmpty();
            assertThat(publisher.pending()).isEqualTo(601);
            kafka.comeBack();
            await().until(() -> publisher.published() == 601);
            await().until(() -> kafka.sent("agents").size() == 2);
            await().until(() -> kafka.sent("check-hours").size() == 1);
            assertThat(
                            kafka.sent("check-results").stream()
                                    .map(text -> {
                                        var sequence = SEQUENCE.matcher(text);
                                        assertThat(sequence.find()).isTrue();
                                        return Long.valueOf(sequence.group(1));
                                    }))
                    .doesNotHaveDuplicates()
                    .hasSize(601);
            assertThat(kafka.sent("agents").getLast()).as("the newest alone").contains("10:10:00");
            assertThat(kafka.sent("check-hours").getFirst()).contains("\"PASS\": 600");
            assertThat(publisher.lost()).isZero();
            assertThat(publisher.pending()).isZero();
            assertThat(health.alive()).isTrue();
        }
    }

    @Test
    void anAgentIsNotReadyBeforeItHasReachedKafkaForTheFirstTime() {
        try (var _ = publisher()) {
            assertThat(health.why("publisher"))
                    .isEqualTo("has not reached Kafka yet at kafka:9092");
            await().until(() -> kafka.waiting.get() == 1);
            assertThat(health.ready()).isFalse();
            kafka.comeBack();
            await().until(health::ready);
        }
    }

    @Test
    void whyItHasNotReachedKafkaYetIsSaid() {
        var answers = new AtomicBoolean();
        var early =
                new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer()) {
                    @Override
                    public List<PartitionInfo> partitionsFor(String topic) {
                        if (!answers.get()) {
                            throw new TimeoutException(topic + " not present in metadata");
                        }
                        return super.partitionsFor(topic);
                    }
                };
        try (var publisher = publisher(early)) {
            publisher.publish(result());
            await().until(() -> String.valueOf(health.why("publisher")).contains("metadata"));
            assertThat(health.why("publisher"))
                    .startsWith("has not reached Kafka yet at kafka:9092: ")
                    .contains("check-results not present");
            assertThat(early.history()).isEmpty();
            answers.set(true);
            await().until(() -> early.history().size() == 1);
            await().until(health::ready);
        }
    }

    /// As with a broker that was there and is gone: the producer keeps what it was given.
    @Test
    void anAgentIsNotReadyWhileKafkaTakesResultsAndAnswersNone() {
        var silent =
                new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
        try (var publisher = publisher(silent)) {
            publisher.publish(result());
            await().until(() -> silent.history().size() == 1);
            assertThat(health.why("publisher")).isNull();
            seconds.set(20);
            await().until(() -> health.why("publisher") != null);
            assertThat(health.why("publisher")).contains("answered nothing for 2");
            assertThat(silent.completeNext()).isTrue();
            await().until(() -> health.why("publisher") == null);
        }
    }

    @Test
    void withoutKafkaAStopEndsInTimeAndTheNextRunSendsWhatIsLeft() {
        var publisher = publisher();
        publisher.publish(result());
        publisher.tell(Topics.AGENTS, "us-1", status());
        await().until(() -> kafka.waiting.get() == 2);
        tenMinutes(publisher, new HourCounts());
        await().until(() -> publisher.queued() == 0);
        publisher.close();
        assertThat(kafka.history()).isEmpty();
        var back = new AwayProducer();
        back.comeBack();
        try (var next =
                new ResultPublisher(
                        () -> back,
                        AwayProducer.TEXT,
                        "",
                        "kafka:9092",
                        dir,
                        64 << 20,
                        health,
                        () -> TEN.plusSeconds(seconds.get()),
                        System::nanoTime,
                        Duration.ofMillis(200))) {
            await().until(() -> back.sent("check-results").size() == 601);
            assertThat(back.sent("check-results"))
                    .allSatisfy(text -> assertThat(text).contains("BACKFILL"));
            assertThat(next.lost()).isZero();
        }
    }

    @Test
    void aStopTellsWhatIsLeftToTell() {
        kafka.comeBack();
        var publisher = publisher();
        publisher.tell(Topics.AGENTS, "us-1", status());
        await().until(() -> kafka.sent("agents").size() == 1);
        publisher.tell(Topics.AGENTS, "us-1", status());
        publisher.publish(result());
        publisher.close();
        assertThat(kafka.sent("agents")).hasSize(2);
        assertThat(kafka.sent("check-results")).hasSize(1);
    }

    /// The folder goes away under it: each new segment fails, as on a full disk.
    @Test
    void withKafkaUpADiskThatTakesNothingIsPassedByAndUsedAgainWhenItDoes() throws Exception {
        kafka.comeBack();
        var away = dir.resolveSibling(dir.getFileName() + "-away");
        try (var publisher = publisher()) {
            Files.move(dir, away);
            for (int i = 1; i <= 50; i++) {
                seconds.set(i);
                publisher.publish(result());
            }
            await().until(() -> publisher.published() == 50);
            assertThat(health.why("spool")).contains("the disk");
            assertThat(publisher.pending()).isZero();
            Files.move(away, dir);
            seconds.set(60);
            await().until(() -> health.why("spool") == null);
            publisher.publish(result());
            await().until(() -> publisher.published() == 51);
            assertThat(publisher.pendingBytes()).isZero();
            assertThat(publisher.lost()).isZero();
            try (var files = Files.list(dir)) {
                assertThat(files.map(f -> f.getFileName().toString()))
                        .anyMatch(name -> name.endsWith(".spool"));
            }
        }
    }
}
