package dev.tocsin.incident.stream;

import static dev.tocsin.incident.stream.Plain.bytes;
import static dev.tocsin.incident.stream.Plain.decoder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.incident.wire.Frames;
import dev.tocsin.incident.wire.OutageWire;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Command;
import dev.tocsin.schemas.CommandKind;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.schemas.UserReport;
import dev.tocsin.service.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A task without Kafka: what it begins with, and what becomes of it when something throws midway.
class IncidentProcessorTest {
    static {
        TrustedRecords.trust();
    }

    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");
    private static final Ticks OWN =
            new Ticks() {
                @Override
                public void started(int partition) {}

                @Override
                public void stopped(int partition) {}

                @Override
                public boolean own(Headers headers) {
                    return true;
                }
            };

    private final MockProcessorContext<String, byte[]> context =
            new MockProcessorContext<>(new Properties());
    private final Map<String, KeyValueStore<String, byte[]>> stores = new HashMap<>();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Health health = new Health();
    private final Counters counters = new Counters(metrics, health);
    private boolean registryIsAway;
    private boolean buggy;

    /// No incident of this check can be signalled.
    private @Nullable String buggyFor;

    private long offset;
    private IncidentProcessor processor = processor(_ -> "");

    private IncidentProcessor processor(UnaryOperator<String> topicIds) {
        return new IncidentProcessor(
                "", "owners", Plain.formats(), topicIds, outbox(), OWN, counters);
    }

    private Outbox outbox() {
        return new Outbox(
                "",
                "signals-sink",
                (_, event) -> bytes(event::toByteBuffer),
                (_, signal) -> {
                    if (registryIsAway) {
                        throw new TimeoutException("the registry is away");
                    }
                    if (buggy) {
                        throw new NullPointerException("nobody thought of that");
                    }
                    var of = signal.getIncident();
                    if (of != null && Objects.equals(of.getCheckId(), buggyFor)) {
                        throw new IllegalStateException("nobody thought of " + buggyFor);
                    }
                    return bytes(signal::toByteBuffer);
                },
                counters);
    }

    static CheckDefinition check(String id) {
        return CheckDefinition.newBuilder()
                .setCheckId(id)
                .setConfigVersion("v1")
                .setName(id)
                .setService(id)
                .setUrl("http://" + id + "/")
                .setProbe("http")
                .setIntervalMs(10_000)
                .setTimeoutMs(1000)
                .setRegions(List.of("us", "eu"))
                .setIncident(IncidentPolicy.newBuilder().setFailureThreshold(1).build())
                .build();
    }

    @BeforeEach
    void init() {
        for (var name : IncidentProcessor.STORES) {
            var store = Stored.inMemory(name);
            context.addStateStore(store);
            stores.put(name, store);
        }
        processor.init(context);
        give("checks", "shop", bytes(check("shop")::toByteBuffer), 0);
    }

    private void give(String topic, String key, byte @Nullable [] value, int second) {
        context.setRecordMetadata(topic, 0, offset++);
        processor.process(new Record<>(key, value, START.plusSeconds(second).toEpochMilli()));
    }

    private void fails(String region, int second) {
        result("shop", region, second, Outcome.FAIL);
    }

    private void result(String check, String region, int second, Outcome outcome) {
        result(check, region, second, second, outcome);
    }

    private void result(String check, String region, int second, int appended, Outcome outcome) {
        var result =
                CheckResult.newBuilder()
                        .setCheckId(check)
                        .setConfigVersion("v1")
                        .setRegion(region)
                        .setAgentId(region)
                        .setBootEpoch(1)
                        .setSequence(second)
                        .setScheduledAt(START.plusSeconds(second))
                        .setStartedAt(START.plusSeconds(second))
                        .setDurationUs(1)
                        .setOutcome(outcome)
                        .build();
        give("check-results", check, Frames.framed(result), appended);
    }

    /// Nothing at all is appended from 1 to 90, and then what was measured meanwhile, a region at a time; streams starts anew in between.
    @Test
    void anOutageThatNobodyCouldWriteOfIsToldWhenTheyCan() {
        result("shop", "us", 0, Outcome.PASS);
        result("shop", "eu", 0, Outcome.PASS);
        tick(1);
        for (int second = 10; second < 90; second += 10) {
            result("shop", "us", second, 90, second < 60 ? Outcome.FAIL : Outcome.PASS);
        }
        processor = processor(_ -> "");
        processor.init(context);
        for (int second = 10; second < 90; second += 10) {
            result("shop", "eu", second, 92, second < 60 ? Outcome.FAIL : Outcome.PASS);
        }
        for (int second = 92; second < 122; second++) {
            if (second % 10 == 0) {
                result("shop", "us", second, Outcome.PASS);
                result("shop", "eu", second, Outcome.PASS);
            }
            tick(second);
        }
        assertThat(told()).isEmpty();
        tick(122);
        var told = told();
        assertThat(told)
                .extracting(event -> event.getType().name())
                .containsExactly("OPENED", "CLOSED");
        assertThat(told.getLast().getStartedAt()).isEqualTo(START.plusSeconds(10));
        assertThat(told.getLast().getEndedAt()).isEqualTo(START.plusSeconds(60));
        assertThat(told.getLast().getOpenedAt()).isEqualTo(START.plusSeconds(122));
    }

    private List<IncidentEvent> told() {
        var told =
                context.forwarded().stream()
                        .filter(f -> f.childName().orElse("").equals(Outbox.INCIDENTS))
                        .map(f ->
                                decoder(IncidentEvent.getDecoder())
                                        .deserialize("", f.record().value()))
                        .toList();
        context.resetForwards();
        return told;
    }

    private Map<String, Map<String, byte[]>> snapshot() {
        var all = new HashMap<String, Map<String, byte[]>>();
        stores.forEach((name, store) -> {
            var entries = new HashMap<String, byte[]>();
            try (var iterator = store.all()) {
                iterator.forEachRemaining(entry -> entries.put(entry.key, entry.value));
            }
            all.put(name, entries);
        });
        return all;
    }

    /// Its transaction was aborted, and its changelog read again.
    private void revived(Map<String, Map<String, byte[]>> committed) {
        stores.forEach((name, store) -> {
            snapshot().getOrDefault(name, Map.of()).keySet().forEach(store::delete);
            committed.getOrDefault(name, Map.of()).forEach(store::put);
        });
        processor.init(context);
    }

    /// Streams calls `init` again on the same processor after a TaskCorruptedException.
    @Test
    void aRevivedTaskBeginsWithWhatWasCommittedAndTellsWhatWasNot() {
        fails("us", 10);
        var committed = snapshot();
        fails("eu", 11);
        var first = told();
        assertThat(first).hasSize(1);
        revived(committed);
        fails("eu", 11);
        assertThat(told()).hasToString(first.toString());
    }

    @Test
    void heapStoreAndLettersGoTogetherWhenSomethingThrowsMidway() {
        fails("us", 10);
        var committed = snapshot();
        registryIsAway = true;
        assertThatThrownBy(() -> fails("eu", 11)).hasMessageContaining("registry is away");
        assertThat(told()).isEmpty();
        assertThat(snapshot().getOrDefault("check-state", Map.of()).keySet())
                .isEqualTo(committed.getOrDefault("check-state", Map.of()).keySet());
        registryIsAway = false;
        revived(committed);
        fails("eu", 11);
        assertThat(told()).hasSize(1);
    }

    @Test
    void theSameInputGivesTheSameEventWhateverElseWasRead() {
        fails("us", 10);
        var committed = snapshot();
        fails("eu", 11);
        var first = told();
        revived(committed);
        // This time another definition came before, from a clock an hour fast.
        give("checks", "other", bytes(check("other")::toByteBuffer), 3600);
        fails("eu", 11);
        assertThat(told()).hasToString(first.toString());
    }

    @Test
    void whatOwnersDecideOnIsNeitherReadNorKeptWaitingHere() {
        for (var key : List.of("group:all", "pipeline:", "depends-on:", "service:shop")) {
            give("signals", key, new byte[] {1}, 3600);
        }
        assertThat(snapshot().getOrDefault("waiting", Map.of())).isEmpty();
        var signal =
                Signal.newBuilder()
                        .setSignalId("s")
                        .setKind(SignalKind.PARENT_DOWN)
                        .setSubject("dns")
                        .setActive(true)
                        .setAt(START)
                        .build();
        give("signals", "shop", bytes(signal::toByteBuffer), 3600);
        assertThat(snapshot().getOrDefault("waiting", Map.of())).hasSize(1);
    }

    /// It may be as large as a record can be, and what waits is larger.
    @Test
    void whatCannotBeReadIsNotKeptWaiting() {
        give("signals", "shop", new byte[1_048_456], 3600);
        assertThat(snapshot().getOrDefault("waiting", Map.of())).isEmpty();
    }

    @Test
    void whichOutageAnIncidentIsPartOfWaitsForNoResults() {
        fails("us", 10);
        fails("eu", 11);
        var incident = told().getFirst().getIncidentId();
        var joined = OutageWire.membership("o1", incident, true, START.plusSeconds(11));
        give("signals", "shop", bytes(joined::toByteBuffer), 60);
        assertThat(snapshot().getOrDefault("waiting", Map.of())).isEmpty();
        assertThat(told()).extracting(IncidentEvent::getOutageId).containsExactly("o1");
    }

    @Test
    void whichOutageAnIncidentIsPartOfWaitsForNoCommandEither() {
        fails("us", 10);
        fails("eu", 11);
        var incident = told().getFirst().getIncidentId();
        give("incident-commands", "shop", new byte[] {1}, 60);
        var joined = OutageWire.membership("o1", incident, true, START.plusSeconds(11));
        give("signals", "shop", bytes(joined::toByteBuffer), 60);
        assertThat(snapshot().getOrDefault("waiting", Map.of())).hasSize(1);
        assertThat(told()).extracting(IncidentEvent::getOutageId).containsExactly("o1");
    }

    /// As after a rebuild, where its incident opens between the two.
    @Test
    void whichOutageCameLastIsTakenLast() {
        fails("us", 10);
        var committed = snapshot();
        fails("eu", 11);
        var incident = told().getFirst().getIncidentId();
        revived(committed);
        var first = OutageWire.membership("o1", incident, true, START.plusSeconds(12));
        var second = OutageWire.membership("o2", incident, true, START.plusSeconds(13));
        give("signals", "shop", bytes(first::toByteBuffer), 14);
        fails("eu", 11);
        give("signals", "shop", bytes(second::toByteBuffer), 15);
        processor.init(context);
        tick(14);
        tick(16);
        assertThat(told()).extracting(IncidentEvent::getOutageId).containsExactly(null, "o1", "o2");
        assertThat(snapshot().getOrDefault("waiting", Map.of())).isEmpty();
    }

    @Test
    void theTimeIsStoredWithWhateverATickTells() {
        fails("us", 10);
        fails("eu", 11);
        var headers = new RecordHeaders();
        headers.add(Topics.KIND_HEADER, Topics.TICK.getBytes(StandardCharsets.UTF_8));
        context.setRecordMetadata("check-results", 0, offset++);
        long tick = START.plusSeconds(12).toEpochMilli();
        processor.process(new Record<>(null, null, tick, headers)); // tells of its services
        var stored = snapshot().getOrDefault("clock", Map.of()).getOrDefault("now", new byte[8]);
        assertThat(ByteBuffer.wrap(stored).getLong()).isEqualTo(tick);
    }

    @Test
    void whatWaitsSurvivesARestartAndIsTakenOnce() {
        fails("us", 10);
        fails("eu", 11);
        var ack =
                Command.newBuilder()
                        .setCommandId("c1")
                        .setKind(CommandKind.ACK)
                        .setIncidentId(told().getFirst().getIncidentId())
                        .setAuthor("ana")
                        .setAt(START)
                        .build();
        give("incident-commands", "shop", bytes(ack::toByteBuffer), 60);
        assertThat(told()).isEmpty();
        processor.init(context);
        fails("us", 60);
        assertThat(told()).extracting(e -> e.getType().name()).containsOnlyOnce("ACKNOWLEDGED");
        processor.init(context);
        fails("us", 61);
        assertThat(told()).isEmpty();
    }

    private void tick(int second) {
        var headers = new RecordHeaders();
        headers.add(Topics.KIND_HEADER, Topics.TICK.getBytes(StandardCharsets.UTF_8));
        context.setRecordMetadata("check-results", 0, offset++);
        processor.process(
                new Record<>(null, null, START.plusSeconds(second).toEpochMilli(), headers));
    }

    private void outage() {
        fails("us", 10);
        fails("eu", 11);
        tick(12);
    }

    /// Once the same outage was over, and results said so.
    private List<IncidentEvent> again(int second) {
        fails("us", second);
        fails("eu", second + 1);
        return told();
    }

    /// As `kafka-consumer-groups --reset-offsets --to-earliest` does, or committed offsets that have expired.
    @Test
    void offsetsThatAreSetBackTellNothingAndWhatComesAfterThemIsTold() {
        var definition = bytes(check("shop")::toByteBuffer);
        outage();
        assertThat(told()).isNotEmpty();
        var before = snapshot();
        long end = offset;
        processor = processor(_ -> "");
        processor.init(context);
        offset = 0;
        give("checks", "shop", definition, 0);
        outage();
        assertThat(offset).isEqualTo(end);
        assertThat(context.forwarded()).isEmpty();
        assertThat(snapshot()).usingRecursiveComparison().isEqualTo(before);
        assertThat(passedOver("check-results")).isEqualTo(3);
        assertThat(passedOver("checks")).isEqualTo(1);
        assertThat(again(20)).isEmpty(); // it is open
        give("checks", "other", bytes(check("other")::toByteBuffer), 30);
        assertThat(snapshot().getOrDefault("definitions", Map.of())).hasSize(2);
    }

    @Test
    void aTopicThatWasMadeAnewIsReadFromItsStart() {
        processor = processor(_ -> "a");
        processor.init(context);
        give("checks", "shop", bytes(check("shop")::toByteBuffer), 0);
        outage();
        processor = processor(topic -> topic.equals("checks") ? "b" : "a");
        processor.init(context);
        offset = 0;
        give("checks", "other", bytes(check("other")::toByteBuffer), 30);
        assertThat(snapshot().getOrDefault("definitions", Map.of())).hasSize(2);
        outage();
        assertThat(passedOver("check-results")).isEqualTo(3);
    }

    @Test
    void aTopicThatIsMadeAnewWhileItIsReadIsReadFromItsStart() {
        var id = new AtomicReference<>("a");
        processor = processor(_ -> id.get());
        processor.init(context);
        offset = 50;
        give("checks", "shop", bytes(check("shop")::toByteBuffer), 0);
        id.set("b");
        offset = 0;
        give("checks", "other", bytes(check("other")::toByteBuffer), 30);
        assertThat(snapshot().getOrDefault("definitions", Map.of())).hasSize(2);
        processor.init(context);
        give("checks", "more", bytes(check("more")::toByteBuffer), 31);
        assertThat(snapshot().getOrDefault("definitions", Map.of())).hasSize(3);
        assertThat(passedOver("checks")).isZero();
    }

    private double passedOver(String topic) {
        return metrics.counter("tocsin_streams_history_total", "topic", topic).count();
    }

    /// A week of heartbeats, a month of reports: as signals of now they would be counted.
    @Test
    void anAnnouncerSaysNothingTwice() {
        context.resetForwards();
        var store = Stored.inMemory(Announcer.store(Topics.USER_REPORTS));
        context.addStateStore(store);
        var report =
                UserReport.newBuilder()
                        .setService("shop")
                        .setReporter("ana")
                        .setReportId("r1")
                        .setAt(START)
                        .build();
        for (int run = 0; run < 2; run++) {
            var announcer =
                    new Announcer<>(
                            Topics.USER_REPORTS,
                            "",
                            _ -> null,
                            decoder(UserReport.getDecoder()),
                            new ReportSource(),
                            _ -> "",
                            outbox(),
                            counters);
            announcer.init(context);
            for (int i = 0; i < 3; i++) {
                context.setRecordMetadata("user-reports", 0, i);
                announcer.process(
                        new Record<>("shop", bytes(report::toByteBuffer), START.toEpochMilli()));
            }
        }
        assertThat(context.forwarded()).hasSize(3);
    }

    /// Which outage an incident belongs to is decided once.
    @Test
    void anOwnerDecidesOnNoSignalTwice() {
        context.resetForwards();
        for (var name : SignalProcessor.STORES) {
            if (context.getStateStore(name) == null) {
                context.addStateStore(Stored.inMemory(name));
            }
        }
        var report =
                new ReportSource()
                        .signal(
                                "shop",
                                UserReport.newBuilder()
                                        .setService("shop")
                                        .setReporter("ana")
                                        .setReportId("r1")
                                        .setAt(START)
                                        .build(),
                                START);
        for (int run = 0; run < 2; run++) {
            var owners =
                    new SignalProcessor(
                            "",
                            decoder(Signal.getDecoder()),
                            decoder(Command.getDecoder()),
                            _ -> "",
                            outbox(),
                            counters);
            context.setCurrentSystemTimeMs(0);
            owners.init(context);
            for (int i = 0; i < 2; i++) {
                context.setRecordMetadata("signals", 0, i);
                owners.process(
                        new Record<>(
                                "service:shop",
                                bytes(report::toByteBuffer),
                                START.plusSeconds(i).toEpochMilli()));
            }
            context.setRecordMetadata("check-results", 0, run);
            owners.process(new Record<>(null, null, START.plusSeconds(5).toEpochMilli()));
        }
        // no check of the service is known: each is a dead letter, once
        assertThat(context.forwarded())
                .extracting(f -> f.childName().orElse(""))
                .containsExactly("signals-dlq", "signals-dlq");
    }

    private List<? extends Record<? extends String, ? extends byte[]>> deadLetters(String topic) {
        return context.forwarded().stream()
                .filter(f -> f.childName().orElse("").equals(topic + "-dlq"))
                .map(f -> f.record())
                .toList();
    }

    private double bugs() {
        return metrics.counter("tocsin_streams_bugs_total").count();
    }

    @Test
    void aBugSetsItsRecordAsideWithItsStackAndTheNextIsDecidedAsIfItHadNeverCome() {
        fails("us", 10);
        fails("eu", 11);
        var right = told();
        revived(Map.of("definitions", snapshot().getOrDefault("definitions", Map.of())));
        fails("us", 10);
        var before = snapshot();
        buggy = true;
        fails("eu", 11);
        buggy = false;
        var letters = deadLetters("check-results");
        assertThat(letters).hasSize(1);
        assertThat(letters.getFirst().value()).isNotNull();
        assertThat(text(letters.getFirst(), "tocsin.dlq.cause")).contains("nobody thought of that");
        assertThat(text(letters.getFirst(), "tocsin.dlq.stack"))
                .contains("IncidentProcessorTest")
                .hasSizeLessThan(9000);
        assertThat(told()).isEmpty();
        assertThat(snapshot()).usingRecursiveComparison().isEqualTo(before);
        assertThat(bugs()).isEqualTo(1);
        assertThat(health.alive()).isFalse();
        fails("eu", 11);
        assertThat(told()).hasToString(right.toString());
    }

    /// When a check that nobody hears of any more is told to be without data.
    private int silentAt(boolean bugs) {
        give("checks", "quiet", bytes(check("quiet")::toByteBuffer), 0);
        for (int second = 0; second < 300; second++) {
            if (second % 10 == 0 && second < 60) {
                result("quiet", "us", second, Outcome.PASS);
                result("quiet", "eu", second, Outcome.PASS);
            } else if (second % 10 == 0) {
                fails("us", second);
                buggy = bugs;
                fails("eu", second);
                buggy = false;
            }
            tick(second);
            if (told().stream().anyMatch(event -> "quiet".equals(event.getCheckId()))) {
                return second;
            }
        }
        return -1;
    }

    @Test
    void aBugThatComesAgainAndAgainHidesNoSilence() {
        int at = silentAt(false);
        assertThat(at).isBetween(90, 200);
        var anew = new IncidentProcessorTest();
        anew.init();
        assertThat(anew.silentAt(true)).isEqualTo(at);
        assertThat(anew.bugs()).isGreaterThan(2);
    }

    /// Two that nobody hears of any more are told in one tick.
    @Test
    void whatThrowsMidwayInATickIsOneChecksAlone() {
        give("checks", "shop", null, 0);
        var ids = List.of("first", "second");
        for (var id : ids) {
            give("checks", id, bytes(check(id)::toByteBuffer), 0);
            result(id, "us", 0, Outcome.PASS);
            result(id, "eu", 0, Outcome.PASS);
        }
        buggyFor = "second";
        int second = 1;
        List<IncidentEvent> told = List.of();
        for (; second < 200 && told.isEmpty(); second++) {
            tick(second);
            told = told();
        }
        assertThat(told).extracting(IncidentEvent::getCheckId).containsExactly("first");
        assertThat(snapshot().get("check-state")).containsKey("first").doesNotContainKey("second");
        assertThat(metrics.counter("tocsin_streams_checks_failed_total").count()).isEqualTo(1);
        buggyFor = null;
        told = List.of();
        for (int last = second + 60; second < last && told.isEmpty(); second++) {
            tick(second);
            told = told();
        }
        assertThat(told).extracting(IncidentEvent::getCheckId).containsExactly("second");
        assertThat(snapshot().get("check-state")).containsKeys("first", "second");
    }

    private static String text(Record<?, ?> letter, String header) {
        return new String(letter.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
    }

    @Test
    void whatKafkaOrTheRegistryThrowIsNoBug() {
        fails("us", 10);
        registryIsAway = true;
        assertThatThrownBy(() -> fails("eu", 11)).isInstanceOf(TimeoutException.class);
        assertThat(deadLetters("check-results")).isEmpty();
        assertThat(bugs()).isZero();
        assertThat(health.alive()).isTrue();
    }

    private void storedAs(String store, String key, byte[] value) {
        Objects.requireNonNull(stores.get(store)).put(key, value);
    }

    /// An older build may have taken what this one refuses.
    @Test
    void aStoredDefinitionThatCannotBeUsedIsLeftOutAndTheOthersAreJudged() {
        var refused = CheckDefinition.newBuilder(check("refused")).setRegions(List.of()).build();
        storedAs("definitions", "garbage", new byte[] {1, 2, 3});
        storedAs("definitions", "refused", bytes(refused::toByteBuffer));
        processor.init(context);
        assertThat(snapshot().get("definitions")).containsKeys("garbage", "refused", "shop");
        assertThat(metrics.counter("tocsin_streams_stored_unreadable_total").count())
                .isGreaterThanOrEqualTo(1);
        fails("us", 10);
        fails("eu", 11);
        assertThat(told()).hasSize(1);
        give("checks", "garbage", bytes(check("garbage")::toByteBuffer), 12);
        give("checks", "refused", null, 12);
        assertThat(deadLetters("checks")).isEmpty();
        assertThat(snapshot().get("definitions"))
                .containsKeys("garbage")
                .doesNotContainKey("refused");
    }

    @Test
    void aStoredStateThatCannotBeReadLeavesItsCheckOutUntilItIsDefinedAnew() {
        give("checks", "other", bytes(check("other")::toByteBuffer), 0);
        fails("us", 10);
        storedAs("check-state", "other", new byte[] {99});
        storedAs("facts", "MAINTENANCE/upgrade", new byte[] {99});
        processor.init(context);
        assertThat(snapshot().get("check-state")).containsKey("other");
        assertThat(snapshot().get("facts")).containsKey("MAINTENANCE/upgrade");
        fails("us", 20);
        fails("eu", 21);
        assertThat(told()).hasSize(1);
        give("checks", "other", bytes(check("other")::toByteBuffer), 22);
        assertThat(snapshot().get("check-state")).doesNotContainKey("other");
    }
}
