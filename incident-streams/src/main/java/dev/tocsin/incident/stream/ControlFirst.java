package dev.tocsin.incident.stream;

import dev.tocsin.service.progress.Positions;
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
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;
import org.jspecify.annotations.Nullable;

/// Lets a task read what its other topics have before any of its results: definitions, windows and commands that were given
/// while it was away are then buffered beside the backlog, and Streams takes what is older first.
///
/// Streams' own way to that, `max.task.idle.ms` of 0 or more, looks at every empty partition before each record, and in 4.3.1
/// formats two texts for each that nobody reads: with three quiet topics beside the results that was a third of the time.
/// It is switched off, and this holds the results back once, after each assignment.
public final class ControlFirst extends DefaultKafkaClientSupplier {
    private final Positions positions;
    private final StreamThreads threads;
    private final String results;
    private final Set<String> control;

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
            }
            if (name.equals("pause")) {
                paused.addAll(partitions(arguments));
            }
            try {
                var answer = method.invoke(consumer, arguments);
                if (name.equals("poll")) {
                    release();
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
            consumer.resume(partitions.stream().filter(p -> !held.containsKey(p)).toList());
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
            if (!fresh.isEmpty()) {
                var ends =
                        consumer.endOffsets(
                                now.stream().filter(p -> control.contains(p.topic())).toList());
                for (var partition : fresh) {
                    var first = new HashMap<>(ends);
                    first.keySet().removeIf(p -> p.partition() != partition.partition());
                    held.put(partition, first);
                }
                consumer.pause(fresh);
            }
            assigned = now;
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
                        consumer.resume(Set.of(partition));
                    }
                }
            }
        }
    }
}
