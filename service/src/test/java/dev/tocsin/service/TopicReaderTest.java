package dev.tocsin.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.service.TopicReader.Reach;
import dev.tocsin.service.progress.Positions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A topic of two partitions is read whole, without Kafka.
class TopicReaderTest {
    private static final TopicPartition P0 = new TopicPartition("checks", 0);
    private static final TopicPartition P1 = new TopicPartition("checks", 1);
    private static final Instant NOW = Instant.parse("2026-11-24T10:20:30Z");
    private static final Duration POLL = Duration.ofMillis(1);

    private final Map<TopicPartition, Long> asked = new HashMap<>();
    private final MockConsumer<String, byte[]> consumer =
            new MockConsumer<>("earliest") {
                @Override
                @SuppressWarnings("NullAway") // null is what Kafka says of where nothing is as new
                public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
                        Map<TopicPartition, Long> times) {
                    asked.putAll(times);
                    var found = new HashMap<TopicPartition, OffsetAndTimestamp>();
                    found.put(P0, new OffsetAndTimestamp(1, 0));
                    found.put(P1, null);
                    return found;
                }
            };
    private final Map<TopicPartition, Long> ends = new HashMap<>(Map.of(P0, 2L, P1, 1L));
    private final Positions positions = new Positions();
    private final AtomicInteger connected = new AtomicInteger();
    private final Reach reach =
            new Reach(
                    () -> {
                        connected.incrementAndGet();
                        return consumer;
                    },
                    _ -> Map.copyOf(ends),
                    () -> NOW);

    private TopicReader reader(@Nullable Duration back, Map<TopicPartition, Long> from) {
        return new TopicReader(reach, List.of("checks"), back, from, positions);
    }

    private void topic() {
        consumer.updatePartitions("checks", List.of(info(0), info(1)));
        consumer.updateBeginningOffsets(Map.of(P0, 0L, P1, 0L));
    }

    private static PartitionInfo info(int partition) {
        return new PartitionInfo("checks", partition, null, null, null);
    }

    private void record(TopicPartition to, long offset) {
        consumer.schedulePollTask(() ->
                consumer.addRecord(
                        new ConsumerRecord<>(
                                "checks",
                                to.partition(),
                                offset,
                                to.partition() + "@" + offset,
                                new byte[0])));
    }

    private static List<String> keys(Iterable<ConsumerRecord<String, byte[]>> records) {
        var keys = new ArrayList<String>();
        records.forEach(record -> keys.add(record.key()));
        return keys;
    }

    @Test
    void itIsWholeWhenAllThatWasThereAtTheStartIsHandedOver() {
        topic();
        record(P0, 0);
        record(P0, 1);
        record(P1, 0);
        try (var reader = reader(null, Map.of())) {
            assertThat(connected).hasValue(0);
            assertThat(reader.caughtUp()).isFalse();
            assertThat(keys(reader.poll(POLL))).containsExactly("0@0");
            assertThat(reader.caughtUp()).isFalse();
            assertThat(keys(reader.poll(POLL))).containsExactly("0@1");
            assertThat(reader.caughtUp()).isFalse();
            ends.put(P1, 100L); // what comes later changes nothing of that
            assertThat(keys(reader.poll(POLL))).containsExactly("1@0");
            assertThat(reader.caughtUp()).isTrue();
            assertThat(connected).hasValue(1);
            assertThat(positions.all()).containsKey(P0);
        }
        assertThat(consumer.closed()).isTrue();
        assertThat(positions.all()).isEmpty();
    }

    @Test
    void anEmptyTopicIsWholeAtOnce() {
        topic();
        ends.replaceAll((_, _) -> 0L);
        try (var reader = reader(null, Map.of())) {
            assertThat(reader.poll(POLL)).isEmpty();
            assertThat(reader.caughtUp()).isTrue();
        }
    }

    @Test
    void whatIsNotThereYetIsTriedAgain() {
        try (var reader = reader(null, Map.of())) {
            assertThatThrownBy(() -> reader.poll(POLL))
                    .isInstanceOf(UnknownTopicOrPartitionException.class)
                    .hasMessage("topic checks does not exist");
            consumer.updatePartitions("checks", List.of());
            assertThatThrownBy(() -> reader.poll(POLL))
                    .isInstanceOf(UnknownTopicOrPartitionException.class);
            assertThat(reader.caughtUp()).isFalse();
            topic();
            record(P0, 0);
            assertThat(keys(reader.poll(POLL))).containsExactly("0@0");
            assertThat(connected).hasValue(1);
        }
    }

    /// Where nothing is as new, it begins at the end of what is committed: not to be found by its time, what is not is as new as can be.
    @Test
    void fromATimeOnWhatIsNotCommittedYetIsNotPassedOver() {
        topic();
        consumer.updateEndOffsets(Map.of(P0, 2L, P1, 0L));
        record(P0, 1);
        record(P1, 0);
        try (var reader = reader(Duration.ofMinutes(15), Map.of())) {
            assertThat(keys(reader.poll(POLL))).containsExactly("0@1");
            assertThat(reader.caughtUp()).isFalse();
            assertThat(keys(reader.poll(POLL))).containsExactly("1@0");
            assertThat(reader.caughtUp()).isTrue();
        }
    }

    @Test
    void fromATimeOnWhatIsOlderIsLeftOut() {
        topic();
        consumer.updateEndOffsets(Map.of(P0, 2L, P1, 1L));
        record(P0, 1);
        try (var reader = reader(Duration.ofMinutes(15), Map.of())) {
            assertThat(keys(reader.poll(POLL))).containsExactly("0@1");
            long since = NOW.minusSeconds(900).toEpochMilli();
            assertThat(asked).isEqualTo(Map.of(P0, since, P1, since));
            // Where nothing is as new, it begins at the end.
            assertThat(consumer.position(P1)).isEqualTo(1);
            assertThat(reader.caughtUp()).isTrue();
        }
    }

    @Test
    void fromAnOffsetOnWhatIsBeforeItIsLeftOutAndOthersOffsetsSayNothing() {
        topic();
        try (var reader = reader(null, Map.of(P1, 1L, new TopicPartition("other", 0), 3L))) {
            reader.poll(POLL);
            assertThat(consumer.position(P0)).isZero();
            assertThat(consumer.position(P1)).isEqualTo(1);
        }
    }

    @Test
    void aReadOfEverythingEndsWithTheLastRecord() {
        topic();
        record(P0, 0);
        record(P1, 0);
        record(P0, 1);
        var seen = new ArrayList<ConsumerRecord<String, byte[]>>();
        try (var reader = reader(null, Map.of())) {
            reader.readBatches(() -> 0, records -> records.forEach(seen::add));
        }
        assertThat(keys(seen)).containsExactly("0@0", "1@0", "0@1");
    }

    @Test
    void aTransactionThatStaysOpenIsNamedAfterNinetySecondsWithoutARecord() {
        topic();
        record(P0, 0);
        record(P1, 0);
        var nanos = new AtomicLong();
        try (var reader = reader(null, Map.of())) {
            assertThatThrownBy(() ->
                            reader.readBatches(
                                    () -> nanos.getAndAdd(Duration.ofSeconds(20).toNanos()),
                                    _ -> {}))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageStartingWith(
                            "checks-0 can be read up to offset 1 of 2: a transaction has been open there");
        }
        assertThat(Duration.ofNanos(nanos.get()).toSeconds()).isGreaterThan(90);
    }

    @Test
    void whatIsReadOnAnotherThreadCanBeEnded() {
        topic();
        try (var reader = reader(null, Map.of())) {
            reader.wakeup(); // nothing is read yet
            reader.poll(POLL);
            reader.wakeup();
            assertThatThrownBy(() -> reader.poll(POLL)).isInstanceOf(WakeupException.class);
        }
    }

    @Test
    void whatNeverBeganCloses() {
        reader(null, Map.of()).close();
        assertThat(connected).hasValue(0);
    }
}
