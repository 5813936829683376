package dev.tocsin.notifier.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final TopicPartition INCIDENTS = new TopicPartition("incidents", 0);
    private static final TopicPartition DELIVERIES = new TopicPartition("deliveries", 0);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final List<KafkaFutureImpl<Map<TopicPartition, Long>>> asked = new ArrayList<>();
    private final Backlog backlog = new Backlog("incidents", this::asked);
    private final Map<TopicPartition, Long> read = new HashMap<>();

    private KafkaFuture<Map<TopicPartition, Long>> asked(Collection<TopicPartition> partitions) {
        assertThat(partitions).containsExactly(DELIVERIES);
        var answer = new KafkaFutureImpl<Map<TopicPartition, Long>>();
        asked.add(answer);
        return answer;
    }

    @BeforeEach
    void assigned() {
        consumer.subscribe(List.of("incidents", "deliveries"));
        assigned(List.of(INCIDENTS, DELIVERIES));
    }

    private void assigned(Collection<TopicPartition> partitions) {
        consumer.rebalance(partitions);
        consumer.updateBeginningOffsets(
                partitions.stream().collect(Collectors.toMap(p -> p, _ -> 0L)));
        stable(INCIDENTS, 0);
        stable(DELIVERIES, 0);
    }

    /// Up to there a consumer may read.
    private void stable(TopicPartition partition, long end) {
        consumer.updateEndOffsets(Map.of(partition, end));
    }

    /// Twice: whether the first topic is read is known after the first.
    private void poll() {
        backlog.follow(consumer, consumer.poll(Duration.ZERO));
        backlog.follow(consumer, consumer.poll(Duration.ZERO));
    }

    private void pollUpTo(TopicPartition partition, long end) {
        LongStream.range(read.getOrDefault(partition, 0L), end)
                .forEach(offset ->
                        consumer.addRecord(
                                new ConsumerRecord<>(
                                        partition.topic(), 0, offset, new byte[0], new byte[0])));
        read.put(partition, end);
        poll();
    }

    @Test
    void whatLiesBehindAnOpenTransactionIsReadToo() {
        stable(DELIVERIES, 2);
        poll();
        asked.getFirst().complete(Map.of(DELIVERIES, 4L));
        pollUpTo(DELIVERIES, 2);
        assertThat(backlog.lastBefore(DELIVERIES)).isNull();
        pollUpTo(DELIVERIES, 4);
        assertThat(backlog.lastBefore(DELIVERIES)).isEqualTo(3);
    }

    @Test
    void nothingThereIsKnownAtOnceWhenItIsKnown() {
        poll();
        assertThat(backlog.lastBefore(DELIVERIES)).isNull();
        asked.getFirst().complete(Map.of(DELIVERIES, 0L));
        poll();
        assertThat(backlog.lastBefore(DELIVERIES)).isEqualTo(-1);
        poll();
        assertThat(asked).hasSize(1);
    }

    @Test
    void whatTheFirstTopicHadIsRoutedBeforeTheEndOfTheSecondIsAskedFor() {
        stable(INCIDENTS, 1);
        poll();
        pollUpTo(INCIDENTS, 1);
        assertThat(asked).isEmpty();
        backlog.processed(0, 0);
        poll();
        assertThat(asked).isEmpty();
        backlog.committed();
        poll();
        assertThat(asked).hasSize(1);
        asked.getFirst().complete(Map.of(DELIVERIES, 1L));
        poll();
        assertThat(backlog.lastBefore(DELIVERIES)).isNull();
        pollUpTo(DELIVERIES, 1);
        assertThat(backlog.lastBefore(DELIVERIES)).isZero();
    }

    @Test
    void whatWasProcessedInATransactionThatIsAbortedIsNotRoutedByALaterOne() {
        stable(INCIDENTS, 1);
        poll();
        pollUpTo(INCIDENTS, 1);
        backlog.processed(0, 0);
        backlog.aborted();
        backlog.committed(); // of what else there was
        poll();
        assertThat(asked).isEmpty();
        backlog.processed(0, 0);
        backlog.committed();
        backlog.aborted(); // takes nothing back that is committed
        poll();
        assertThat(asked).hasSize(1);
    }

    @Test
    void anEndThatWasAskedForBeforeThePartitionWasAnothersIsNotTaken() {
        poll();
        assigned(List.of(INCIDENTS));
        poll();
        assigned(List.of(INCIDENTS, DELIVERIES));
        asked.getFirst().complete(Map.of(DELIVERIES, 0L));
        poll();
        assertThat(backlog.lastBefore(DELIVERIES)).isNull();
        asked.getLast().complete(Map.of(DELIVERIES, 1L));
        pollUpTo(DELIVERIES, 1);
        assertThat(backlog.lastBefore(DELIVERIES)).isZero();
    }

    @Test
    void kafkaThatIsAwayIsAskedAgain() {
        poll();
        asked.getFirst().completeExceptionally(new TimeoutException("no answer"));
        poll();
        assertThat(asked).hasSize(2);
        asked.getLast().complete(Map.of(DELIVERIES, 0L));
        poll();
        assertThat(backlog.lastBefore(DELIVERIES)).isEqualTo(-1);
    }

    @Test
    void aRefusalIsNoReasonToWaitInSilence() {
        poll();
        asked.getFirst().completeExceptionally(new AuthorizationException("not you"));
        assertThatThrownBy(this::poll)
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining("up to where [deliveries-0] is to be read")
                .hasRootCauseInstanceOf(AuthorizationException.class);
    }

    @Test
    void aPartitionThatWasMadeAnewEndsBeforeWhatWasRead() {
        stable(DELIVERIES, 3);
        poll();
        assertThat(backlog.endsBefore(DELIVERIES, 2)).isFalse();
        assertThat(backlog.endsBefore(DELIVERIES, 3)).isTrue();
    }
}
