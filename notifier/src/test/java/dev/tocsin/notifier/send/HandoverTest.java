package dev.tocsin.notifier.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.notifier.Events;
import dev.tocsin.notifier.Plain;
import dev.tocsin.service.Health;
import dev.tocsin.service.progress.Positions;
import dev.tocsin.service.streams.StreamThreads;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/// On the test's thread, as a stream thread.
class HandoverTest {
    private static final TopicPartition INCIDENTS = new TopicPartition("incidents", 0);
    private static final TopicPartition DELIVERIES = new TopicPartition("deliveries", 0);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1); // it may wrap
    private final List<String> released = new ArrayList<>();
    private final Senders senders =
            new Senders(InstantSource.system(), new Semaphore(0), (name, _) -> released.add(name));
    private final Positions positions = new Positions();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Handover handover =
            new Handover(
                    "incidents",
                    senders,
                    positions,
                    new StreamThreads("notifier", new Health(), metrics),
                    nanos::get);
    private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>("earliest");
    private final Consumer<byte[], byte[]> consumer = handover.watched(kafka);
    private MockProducer<byte[], byte[]> transactions = transactions();
    private Producer<byte[], byte[]> producer = begun();

    private static MockProducer<byte[], byte[]> transactions() {
        return new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Producer<byte[], byte[]> begun() {
        var watched = handover.watched(transactions);
        watched.initTransactions();
        watched.beginTransaction();
        return watched;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private void poll() {
        consumer.poll(Duration.ZERO);
    }

    private void due(String id) {
        handover.add(
                new Outgoing(
                        new Plain.Named(""),
                        Events.message(id, Events.opened("i1"), "route 1"),
                        () -> true,
                        _ -> {}));
    }

    private void commit() {
        producer.commitTransaction();
        producer.beginTransaction();
    }

    private void abort() {
        producer.abortTransaction();
        producer.beginTransaction();
    }

    @Test
    void nothingIsReleasedBeforeItsCommitAndThenOnce() {
        poll();
        due("m1");
        due("m2");
        poll();
        producer.flush();
        assertThat(released).isEmpty();
        commit();
        assertThat(released).containsExactly("send-m1", "send-m2");
        poll();
        commit();
        assertThat(released).hasSize(2);
    }

    @Test
    void whatWasDueInATransactionThatIsAbortedIsNotReleasedByALaterOne() {
        poll();
        due("m1");
        abort();
        due("m2");
        commit();
        assertThat(released).containsExactly("send-m2");
    }

    @Test
    void whatIsCommittedAndWaitsIsNotTakenBackByALaterAbort() {
        poll();
        pass(Duration.ofSeconds(6));
        due("m1");
        commit();
        abort();
        poll();
        assertThat(released).isEmpty(); // it was a pause
        pass(Duration.ofSeconds(3));
        poll();
        pass(Duration.ofSeconds(3));
        poll();
        assertThat(released).containsExactly("send-m1");
    }

    @Test
    void aCommitThatFailsReleasesNothingNorDoesOneAfterIt() {
        poll();
        due("m1");
        transactions.commitTransactionException = new ProducerFencedException("another has it");
        assertThatThrownBy(this::commit).isInstanceOf(ProducerFencedException.class);
        transactions.commitTransactionException = null;
        poll();
        assertThat(released).isEmpty();
        transactions.abortTransactionException = new ProducerFencedException("still");
        assertThatThrownBy(this::abort).isInstanceOf(ProducerFencedException.class);
        transactions = transactions();
        producer = begun();
        poll();
        commit();
        assertThat(released).isEmpty();
    }

    @Test
    void whatAProducerThatIsClosedHadOpenIsNotReleasedByTheNext() {
        poll();
        due("m1");
        producer.close();
        transactions = transactions();
        producer = begun();
        commit();
        assertThat(released).isEmpty();
    }

    @Test
    void whatWasRoutedInATransactionThatIsAbortedIsRoutedOnceItIsAgain() {
        var asked = new ArrayList<Collection<TopicPartition>>();
        handover.asking(admin(asked));
        kafka.subscribe(List.of("incidents", "deliveries"));
        kafka.rebalance(List.of(INCIDENTS, DELIVERIES));
        kafka.updateBeginningOffsets(Map.of(INCIDENTS, 0L, DELIVERIES, 0L));
        kafka.updateEndOffsets(Map.of(INCIDENTS, 1L, DELIVERIES, 0L));
        poll();
        kafka.addRecord(new ConsumerRecord<>("incidents", 0, 0, new byte[0], new byte[0]));
        poll();
        handover.processed(0, 0);
        abort();
        commit();
        poll();
        assertThat(asked).isEmpty();
        assertThat(handover.toBeRead("deliveries", 0)).isNull();
        handover.processed(0, 0);
        commit();
        poll();
        assertThat(asked).containsExactly(List.of(DELIVERIES));
        assertThat(handover.toBeRead("deliveries", 0)).isEqualTo(-1);
    }

    /// Of empty topics.
    private static Admin admin(List<Collection<TopicPartition>> asked) {
        return (Admin)
                Proxy.newProxyInstance(
                        HandoverTest.class.getClassLoader(),
                        new Class<?>[] {Admin.class},
                        (_, _, arguments) -> {
                            var partitions =
                                    ((Map<?, ?>) Objects.requireNonNull(arguments)[0])
                                            .keySet().stream()
                                                    .map(TopicPartition.class::cast)
                                                    .toList();
                            asked.add(partitions);
                            return new ListOffsetsResult(
                                    new HashMap<>(
                                            partitions.stream()
                                                    .collect(
                                                            Collectors.toMap(
                                                                    p -> p, _ -> endsAt(0)))));
                        });
    }

    private static KafkaFuture<ListOffsetsResultInfo> endsAt(long offset) {
        return KafkaFuture.completedFuture(new ListOffsetsResultInfo(offset, -1, Optional.empty()));
    }

    @Test
    void whoPolledWithinFiveSecondsIsFreshOnWhateverThreadItIsAsked() throws InterruptedException {
        var fresh = handover.freshness();
        poll();
        pass(Duration.ofSeconds(5).minusNanos(1));
        assertThat(fresh.getAsBoolean()).isTrue();
        assertThat(elsewhere(fresh)).isTrue();
        pass(Duration.ofNanos(1));
        assertThat(fresh.getAsBoolean()).isFalse();
        assertThat(elsewhere(fresh)).isFalse();
        poll();
        assertThat(elsewhere(fresh)).isTrue();
    }

    private static boolean elsewhere(BooleanSupplier asked) throws InterruptedException {
        var answer = new AtomicBoolean();
        Thread.ofVirtual().start(() -> answer.set(asked.getAsBoolean())).join();
        return answer.get();
    }

    @Test
    void afterAPauseNothingIsReleasedForSixSeconds() {
        poll();
        pass(Duration.ofSeconds(5).plusNanos(1));
        poll();
        due("m1");
        commit();
        assertThat(released).isEmpty();
        pass(Duration.ofSeconds(3));
        poll();
        due("m2");
        commit();
        pass(Duration.ofSeconds(3).minusNanos(1));
        poll();
        assertThat(released).isEmpty();
        pass(Duration.ofNanos(1));
        poll();
        assertThat(released).containsExactly("send-m1", "send-m2");
    }

    @Test
    void fiveSecondsAreNoPause() {
        poll();
        pass(Duration.ofSeconds(5));
        poll();
        due("m1");
        commit();
        assertThat(released).containsExactly("send-m1");
    }

    @Test
    void aCommitLongAfterThePollReleasesNothing() {
        poll();
        due("m1");
        pass(Duration.ofSeconds(5).plusNanos(1));
        commit();
        assertThat(released).isEmpty();
        poll(); // is after a pause
        assertThat(released).isEmpty();
        pass(Duration.ofSeconds(5));
        poll();
        pass(Duration.ofSeconds(1));
        poll();
        assertThat(released).containsExactly("send-m1");
    }

    @Test
    void aThreadReleasesWhatIsItsOwn() throws InterruptedException {
        Thread.ofPlatform().start(() -> due("theirs")).join();
        poll();
        due("mine");
        commit();
        assertThat(released).containsExactly("send-mine");
    }

    @Test
    void allThatAreClosedAtOnceHaveTwoSecondsTogether() {
        poll();
        pass(Duration.ofSeconds(1));
        assertThat(handover.patience()).isEqualTo(Duration.ofSeconds(2));
        pass(Duration.ofMillis(1500));
        assertThat(handover.patience()).isEqualTo(Duration.ofMillis(500));
        pass(Duration.ofSeconds(1));
        assertThat(handover.patience()).isZero();
        poll(); // the next rebalance is another
        assertThat(handover.patience()).isEqualTo(Duration.ofSeconds(2));
        senders.close();
        assertThat(handover.patience()).isZero();
    }

    @Test
    void whenAThreadPolledLastAndHowFarItReadIsKnown() {
        poll();
        pass(Duration.ofSeconds(7));
        assertThat(handover.sincePoll()).isEqualTo(Duration.ofSeconds(7));
        kafka.subscribe(List.of("incidents"));
        kafka.rebalance(List.of(INCIDENTS));
        kafka.updateBeginningOffsets(Map.of(INCIDENTS, 0L));
        kafka.updateEndOffsets(Map.of(INCIDENTS, 0L));
        var another = handover.watched(kafka); // is looked at twice a second at most
        positions.forget(kafka);
        another.poll(Duration.ZERO);
        assertThat(handover.sincePoll()).isZero();
        assertThat(positions.all()).containsKey(INCIDENTS);
        consumer.close();
        assertThat(positions.all()).isEmpty();
    }
}
