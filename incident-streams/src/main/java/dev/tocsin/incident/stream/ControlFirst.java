package dev.tocsin.incident.stream;

import dev.tocsin.incident.partition.InStep;
import dev.tocsin.service.progress.Positions;
import dev.tocsin.service.streams.SettledProducer;
import dev.tocsin.service.streams.StreamThreads;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;
import org.apache.kafka.streams.processor.internals.RecordQueue;
import org.apache.kafka.streams.processor.internals.TopicPartitionMetadata;
import org.jspecify.annotations.Nullable;

/// Lets a task read what its other topics have before any of its results: definitions, windows and commands that were given
/// while it was away are then buffered beside the backlog, and Streams takes what is older first.
///
/// Streams' own way to that, `max.task.idle.ms` of 0 or more, looks at every empty partition before each record, and in 4.3.1
/// formats two texts for each that nobody reads: with three quiet topics beside the results that was a third of the time.
/// It is switched off, and this holds the results back once, after each assignment.
///
/// While the results' partitions work off what waited for them, they are kept [InStep].
public final class ControlFirst extends DefaultKafkaClientSupplier {
    private final Positions positions;
    private final StreamThreads threads;
    private final String results;
    private final Set<String> control;
    private final InStep inStep = new InStep();

    /// @param results the topic to hold back
    /// @param control topics of the same partitions to read first
    /// @param positions told of each consumer
    /// @param threads told of each poll
    public ControlFirst(
            String results, Set<String> control, Positions positions, StreamThreads threads) {
        this.threads = threads;
        this.positions = positions;
        this.results = results;
        this.control = control;
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return new SettledProducer(config);
    }

    @Override
    @SuppressWarnings("unchecked")
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        var gate = new Gate(super.getConsumer(config));
        return (Consumer<byte[], byte[]>)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {Consumer.class},
                        (_, method, arguments) -> gate.call(method, arguments));
    }

    /// One consumer; one thread.
    private final class Gate {
        private final Consumer<byte[], byte[]> consumer;

        /// Partitions of results that are held back, and up to where each control topic is to be read first.
        private final Map<TopicPartition, Map<TopicPartition, Long>> held = new HashMap<>();

        private Set<TopicPartition> assigned = Set.of();

        /// Partitions of results that are ahead of others.
        private Set<TopicPartition> ahead = Set.of();

        /// Streams wants these paused for reasons of its own.
        private final Set<TopicPartition> paused = new HashSet<>();

        Gate(Consumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
        }

        @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
            var name = method.getName();
            if (name.equals("resume")) {
                resume(partitions(arguments));
                return null;
            }
            if (name.equals("close")) {
                positions.forget(consumer);
                assigned.forEach(this::revoked);
            }
            if (name.equals("pause")) {
                paused.addAll(partitions(arguments));
            }
            try {
                var answer = method.invoke(consumer, arguments);
                if (answer instanceof ConsumerRecords<?, ?> records) { // of a poll
                    release();
                    keepInStep(records);
                    positions.follow(consumer);
                    threads.lives();
                }
                return answer;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }

        /// Streams pauses what is assigned until its state is restored: so this comes before any record.
        private void resume(Collection<TopicPartition> partitions) {
            paused.removeAll(partitions);
            hold();
            resumeUnheld(partitions);
        }

        private void resumeUnheld(Collection<TopicPartition> partitions) {
            consumer.resume(
                    partitions.stream()
                            .filter(p -> !held.containsKey(p) && !ahead.contains(p))
                            .toList());
        }

        @SuppressWarnings("unchecked")
        private static Collection<TopicPartition> partitions(Object @Nullable [] arguments) {
            return (Collection<TopicPartition>) Objects.requireNonNull(arguments)[0];
        }

        /// What was assigned since.
        private void hold() {
            var now = Set.copyOf(consumer.assignment());
            held.keySet().retainAll(now);
            var fresh =
                    now.stream()
                            .filter(p -> p.topic().equals(results) && !assigned.contains(p))
                            .toList();
            assigned.stream().filter(p -> !now.contains(p)).forEach(this::revoked);
            if (!fresh.isEmpty()) {
                var ends =
                        consumer.endOffsets(
                                now.stream()
                                        .filter(p ->
                                                control.contains(p.topic()) || fresh.contains(p))
                                        .toList());
                var committed = consumer.committed(Set.copyOf(fresh));
                for (var partition : fresh) {
                    var first = new HashMap<>(ends);
                    first.keySet()
                            .removeIf(p ->
                                    p.partition() != partition.partition() || fresh.contains(p));
                    held.put(partition, first);
                    inStep.assigned(
                            partition.partition(),
                            consumer.position(partition),
                            ends.getOrDefault(partition, 0L),
                            time(committed.get(partition)),
                            System.nanoTime());
                }
                consumer.pause(fresh);
            }
            assigned = now;
        }

        /// Of the newest record before it, as Streams notes it.
        private static long time(@Nullable OffsetAndMetadata committed) {
            return committed == null
                    ? RecordQueue.UNKNOWN
                    : TopicPartitionMetadata.decode(committed.metadata()).partitionTime();
        }

        private void revoked(TopicPartition partition) {
            if (partition.topic().equals(results)) {
                inStep.revoked(partition.partition());
            }
        }

        private void keepInStep(ConsumerRecords<?, ?> records) {
            long nanos = System.nanoTime();
            for (var partition : records.partitions()) {
                if (partition.topic().equals(results)) {
                    var last = records.records(partition).getLast();
                    inStep.read(partition.partition(), last.offset() + 1, last.timestamp(), nanos);
                }
            }
            var numbers = inStep.ahead(nanos);
            if (numbers.isEmpty() && ahead.isEmpty()) {
                return;
            }
            var before = ahead;
            ahead =
                    assigned.stream()
                            .filter(p -> p.topic().equals(results))
                            .filter(p -> numbers.contains(p.partition()))
                            .collect(Collectors.toSet());
            consumer.pause(ahead);
            resumeUnheld(
                    before.stream()
                            .filter(p -> assigned.contains(p) && !paused.contains(p))
                            .toList());
        }

        private void release() {
            if (held.isEmpty()) {
                return;
            }
            held.keySet().retainAll(consumer.assignment());
            for (var partition : List.copyOf(held.keySet())) {
                var ends = held.getOrDefault(partition, Map.of());
                if (ends.entrySet().stream()
                        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                    held.remove(partition);
                    if (!paused.contains(partition)) {
                        resumeUnheld(Set.of(partition));
                    }
                }
            }
        }
    }
}
