package dev.tocsin.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.agent.publish.spool.Progress;
import dev.tocsin.agent.publish.spool.Spool;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.Health;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Turn by turn, with a clock and a broker that do what the test says.
@Timeout(60)
class UploaderTest {
    static {
        TrustedRecords.trust();
    }

    private static final Instant TEN = Instant.parse("2026-11-24T10:00:00Z");

    /// A broker that answers when it is told to, and says when it appended.
    private static final class Broker extends MockProducer<String, byte[]> {
        private long appendedAtMs;

        Broker() {
            super(false, null, new StringSerializer(), new ByteArraySerializer());
        }

        @Override
        public synchronized Future<RecordMetadata> send(
                ProducerRecord<String, byte[]> record, Callback callback) {
            return super.send(
                    record,
                    (metadata, e) ->
                            callback.onCompletion(e == null ? appended(metadata) : metadata, e));
        }

        private RecordMetadata appended(RecordMetadata at) {
            return new RecordMetadata(
                    new TopicPartition(at.topic(), at.partition()),
                    at.offset(),
                    0,
                    appendedAtMs,
                    0,
                    0);
        }

        List<String> sent() {
            return history().stream()
                    .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                    .toList();
        }
    }

    /// One run of an agent over the folder.
    private final class Run implements AutoCloseable {
        final Tally tally = new Tally();
        final Health health = new Health();
        final Bypass bypass = new Bypass(tally);
        final Spool spool;
        final Progress progress;
        final Uploader uploader;

        Run() throws IOException {
            spool = new Spool(dir, 1 << 30);
            progress = new Progress(dir.resolve("progress"), spool.end());
            uploader =
                    new Uploader(
                            spool,
                            progress,
                            bypass,
                            new Link(() -> broker),
                            UploaderTest.this::serialize,
                            "",
                            "kafka:9092",
                            tally,
                            health,
                            UploaderTest.this::now,
                            () -> nanos,
                            millis -> {
                                pauses.add(millis);
                                pass(Duration.ofMillis(millis));
                            });
        }

        void publish(CheckResult... results) throws IOException {
            for (var result : results) {
                tally.taken.incrementAndGet();
                spool.append(result);
            }
        }

        /// Until nothing live is left to do.
        void live() throws InterruptedException {
            for (int turns = 0; uploader.turn(true); turns++) {
                assertThat(turns).isLessThan(20);
            }
        }

        void turn() throws InterruptedException {
            assertThat(uploader.turn(false)).isTrue();
        }

        @Nullable String why() {
            return health.why("publisher");
        }

        @Override
        public void close() throws IOException {
            progress.save();
            spool.close();
        }
    }

    @TempDir Path dir = Path.of(".");

    private final Broker broker = new Broker();
    private final List<Long> pauses = new ArrayList<>();
    private final List<String> serialized = new ArrayList<>();
    private String unknownSchema = "";
    private long poison = -1;
    private Runnable bug = () -> {};
    private final long start = Duration.ofDays(3).toNanos();
    private long nanos = start;

    private byte[] serialize(String topic, SpecificRecord value) {
        if (topic.equals(unknownSchema)) {
            throw new TimeoutException("the registry is away");
        }
        if (value.toString().contains("\"sequence\": " + poison + ",")) {
            bug.run();
        }
        serialized.add(topic);
        return value.toString().getBytes(StandardCharsets.UTF_8);
    }

    private Instant now() {
        return TEN.plusNanos(nanos - start);
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private CheckResult result(long sequence) {
        return Results.made(sequence, now()).build();
    }

    private CheckResult old(long sequence) {
        return Results.made(sequence, now().minusSeconds(61)).build();
    }

    private static String sent(String lane, long sequence) {
        return "\"lane\": \"" + lane + "\", \"sequence\": " + sequence + ",";
    }

    private void assertSent(String... texts) {
        var all = broker.sent();
        assertThat(all).hasSize(texts.length);
        for (int i = 0; i < texts.length; i++) {
            assertThat(all.get(i)).contains(texts[i]);
        }
    }

    @Test
    void nothingIsSentBeforeEverySchemaIsKnown() throws Exception {
        try (var run = new Run()) {
            run.publish(result(1));
            unknownSchema = "agents";
            run.turn();
            assertThat(pauses).containsExactly(500L);
            assertThat(run.why())
                    .startsWith("has not reached Kafka yet at kafka:9092: ")
                    .contains("the registry is away");
            assertThat(broker.sent()).isEmpty();
            unknownSchema = "";
            serialized.clear();
            run.live();
            assertThat(serialized)
                    .containsExactly("check-results", "check-hours", "agents", "check-results");
            assertThat(run.why()).isNull();
            assertThat(pauses).hasSize(1);
        }
    }

    @Test
    void whatIsLiveGoesOutInOrderAndCountsWhenABrokerHasIt() throws Exception {
        try (var run = new Run()) {
            run.publish(result(1), result(2), result(3));
            run.live();
            assertSent(sent("LIVE", 1), sent("LIVE", 2), sent("LIVE", 3));
            assertThat(run.tally.acknowledged).hasValue(0);
            broker.completeNext();
            broker.completeNext();
            assertThat(run.tally.acknowledged).hasValue(2);
            broker.completeNext();
            run.live();
            assertThat(run.tally.acknowledged).hasValue(3);
            assertThat(run.progress.sent()).isEqualTo(run.spool.end());
            assertThat(broker.sent()).hasSize(3);
        }
    }

    static Stream<Throwable> bugs() {
        return Stream.of(
                new StackOverflowError("too deep"),
                new NullPointerException("a bug"),
                new SerializationException("cannot write CheckResult"));
    }

    private static void bug(Run run) {
        assertThatThrownBy(run::turn)
                .isInstanceOfAny(bugs().map(Throwable::getClass).toArray(Class<?>[]::new));
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void aResultThatABugMeetsIsCountedAndHoldsUpNoneBehindIt(Throwable why) throws Exception {
        bug =
                () -> {
                    if (why instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) why;
                };
        try (var run = new Run()) {
            run.publish(result(1));
            run.live();
            broker.errorNext(new NotLeaderOrFollowerException("moved"));
            poison = 1;
            pass(Duration.ofSeconds(1));
            bug(run); // when it is tried again
            run.bypass.add(result(1));
            run.tally.taken.incrementAndGet();
            bug(run);
            run.publish(result(1), result(2));
            bug(run);
            run.live();
            broker.completeNext();
            assertSent(sent("LIVE", 1), sent("LIVE", 2));
            assertThat(run.tally.lost).hasValue(3);
            assertThat(run.tally.taken).hasValue(1);
            assertThat(run.tally.acknowledged).hasValue(1);
            assertThat(run.progress.sent()).isEqualTo(run.spool.end());
            assertThat(run.progress.inFlight()).isZero();
            run.live();
            assertThat(run.why()).isNull();
        }
    }

    @Test
    void whatWasRefusedRestsAndIsTriedAgain() throws Exception {
        try (var run = new Run();
                var log = new Logged()) {
            run.publish(result(1));
            run.live();
            broker.errorNext(new NotLeaderOrFollowerException("moved"));
            assertThat(run.why()).contains("moved");
            pass(Duration.ofNanos(499_999_999));
            run.live();
            assertThat(broker.sent()).hasSize(1);
            pass(Duration.ofNanos(1));
            run.live();
            assertSent(sent("LIVE", 1), sent("LIVE", 1));
            broker.errorNext(new NotLeaderOrFollowerException("moved"));
            pass(Duration.ofMillis(500));
            run.live();
            broker.completeNext();
            run.live();
            assertThat(broker.sent()).hasSize(3);
            assertThat(run.why()).isNull();
            assertThat(run.tally.acknowledged).hasValue(1);
            assertThat(run.tally.lost).hasValue(0);
            assertThat(run.progress.sent()).isEqualTo(run.spool.end());
            assertThat(log.lines("refused")).as("told when it begins").hasSize(1);
        }
    }

    @Test
    void whatWasRefusedIsNotForgottenWhereItCannotBeHandedOverAgain() throws Exception {
        try (var run = new Run()) {
            run.publish(result(1));
            run.live();
            broker.errorNext(new NotLeaderOrFollowerException("moved"));
            pass(Duration.ofSeconds(1));
            broker.sendException = new KafkaException("no room");
            run.turn();
            run.turn();
            assertThat(pauses).containsExactly(500L, 500L);
            assertThat(broker.sent()).hasSize(1);
            broker.sendException = null;
            run.live();
            broker.completeNext();
            run.live();
            assertSent(sent("LIVE", 1), sent("LIVE", 1));
            assertThat(run.tally.acknowledged).hasValue(1);
        }
    }

    @Test
    void whatCannotBeHandedOverIsTheNextOneAgain() throws Exception {
        try (var run = new Run();
                var log = new Logged()) {
            run.live();
            run.publish(result(1), result(2));
            broker.sendException = new KafkaException("no room");
            run.turn();
            run.turn();
            assertThat(pauses).containsExactly(500L, 500L);
            assertThat(run.why()).contains("no room");
            assertThat(run.progress.inFlight()).isZero();
            assertThat(log.lines("no room")).as("told when it begins").hasSize(1);
            broker.sendException = null;
            run.live();
            assertSent(sent("LIVE", 1), sent("LIVE", 2));
            broker.completeNext();
            broker.completeNext();
            assertThat(run.why()).isNull();
            run.publish(result(3));
            broker.sendException = new KafkaException("no room");
            run.turn();
            assertThat(log.lines("no room")).as("and when it begins again").hasSize(2);
        }
    }

    /// Tried again it would be refused for ever.
    @Test
    void whatIsTooLargeIsLostAndHoldsUpNothing() throws Exception {
        try (var run = new Run()) {
            run.publish(result(1), result(2));
            run.live();
            broker.errorNext(new RecordTooLargeException("too large"));
            broker.completeNext();
            pass(Duration.ofSeconds(1));
            run.live();
            assertSent(sent("LIVE", 1), sent("LIVE", 2));
            assertThat(run.tally.lost).hasValue(1);
            assertThat(run.tally.taken).hasValue(1);
            assertThat(run.tally.acknowledged).hasValue(1);
            assertThat(run.progress.sent()).isEqualTo(run.spool.end());
            assertThat(run.why()).isNull();
        }
    }

    @Test
    void kafkaIsSilentWhenItHasAnsweredNothingForMoreThanAQuarterOfAMinute() throws Exception {
        try (var run = new Run()) {
            run.publish(result(1));
            run.live();
            pass(Duration.ofSeconds(15));
            run.live();
            assertThat(run.why()).isNull();
            pass(Duration.ofMillis(1));
            run.live();
            assertThat(run.why()).contains("answered nothing for 15 s");
            broker.completeNext();
            run.live();
            assertThat(run.why()).isNull();
        }
    }

    @Test
    void whoHasNothingToAnswerIsNotSilent() throws Exception {
        try (var run = new Run()) {
            run.live();
            pass(Duration.ofMinutes(5));
            run.publish(result(1));
            run.live();
            pass(Duration.ofSeconds(1));
            run.live();
            assertThat(run.why()).isNull();
        }
    }

    @Test
    void whoAnswersWhileMoreIsUnderWayIsNotSilent() throws Exception {
        try (var run = new Run()) {
            for (int i = 1; i <= 5; i++) {
                run.publish(result(2L * i - 1), result(2L * i));
                run.live();
                pass(Duration.ofSeconds(10));
                run.live();
                assertThat(run.why()).isNull();
                broker.completeNext();
            }
        }
    }

    @Test
    void aRefusalIsAnAnswerAndATimeoutIsNone() throws Exception {
        try (var run = new Run()) {
            run.publish(result(1));
            run.live();
            pass(Duration.ofSeconds(14));
            broker.errorNext(new NotLeaderOrFollowerException("moved"));
            pass(Duration.ofSeconds(2));
            run.live();
            assertThat(run.why()).contains("moved");
            broker.errorNext(new TimeoutException("expired"));
            pass(Duration.ofSeconds(14));
            run.live();
            assertThat(run.why()).contains("answered nothing for 16 s");
        }
    }

    @Test
    void whenWhatBreaksTheSilenceIsARefusalItIsNotWellYet() throws Exception {
        try (var run = new Run()) {
            run.publish(result(1));
            run.live();
            pass(Duration.ofSeconds(20));
            run.live();
            assertThat(run.why()).contains("answered nothing");
            broker.errorNext(new NotLeaderOrFollowerException("moved"));
            run.live();
            assertThat(run.why()).contains("moved");
            pass(Duration.ofSeconds(1));
            run.live();
            broker.completeNext();
            run.live();
            assertThat(run.why()).isNull();
        }
    }

    @Test
    void aSilenceIsSaidWhenItBeginsOnceAMinuteAndWhenItIsOver() throws Exception {
        try (var run = new Run();
                var log = new Logged()) {
            run.publish(result(1));
            run.live();
            for (int second = 0; second < 200; second++) {
                pass(Duration.ofSeconds(1));
                run.live();
            }
            assertThat(log.lines("answered nothing")).hasSize(4);
            assertThat(log.lines("again")).isEmpty();
            broker.completeNext();
            run.live();
            run.publish(result(2));
            run.live();
            broker.completeNext();
            assertThat(log.lines("results reach Kafka again"))
                    .singleElement()
                    .asString()
                    .contains("after-s=184");
        }
    }

    @Test
    void theSilenceEndsAlsoWhenNothingIsLeftToAnswer() throws Exception {
        try (var run = new Run()) {
            run.publish(result(1));
            run.live();
            pass(Duration.ofSeconds(20));
            run.live();
            assertThat(run.why()).contains("answered nothing");
            broker.errorNext(new RecordTooLargeException("too large"));
            run.live();
            assertThat(run.why()).isNull();
        }
    }

    /// A thousand a second: history must not crowd out what happens now.
    @Test
    void whatAnEarlierRunLeftIsFilledInSlowlyAndIsNotCountedForThisOne() throws Exception {
        try (var earlier = new Run()) {
            earlier.publish(result(1), result(2), result(3));
        }
        try (var run = new Run()) {
            run.turn();
            run.publish(result(4));
            run.turn();
            assertSent(sent("LIVE", 4));
            pass(Duration.ofMillis(1));
            run.turn(); // to where the first one stands
            for (int i = 1; i <= 3; i++) {
                run.turn();
                pass(Duration.ofNanos(999_999));
                run.turn();
                assertThat(broker.sent()).hasSize(i);
                pass(Duration.ofNanos(1));
                run.turn();
                assertThat(broker.sent()).hasSize(i + 1);
            }
            assertSent(
                    sent("LIVE", 4), sent("BACKFILL", 1), sent("BACKFILL", 2), sent("BACKFILL", 3));
            broker.completeNext();
            broker.completeNext();
            broker.completeNext();
            assertThat(run.tally.acknowledged).hasValue(1);
            broker.errorNext(new RecordTooLargeException("too large"));
            assertThat(run.tally.lost).hasValue(1);
            assertThat(run.tally.taken).hasValue(1);
        }
        try (var next = new Run()) {
            assertThat(next.progress.backlog()).as("all is sent").isNull();
        }
    }

    /// A wait of a millisecond takes ten on a busy machine: a thousand a second would be a hundred. An hour of it does not come at once, either.
    @Test
    void whatABusyMachineSleptTooLongIsMadeGoodUpToTwentyAtOnce() throws Exception {
        try (var earlier = new Run()) {
            for (int i = 1; i <= 40; i++) {
                earlier.publish(result(i));
            }
        }
        try (var run = new Run()) {
            pass(Duration.ofMillis(1));
            run.turn(); // to where the first one stands
            pass(Duration.ofMillis(10));
            turns(run, 30);
            assertThat(broker.sent()).hasSize(10);
            pass(Duration.ofHours(1));
            turns(run, 30);
            assertThat(broker.sent()).hasSize(30);
            pass(Duration.ofMillis(1));
            turns(run, 3);
            assertThat(broker.sent()).hasSize(31);
        }
    }

    private static void turns(Run run, int turns) throws Exception {
        for (int i = 0; i < turns; i++) {
            run.turn();
        }
    }

    @Test
    void ofWhatIsOldTheLiveOnesDoNotWait() throws Exception {
        try (var run = new Run()) {
            run.publish(Results.made(1, now().minusSeconds(60)).build(), old(2));
            run.live();
            run.publish(result(3));
            run.live();
            assertSent(sent("LIVE", 1), sent("LIVE", 3));
            pass(Duration.ofMillis(1));
            run.turn();
            assertThat(broker.sent().getLast()).contains(sent("BACKFILL", 2));
            for (int i = 0; i < 3; i++) {
                broker.completeNext();
            }
            assertThat(run.tally.acknowledged).as("they are of this run").hasValue(3);
        }
    }

    @Test
    void whatGoesPastTheDiskGoesFirstInOrderAndCounts() throws Exception {
        try (var run = new Run()) {
            run.live();
            run.publish(result(3));
            run.tally.taken.addAndGet(2);
            run.bypass.add(result(1));
            run.bypass.add(old(2));
            broker.sendException = new KafkaException("no room");
            run.turn();
            assertThat(pauses).containsExactly(500L);
            assertThat(run.bypass.size()).isEqualTo(2);
            broker.sendException = null;
            run.live();
            assertSent(sent("LIVE", 1), sent("BACKFILL", 2), sent("LIVE", 3));
            for (int i = 0; i < 3; i++) {
                broker.completeNext();
            }
            assertThat(run.tally.acknowledged).hasValue(3);
            assertThat(run.bypass.isEmpty()).isTrue();
            assertThat(pauses).hasSize(1);
        }
    }

    @Test
    void theClockOfABrokerIsLearnedAndToldWithWhatIsLiveAlone() throws Exception {
        try (var run = new Run()) {
            broker.appendedAtMs = now().plusSeconds(5).toEpochMilli();
            run.publish(result(1));
            run.live();
            assertThat(broker.sent().getLast()).contains("\"clock_offset_ms\": 0,");
            broker.completeNext();
            assertThat(run.uploader.clockOffset())
                    .isBetween(Duration.ofMillis(4990), Duration.ofMillis(5010));
            run.publish(result(2), old(3));
            run.live();
            assertThat(broker.sent().getLast())
                    .contains(
                            "\"clock_offset_ms\": " + run.uploader.clockOffset().toMillis() + ",");
            pass(Duration.ofMillis(1));
            run.turn();
            assertThat(broker.sent().getLast())
                    .contains(sent("BACKFILL", 3))
                    .contains("\"clock_offset_ms\": 0,");
        }
    }

    @Test
    void whatARefusalSaysOfTheClockIsNothing() throws Exception {
        try (var run = new Run()) {
            run.publish(result(1));
            run.live();
            broker.errorNext(new NotLeaderOrFollowerException("moved"));
            assertThat(run.uploader.clockOffset()).isZero();
        }
    }

    @Test
    void notMoreThanTenThousandAreUnderWay() throws Exception {
        try (var run = new Run()) {
            for (int i = 1; i <= 10_002; i++) {
                run.publish(result(i));
            }
            for (int i = 0; i < 10_000; i++) {
                run.turn();
            }
            assertThat(pauses).isEmpty();
            run.turn();
            run.turn();
            assertThat(broker.sent()).hasSize(10_000);
            assertThat(pauses).containsExactly(5L, 5L);
            broker.completeNext();
            run.turn();
            run.turn();
            assertThat(broker.sent()).hasSize(10_001);
        }
    }
}
