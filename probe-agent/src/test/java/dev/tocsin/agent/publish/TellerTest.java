package dev.tocsin.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.Health;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TellerTest {
    static {
        TrustedRecords.trust();
    }

    private static final Duration OFTEN = Duration.ofMillis(2);
    private static final Duration HARDLY_EVER = Duration.ofHours(1);
    private static final Duration ENOUGH = Duration.ofSeconds(20);
    private static final Pattern RECORDS = Pattern.compile("records=(\\d+)");

    private final AtomicLong nanos = new AtomicLong(Duration.ofDays(3).toNanos());
    private final MockProducer<String, byte[]> kafka =
            new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
    private final Link link = new Link(() -> kafka);
    private final Logged log = new Logged();

    @AfterEach
    void saidNoMore() {
        log.close();
    }

    private Teller teller(Duration looks) {
        return new Teller(link, AwayProducer.TEXT, "", nanos::get, looks, new Health());
    }

    /// To a Kafka that is there.
    private Teller linked(Duration looks) {
        assertThat(link.producer()).isSameAs(kafka);
        return teller(looks);
    }

    private static void tell(Teller teller, String agent) {
        teller.tell(
                Topics.AGENTS,
                agent,
                AgentStatus.newBuilder()
                        .setAgentId(agent)
                        .setRegion("us")
                        .setBootEpoch(7)
                        .setAt(Instant.EPOCH)
                        .setClockOffsetMs(0)
                        .setVersion("test")
                        .setChecks(1)
                        .setPendingResults(0)
                        .setLostResults(0)
                        .build());
    }

    private List<String> sent() {
        return kafka.history().stream().map(ProducerRecord::key).toList();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static void assertEnds(Teller teller) throws InterruptedException {
        assertThat(teller.thread().join(ENOUGH)).isTrue();
    }

    @Test
    void whatIsToldGoesOutAtOnceAndAStopIsHeardAtOnce() throws Exception {
        var teller = linked(HARDLY_EVER);
        tell(teller, "a");
        await().until(() -> sent().equals(List.of("a")));
        tell(teller, "b");
        await().until(() -> sent().equals(List.of("a", "b")));
        await().until(() -> teller.thread().getState() == Thread.State.TIMED_WAITING);
        teller.finish();
        assertEnds(teller);
    }

    @Test
    void whatIsToldBeforeThereIsALinkGoesOutWhenThereIsOne() throws Exception {
        var teller = teller(OFTEN);
        tell(teller, "a");
        tell(teller, "a");
        tell(teller, "b");
        assertThat(link.producer()).isSameAs(kafka);
        await().until(() -> sent().size() == 2);
        teller.finish();
        assertEnds(teller);
        assertThat(sent()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void aStopWithoutALinkWaitsForNothing() throws Exception {
        var teller = teller(HARDLY_EVER);
        tell(teller, "a");
        teller.finish();
        assertEnds(teller);
        assertThat(sent()).isEmpty();
    }

    @Test
    void aStopSendsWhatIsLeft() throws Exception {
        var teller = linked(HARDLY_EVER);
        for (int i = 0; i < 1000; i++) {
            tell(teller, "agent-" + i);
        }
        teller.finish();
        assertEnds(teller);
        assertThat(sent()).hasSize(1000).doesNotHaveDuplicates();
    }

    /// While it looks for something to tell and finds nothing, it is told the last, and to end.
    @Test
    void whatIsToldJustBeforeAStopGoesOut() throws Exception {
        var told = new AtomicReference<@Nullable Teller>();
        try (var _ =
                new Logged(() -> {
                    assertThat(link.producer()).isSameAs(kafka);
                    var teller = Objects.requireNonNull(told.get());
                    tell(teller, "last");
                    teller.finish();
                })) {
            var teller = teller(HARDLY_EVER);
            told.set(teller);
            for (int i = 0; i <= 50_000; i++) {
                tell(teller, "agent-" + i); // one too many: it logs that without a link
            }
            assertEnds(teller);
        }
        assertThat(sent()).contains("last");
    }

    @Test
    void whoeverIsAbandonedEnds() throws Exception {
        var teller = linked(OFTEN);
        teller.abandon();
        assertEnds(teller);
    }

    @Test
    void whatIsRefusedIsToldAgainAfterARestAndTheLogSaysWhenItBeginsLastsAndEnds()
            throws Exception {
        var teller = linked(OFTEN);
        tell(teller, "a");
        await().until(() -> sent().size() == 1);
        kafka.errorNext(new NotLeaderOrFollowerException("moved"));
        assertThat(log.lines("was not sent")).hasSize(1).allMatch(line -> line.contains("moved"));
        pass(Duration.ofSeconds(5));
        await().until(() -> sent().size() == 2);
        kafka.errorNext(new NotLeaderOrFollowerException("moved"));
        assertThat(log.lines("was not sent")).hasSize(1);
        pass(Duration.ofSeconds(55));
        await().until(() -> sent().size() == 3);
        kafka.errorNext(new NotLeaderOrFollowerException("moved"));
        assertThat(log.lines("was not sent")).as("once a minute").hasSize(2);
        assertThat(log.lines("is written again")).isEmpty();
        pass(Duration.ofSeconds(5));
        await().until(() -> sent().size() == 4);
        assertThat(kafka.completeNext()).isTrue();
        assertThat(log.lines("is written again")).hasSize(1).allMatch(l -> l.contains("s=65"));
        tell(teller, "b");
        await().until(() -> sent().size() == 5);
        assertThat(kafka.completeNext()).isTrue();
        assertThat(log.lines("is written again")).hasSize(1);
        teller.finish();
        assertEnds(teller);
        assertThat(sent()).containsExactly("a", "a", "a", "a", "b");
    }

    @Test
    void whatCannotBeHandedOverIsToldAgain() throws Exception {
        kafka.sendException = new KafkaException("no room");
        var teller = linked(OFTEN);
        tell(teller, "a");
        await().until(() -> log.lines("was not sent").size() == 1);
        kafka.sendException = null;
        pass(Duration.ofSeconds(5));
        await().until(() -> sent().equals(List.of("a")));
        teller.finish();
        assertEnds(teller);
    }

    /// It would be so for ever.
    @Test
    void whatIsTooLargeIsNotToldAgain() throws Exception {
        var teller = linked(OFTEN);
        tell(teller, "large");
        await().until(() -> sent().size() == 1);
        kafka.errorNext(new RecordTooLargeException("too large"));
        assertThat(log.lines("was not sent")).hasSize(1);
        pass(Duration.ofMinutes(1));
        tell(teller, "b");
        await().until(() -> sent().contains("b"));
        teller.finish();
        assertEnds(teller);
        assertThat(sent()).containsExactly("large", "b");
    }

    @Test
    void ofTooMuchThatWaitsTheLogSaysHowManyAreLost() throws Exception {
        var teller = teller(HARDLY_EVER);
        for (int i = 0; i < 50_003; i++) {
            tell(teller, "agent-" + i);
        }
        teller.finish();
        assertEnds(teller);
        var records =
                log.lines("too much waits to be told").stream()
                        .map(line -> {
                            var found = RECORDS.matcher(line);
                            assertThat(found.find()).isTrue();
                            return Integer.valueOf(found.group(1));
                        })
                        .toList();
        assertThat(records.stream().mapToInt(Integer::intValue).sum()).isEqualTo(3);
        assertThat(records).doesNotContain(0);
    }
}
