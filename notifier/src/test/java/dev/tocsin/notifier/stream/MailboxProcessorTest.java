package dev.tocsin.notifier.stream;

import static dev.tocsin.notifier.Plain.reader;
import static dev.tocsin.notifier.Plain.writer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.Events;
import dev.tocsin.notifier.Plain.Named;
import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.DeliveryResult.Delivered;
import dev.tocsin.notifier.mailbox.DeliveryResult.Rejected;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.notifier.mailbox.Policy;
import dev.tocsin.notifier.send.Outbox;
import dev.tocsin.notifier.send.Outgoing;
import dev.tocsin.notifier.send.Taken;
import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.DeliveryAttempt;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Severity;
import dev.tocsin.service.Health;
import dev.tocsin.service.streams.Bugs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A task whose transaction is aborted: it begins anew with what was committed, in the same process or in another.
class MailboxProcessorTest {
    private static final DeliveryResult TAKEN = new Delivered(204, "");
    private static final DeliveryResult AWAY = new Retry(503, "away", null);

    private static final Formats FORMATS =
            new Formats(
                    reader(IncidentEvent.getDecoder()),
                    reader(Delivery.getDecoder()),
                    writer(Delivery.getEncoder()),
                    writer(DeliveryAttempt.getEncoder()));

    /// Sends nothing: what was given to it is for the test to answer.
    private static final class HeldOutbox implements Outbox {
        final List<Outgoing> held = new ArrayList<>();
        final AtomicInteger taken = new AtomicInteger();
        Duration patience = Duration.ZERO;

        @Override
        public void add(Outgoing outgoing) {
            held.add(outgoing);
        }

        @Override
        public void taken() {
            taken.incrementAndGet();
        }

        @Override
        public Duration patience() {
            return patience;
        }

        @Override
        public boolean closed() {
            return false;
        }

        @Override
        public BooleanSupplier freshness() {
            return () -> true;
        }

        @Override
        public void processed(int partition, long offset) {}

        @Override
        public @Nullable Long toBeRead(String topic, int partition) {
            return -1L;
        }

        @Override
        public boolean endsBefore(String topic, int partition, long offset) {
            return false;
        }
    }

    private final HeldOutbox outbox = new HeldOutbox();
    private Taken taken = new Taken();
    private final MockProducer<String, byte[]> toSuccessor =
            new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private final MockProcessorContext<String, byte[]> task = new MockProcessorContext<>();
    private final KeyValueStore<String, byte[]> store =
            Stores.keyValueStoreBuilder(
                            Stores.inMemoryKeyValueStore(MailboxProcessor.MAILBOXES),
                            Serdes.String(),
                            Serdes.ByteArray())
                    .withLoggingDisabled()
                    .build();
    private final Map<String, byte[]> committed = new TreeMap<>();
    private MailboxProcessor processor = processor();
    private long seq;

    MailboxProcessorTest() {
        store.init(task.getStateStoreContext(), store);
        task.addStateStore(store);
        processor.init(task);
    }

    private MailboxProcessor processor() {
        return processor("oncall");
    }

    /// @param is what its target is in the configuration
    private MailboxProcessor processor(String is) {
        return new MailboxProcessor(
                "",
                Map.of("oncall", new Target(new Named(is), Policy.DEFAULT)),
                List.of(),
                outbox,
                taken,
                new Successor("", FORMATS.delivery(), () -> toSuccessor),
                FORMATS,
                new TargetMeters(metrics, Set.of("oncall"), () -> now),
                new Bugs(metrics, "tocsin_notifier_bugs_total", new Health()),
                () -> now);
    }

    private void commit() {
        committed.clear();
        try (var all = store.all()) {
            all.forEachRemaining(entry -> committed.put(entry.key, entry.value));
        }
    }

    /// What was since the last commit never was, but for what was sent.
    private void abort() {
        processor.close();
        var keys = new ArrayList<String>();
        try (var all = store.all()) {
            all.forEachRemaining(entry -> keys.add(entry.key));
        }
        keys.forEach(store::delete);
        committed.forEach(store::put);
        task.resetForwards();
    }

    private void happens(IncidentEventType type, Severity severity) {
        happens(++seq, type, severity);
    }

    private void happens(long offset, IncidentEventType type, Severity severity) {
        var event =
                IncidentEvent.newBuilder(Events.event("i1", offset, type, severity, Map.of()))
                        .setOpen(type != IncidentEventType.CLOSED)
                        .setGrouped(true)
                        .build();
        var delivery =
                Delivery.newBuilder()
                        .setDeliveryId(event.getEventId())
                        .setTargetId("oncall")
                        .setIncidentId("i1")
                        .setEventId(event.getEventId())
                        .setSeq(event.getSeq())
                        .setReason("route 1")
                        .setCreatedAt(now)
                        .setEvent(event)
                        .build();
        reads(offset, FORMATS.delivery().serialize("deliveries", delivery));
    }

    private void reads(long offset, byte[] delivery) {
        task.setRecordMetadata("deliveries", 0, offset);
        processor.process(new Record<>("oncall", delivery, now.toEpochMilli()));
    }

    /// Another process has the partition from now on, and reads what this one leaves to it.
    private void handsOver() {
        processor.close();
        taken = new Taken();
        processor = processor();
        processor.init(task);
        for (var left : toSuccessor.history()) {
            assertThat(left.topic()).isEqualTo("deliveries");
            assertThat(left.key()).isEqualTo("oncall");
            reads(++seq, left.value());
        }
        toSuccessor.clear();
    }

    /// Looks for answers, and for what is due.
    private void pass(Duration time) {
        now = now.plus(time);
        for (var punctuator : List.copyOf(task.scheduledPunctuators())) {
            if (!punctuator.cancelled()) {
                punctuator.getPunctuator().punctuate(now.toEpochMilli());
            }
        }
    }

    private void pass() {
        pass(Duration.ofMillis(10));
    }

    /// The only one that is held.
    private Outgoing held() {
        assertThat(outbox.held).hasSize(1);
        return outbox.held.removeFirst();
    }

    private void answer(Outgoing outgoing, DeliveryResult result) {
        outgoing.answer().accept(new Outgoing.Answer(outgoing.message().id(), result, now, now));
    }

    private static String word(Outgoing outgoing) {
        return ((Message.One) outgoing.message()).what().toString();
    }

    /// Outcomes on record.
    private List<String> attempts() {
        return task.forwarded().stream()
                .filter(one ->
                        one.childName().equals(java.util.Optional.of(MailboxProcessor.ATTEMPTS)))
                .map(one ->
                        reader(DeliveryAttempt.getDecoder())
                                .deserialize("", one.record().value())
                                .getOutcome())
                .toList();
    }

    @Test
    void whatWasSentByAProcessThatIsNoMoreIsFinishedUnderItsId() {
        happens(IncidentEventType.OPENED, Severity.WARNING);
        var first = held();
        commit();
        answer(first, TAKEN);
        pass();
        abort();
        taken = new Taken();
        processor = processor();
        processor.init(task);
        happens(IncidentEventType.UPDATED, Severity.CRITICAL);
        pass();
        var again = held();
        assertThat(again.message()).isEqualTo(first.message());
        answer(again, TAKEN);
        pass();
        assertThat(attempts()).containsExactly("delivered");
        assertThat(word(held())).isEqualTo("WORSE");
    }

    @Test
    void whatTheSameProcessSentAndWasTakenIsNotSentAgainWhenItsTransactionIsAborted() {
        happens(IncidentEventType.OPENED, Severity.WARNING);
        var first = held();
        commit();
        answer(first, TAKEN);
        pass();
        abort();
        processor.init(task);
        happens(IncidentEventType.UPDATED, Severity.CRITICAL);
        pass();
        assertThat(attempts()).containsExactly("delivered");
        var next = held();
        assertThat(word(next)).isEqualTo("WORSE");
        assertThat(next.message().id()).isNotEqualTo(first.message().id());
    }

    @Test
    void norWhenThePartitionHasLeftTheProcessAndComesBack() {
        happens(IncidentEventType.OPENED, Severity.WARNING);
        var first = held();
        commit();
        abort();
        answer(first, TAKEN); // to a task that is no more
        processor = processor();
        processor.init(task);
        happens(IncidentEventType.CLOSED, Severity.WARNING);
        assertThat(attempts()).containsExactly("delivered");
        assertThat(word(held())).isEqualTo("CLOSED");
    }

    /// Nor what was answered, and nobody had looked at it yet.
    @Test
    void anAnswerThatWaitsWhenTheTaskBeginsAnewIsNotLost() {
        happens(IncidentEventType.OPENED, Severity.WARNING);
        var first = held();
        commit();
        answer(first, TAKEN);
        abort();
        processor.init(task);
        pass();
        assertThat(attempts()).containsExactly("delivered");
        assertThat(outbox.held).isEmpty();
        assertThat(outbox.taken).hasValue(1);
    }

    @Test
    void anAnswerThatComesAfterTheTaskBeganAnewIsNotLost() {
        happens(IncidentEventType.OPENED, Severity.WARNING);
        var first = held();
        commit();
        abort();
        processor.init(task);
        happens(IncidentEventType.UPDATED, Severity.CRITICAL);
        var again = held();
        assertThat(again.message()).isEqualTo(first.message());
        answer(first, TAKEN);
        answer(again, AWAY);
        pass();
        assertThat(attempts()).containsExactly("delivered");
        assertThat(word(held())).isEqualTo("WORSE");
    }

    @Test
    void whatWasHandedOverAndNotCommittedIsNotSent() {
        commit();
        happens(IncidentEventType.OPENED, Severity.WARNING);
        var first = held();
        abort();
        processor.init(task);
        assertThat(first.owned().getAsBoolean()).isFalse();
        happens(1, IncidentEventType.OPENED, Severity.WARNING);
        assertThat(held().message()).isEqualTo(first.message());
    }

    @Test
    void whatWasBegunAndCannotBeReadIsToldAsItIsNow() {
        happens(IncidentEventType.OPENED, Severity.WARNING);
        var first = held();
        commit();
        committed.replaceAll(
                (key, value) -> key.contains(StoredLetters.END + "m") ? new byte[] {99} : value);
        abort();
        processor = processor();
        processor.init(task);
        happens(IncidentEventType.UPDATED, Severity.CRITICAL);
        var next = held();
        assertThat(word(next)).isEqualTo("OPENED");
        assertThat(next.message().id()).isNotEqualTo(first.message().id());
    }

    @Test
    void whatIsTakenWhileTheTargetsGoToAnotherProcessIsKnownThere() throws InterruptedException {
        happens(IncidentEventType.OPENED, Severity.WARNING);
        var first = held();
        assertThat(first.owned().getAsBoolean()).isTrue();
        outbox.patience = Duration.ofMinutes(1);
        var target =
                Thread.ofVirtual()
                        .start(() -> {
                            while (first.owned().getAsBoolean()) {
                                Thread.onSpinWait(); // until the task is closed
                            }
                            answer(first, TAKEN);
                        });
        handsOver();
        target.join();
        assertThat(attempts()).containsExactly("delivered");
        assertThat(outbox.held).isEmpty();
        assertThat(outbox.taken).hasValue(1);
        happens(IncidentEventType.UPDATED, Severity.CRITICAL);
        assertThat(word(held())).isEqualTo("WORSE");
    }

    @Test
    void norIsAnAnswerLostThatNobodyHadLookedAt() {
        happens(IncidentEventType.OPENED, Severity.WARNING);
        var first = held();
        assertThat(first.owned().getAsBoolean()).isTrue();
        answer(first, TAKEN);
        handsOver();
        assertThat(attempts()).containsExactly("delivered");
        assertThat(outbox.held).isEmpty();
    }

    @Test
    void whatIsNotAnsweredInTimeIsSentAgainUnderItsId() {
        happens(IncidentEventType.OPENED, Severity.WARNING);
        var first = held();
        assertThat(first.owned().getAsBoolean()).isTrue();
        outbox.patience = Duration.ofMillis(20);
        handsOver();
        pass();
        assertThat(held().message()).isEqualTo(first.message());
        answer(first, TAKEN); // nobody looks
        assertThat(outbox.taken).hasValue(1);
        assertThat(attempts()).isEmpty();
    }

    @Test
    void whatWasNotTakenIsTriedAgainByTheOther() {
        happens(IncidentEventType.OPENED, Severity.WARNING);
        var first = held();
        answer(first, AWAY);
        handsOver();
        pass();
        assertThat(held().message()).isEqualTo(first.message());
    }

    /// Each would wait as long as the first.
    @Test
    void whereOneCannotBeHandedOverTheOthersAreNotTried() {
        var tried = new AtomicInteger();
        var away =
                new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer()) {
                    @Override
                    public synchronized Future<RecordMetadata> send(
                            ProducerRecord<String, byte[]> record, Callback callback) {
                        tried.incrementAndGet();
                        callback.onCompletion(null, new TimeoutException("away"));
                        return new CompletableFuture<>();
                    }
                };
        var answers =
                Collections.nCopies(
                        500,
                        new Flight.Arrived("oncall", new Outgoing.Answer("m", TAKEN, now, now)));
        try (var successor = new Successor("", FORMATS.delivery(), () -> away)) {
            successor.told(answers);
        }
        assertThat(tried).hasValue(1);
    }

    @Test
    void whereKafkaIsAwayTheTaskIsClosedAllTheSame() {
        happens(IncidentEventType.OPENED, Severity.WARNING);
        var first = held();
        answer(first, TAKEN);
        toSuccessor.sendException = new TimeoutException("away");
        handsOver();
        pass();
        assertThat(held().message()).isEqualTo(first.message());
    }

    @Test
    void aTargetThatIsGoneIsSentNothingByAnotherProcessUntilItsAddressIsAnother() {
        happens(IncidentEventType.OPENED, Severity.WARNING);
        answer(held(), new Rejected(410, "gone", true));
        pass();
        commit();
        abort();
        taken = new Taken();
        processor = processor();
        processor.init(task);
        happens(IncidentEventType.UPDATED, Severity.CRITICAL);
        pass(Duration.ofDays(1));
        assertThat(outbox.held).isEmpty();
        processor.close();
        processor = processor("another address");
        processor.init(task);
        pass();
        assertThat(word(held())).isEqualTo("OPENED");
    }

    /// The transaction in which it was handed over is aborted, as often as it is tried.
    @Test
    void aRetryThatComesDueWhileKafkaIsAwayIsMadeWhenItIsBack() {
        happens(IncidentEventType.OPENED, Severity.WARNING);
        var first = held();
        answer(first, AWAY);
        pass();
        commit();
        for (int i = 0; i < 3; i++) {
            pass(Duration.ofSeconds(3));
            var again = held();
            assertThat(again.message()).isEqualTo(first.message());
            abort();
            processor.init(task);
            assertThat(again.owned().getAsBoolean()).isFalse();
        }
        pass();
        answer(held(), TAKEN);
        pass();
        assertThat(attempts()).containsExactly("delivered");
        pass(Duration.ofHours(1));
        assertThat(outbox.held).isEmpty();
    }

    @Test
    void whatIsReadAgainSinceOffsetsWereSetBackIsCountedAndTellsNothing() {
        happens(IncidentEventType.OPENED, Severity.WARNING);
        answer(held(), TAKEN);
        pass();
        happens(IncidentEventType.CLOSED, Severity.WARNING);
        answer(held(), TAKEN);
        pass();
        happens(1, IncidentEventType.OPENED, Severity.WARNING);
        happens(2, IncidentEventType.CLOSED, Severity.WARNING);
        pass();
        assertThat(outbox.held).isEmpty();
        assertThat(metrics.counter("tocsin_notifier_history_total", "topic", "deliveries").count())
                .isEqualTo(2);
        happens(3, IncidentEventType.REOPENED, Severity.WARNING);
        assertThat(outbox.held).hasSize(1);
    }
}
