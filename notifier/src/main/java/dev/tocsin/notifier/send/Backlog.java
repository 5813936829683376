package dev.tocsin.notifier.send;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/// What was there of a stream thread's partitions when they were assigned, and how far it is read: of the first topic what is routed, then of the second what
/// that, and what was before, left there.
final class Backlog {
    private final String first;
    private final Function<Collection<TopicPartition>, KafkaFuture<Map<TopicPartition, Long>>> asks;
    private Set<TopicPartition> assigned = Set.of();

    /// Of each partition: up to where it was written when it was assigned.
    private final Map<TopicPartition, Long> endsAtFirst = new HashMap<>();

    /// Up to where it is to be read; of the second topic known once what was there of the first is routed.
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    /// The last offset before that: once it is processed, all that was there is known.
    private final Map<TopicPartition, Long> lastBefore = new HashMap<>();

    /// The last offset that was given to be processed, while the one above is not known.
    private final Map<TopicPartition, Long> lastGiven = new HashMap<>();

    /// Of partitions of the first topic: up to which offset they were processed, and how much of that is committed.
    private final Map<Integer, Long> processed = new HashMap<>();

    private final Map<Integer, Long> routed = new HashMap<>();

    /// Up to where partitions are written, as far as it is known by now; null while nobody has asked.
    private @Nullable CompletableFuture<Map<TopicPartition, Long>> written;

    /// @param asks up to where partitions are written, open transactions included: a consumer that reads what is committed is told where the first of these begins,
    ///     and what its predecessor left behind that is not to be overlooked
    Backlog(
            String first,
            Function<Collection<TopicPartition>, KafkaFuture<Map<TopicPartition, Long>>> asks) {
        this.first = first;
        this.asks = asks;
    }

    void processed(int partition, long offset) {
        processed.put(partition, offset);
    }

    void committed() {
        routed.putAll(processed);
    }

    /// What was processed since the last commit is processed again.
    void aborted() {
        processed.clear();
    }

    /// Null while it is not known.
    @Nullable Long lastBefore(TopicPartition partition) {
        return lastBefore.get(partition);
    }

    boolean endsBefore(TopicPartition partition, long offset) {
        var end = endsAtFirst.get(partition);
        return end != null && end <= offset;
    }

    /// After each poll.
    void follow(Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
        assign(consumer);
        if (lastBefore.size() == assigned.size()) {
            return;
        }
        for (var partition : records.partitions()) {
            lastGiven.put(partition, records.records(partition).getLast().offset());
        }
        var fresh = assigned.stream().filter(p -> !ends.containsKey(p)).toList();
        if (!fresh.isEmpty() && routed()) {
            ends.putAll(written(fresh));
        }
        ends.forEach((partition, end) -> {
            if (!lastBefore.containsKey(partition) && consumer.position(partition) >= end) {
                lastBefore.put(partition, lastGiven.getOrDefault(partition, -1L));
            }
        });
    }

    /// Does not wait: empty until it is known.
    private Map<TopicPartition, Long> written(List<TopicPartition> partitions) {
        var asked =
                written == null
                        ? asks.apply(partitions).toCompletionStage().toCompletableFuture()
                        : written;
        written = asked.isDone() ? null : asked;
        return switch (asked.state()) {
            case SUCCESS -> asked.resultNow();
            case RUNNING -> Map.of();
            case FAILED, CANCELLED -> {
                if (asked.exceptionNow() instanceof RetriableException) {
                    yield Map.of();
                }
                throw new KafkaException(
                        "it is not known up to where %s is to be read".formatted(partitions),
                        asked.exceptionNow());
            }
        };
    }

    private void assign(Consumer<byte[], byte[]> consumer) {
        var now = consumer.assignment();
        if (now.equals(assigned)) {
            return;
        }
        assigned = Set.copyOf(now);
        written = null; // of partitions that were others'
        for (var known : List.of(endsAtFirst, ends, lastBefore, lastGiven)) {
            known.keySet().retainAll(assigned);
        }
        var fresh = assigned.stream().filter(p -> !endsAtFirst.containsKey(p)).toList();
        var found = consumer.endOffsets(fresh);
        endsAtFirst.putAll(found);
        found.forEach((partition, end) -> {
            if (partition.topic().equals(first)) {
                ends.put(partition, end);
            }
        });
    }

    /// Whether what was there of the first topic is routed, and its deliveries written.
    private boolean routed() {
        return assigned.stream()
                .filter(p -> p.topic().equals(first))
                .allMatch(p -> {
                    var last = lastBefore.get(p);
                    return last != null
                            && (last < 0 || routed.getOrDefault(p.partition(), -1L) >= last);
                });
    }
}
