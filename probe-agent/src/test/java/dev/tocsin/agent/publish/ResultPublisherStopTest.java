package dev.tocsin.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.agent.publish.spool.Progress;
import dev.tocsin.agent.publish.spool.Spool;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Failure;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a publisher says of itself, and what is left of it after a stop.
@Timeout(60)
class ResultPublisherStopTest {
    private static final Instant TEN = Instant.parse("2026-11-24T10:00:00Z");
    private static final Duration PLENTY = Duration.ofSeconds(30);

    /// It notes what time it was given to close.
    private static final class Noting extends MockProducer<String, byte[]> {
        private volatile @Nullable Duration closedWithin;

        Noting(boolean answers) {
            super(answers, null, new StringSerializer(), new ByteArraySerializer());
        }

        @Override
        public void close(Duration timeout) {
            closedWithin = timeout;
        }
    }

    @TempDir Path dir = Path.of(".");

    private final Noting kafka = new Noting(true);

    private ResultPublisher publisher(
            Producer<String, byte[]> producer, LongSupplier nanos, Duration flush) {
        return new ResultPublisher(
                () -> producer,
                AwayProducer.TEXT,
                "",
                "kafka:9092",
                dir,
                64 << 20,
                new Health(),
                () -> TEN,
                nanos,
                flush);
    }

    private static CheckResult.Builder made(long sequence) {
        return Results.made(sequence, TEN);
    }

    private static CheckResult result(long sequence) {
        return made(sequence).build();
    }

    private static boolean itsThreadsHaveEnded() {
        return Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> List.of("spooler", "uploader", "teller").contains(t.getName()));
    }

    @Test
    void aStopSendsAllThatWasPublishedInOrderAndGivesKafkaTheTimeThatIsLeft() {
        var publisher = publisher(kafka, System::nanoTime, PLENTY);
        for (int i = 1; i <= 2000; i++) {
            publisher.publish(result(i));
        }
        publisher.close();
        assertThat(kafka.history()).hasSize(2000);
        for (int i = 1; i <= 2000; i++) {
            assertThat(new String(kafka.history().get(i - 1).value(), StandardCharsets.UTF_8))
                    .contains("\"sequence\": " + i + ",");
        }
        assertThat(kafka.closedWithin).isBetween(Duration.ofMillis(1), PLENTY);
        assertThat(publisher.pending()).isZero();
        await().until(ResultPublisherStopTest::itsThreadsHaveEnded);
    }

    @Test
    void whoeverDoesNotEndInTimeIsNotWaitedForByTheProducer() {
        var away = new AwayProducer();
        var publisher = publisher(away, System::nanoTime, Duration.ofMillis(50));
        publisher.publish(result(1));
        await().until(() -> away.waiting.get() == 1);
        publisher.close();
        assertThat(away.closedWithin).isEqualTo(Duration.ZERO);
        await().until(ResultPublisherStopTest::itsThreadsHaveEnded);
    }

    @Test
    void whatABrokerHasIsNotSentAgainByTheNextRun() throws Exception {
        try (var publisher = publisher(kafka, () -> 0, PLENTY)) { // it is never a second later
            publisher.publish(result(1));
            await().until(() -> publisher.published() == 1);
        }
        assertNothingIsLeftToSend();
    }

    private void assertNothingIsLeftToSend() throws IOException {
        try (var spool = new Spool(dir, 64 << 20)) {
            assertThat(spool.end()).isPositive();
            assertThat(new Progress(dir.resolve("progress"), spool.end()).backlog()).isNull();
        }
    }

    @Test
    void aStopThatIsInterruptedWritesDownWhatWasSentAndClosesAllThatIsOpen() throws Exception {
        OpenFiles.assumeKnown();
        var publisher = publisher(kafka, () -> 0, PLENTY);
        publisher.publish(result(1));
        await().until(() -> publisher.published() == 1);
        assertThat(OpenFiles.below(dir)).isNotEmpty();
        Thread.currentThread().interrupt();
        publisher.close();
        assertThat(Thread.interrupted()).as("whoever stops it hears of it").isTrue();
        assertThat(kafka.closedWithin).isEqualTo(Duration.ZERO);
        assertThat(OpenFiles.below(dir)).isEmpty();
        assertNothingIsLeftToSend();
        await().until(ResultPublisherStopTest::itsThreadsHaveEnded);
    }

    @Test
    void aFolderThatCannotBeUsedIsToldAndNothingOfItIsKeptOpen() throws Exception {
        OpenFiles.assumeKnown();
        try (var publisher = publisher(kafka, System::nanoTime, PLENTY)) {
            publisher.publish(result(1));
            await().until(() -> publisher.published() == 1);
        }
        Files.delete(dir.resolve("progress"));
        Files.createDirectories(dir.resolve("progress"));
        assertThatThrownBy(() -> publisher(kafka, System::nanoTime, PLENTY))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the spool " + dir + " cannot be used");
        assertThat(OpenFiles.below(dir)).isEmpty();
    }

    @Test
    void itSaysWhereEveryResultIs() {
        var silent = new Noting(false);
        try (var publisher = publisher(silent, System::nanoTime, Duration.ofMillis(50))) {
            for (int i = 1; i <= 3; i++) {
                publisher.publish(result(i));
            }
            publisher.publish(made(4).setAddress("1".repeat(300)).build());
            await().until(() -> silent.history().size() == 4);
            assertThat(publisher.pending()).isEqualTo(4);
            assertThat(publisher.pendingBytes()).isPositive();
            assertThat(publisher.clockOffset()).isZero();
            silent.errorNext(new RecordTooLargeException("too large"));
            assertThat(publisher.lost()).isEqualTo(1);
            assertThat(publisher.pending()).isEqualTo(3);
            while (silent.completeNext()) {
                // the next
            }
            assertThat(publisher.clockOffset()).isNotEqualTo(Duration.ZERO);
            assertThat(publisher.published()).isEqualTo(3);
            assertThat(publisher.clipped()).isEqualTo(1);
            assertThat(publisher.pending()).isZero();
            assertThat(publisher.pendingBytes()).isZero();
        }
    }

    /// What a target answers is no reason to lose the verdict on it.
    @Test
    void whatSaysMoreThanTheSpoolTakesIsSentWithLess() {
        try (var publisher = publisher(kafka, System::nanoTime, PLENTY)) {
            publisher.publish(
                    made(1).setOutcome(Outcome.FAIL)
                            .setFailure(new Failure(Phase.RESPONSE, "body", "x".repeat(2 << 20)))
                            .build());
            publisher.publish(result(2));
            await().until(() -> publisher.published() == 2);
            assertThat(publisher.clipped()).isEqualTo(1);
            assertThat(publisher.lost()).isZero();
        }
    }

    /// A disk that stands still, and then as many results as wait in memory.
    @Test
    void ofTooManyTheOldestAreLostAndCounted() {
        var stands = new AtomicBoolean();
        var goesOn = new CountDownLatch(1);
        LongSupplier nanos =
                () -> {
                    if (Thread.currentThread().getName().equals("spooler")) {
                        stands.set(true);
                        try {
                            goesOn.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt(); // the test has ended
                        }
                    }
                    return System.nanoTime();
                };
        try (var publisher = publisher(kafka, nanos, Duration.ofMillis(1))) {
            await().untilTrue(stands);
            var result = result(1);
            for (int i = 0; i < 200_003; i++) {
                publisher.publish(result);
            }
            assertThat(publisher.lost()).isEqualTo(3);
            assertThat(publisher.pending()).isEqualTo(200_000);
            assertThat(publisher.queued()).isEqualTo(200_000);
            goesOn.countDown();
        }
    }

    @Test
    void noSettingMakesItLoseOrReorder() {
        var properties =
                ResultPublisher.properties(
                        new KafkaSettings(
                                Map.of(
                                        "acks", "0",
                                        "enable.idempotence", "false",
                                        "delivery.timeout.ms", "1000",
                                        "linger.ms", "50")));
        assertThat(properties)
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", "true")
                .containsEntry("delivery.timeout.ms", Integer.toString(Integer.MAX_VALUE))
                .containsEntry("linger.ms", "50");
    }
}
