package dev.tocsin.notifier.send;

import dev.tocsin.service.progress.Ends;
import dev.tocsin.service.progress.Positions;
import dev.tocsin.service.streams.SettledProducer;
import dev.tocsin.service.streams.StreamThreads;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;
import org.jspecify.annotations.Nullable;

/// Gives messages to the senders once the transaction is committed in which they became due, and only while this process is in its group for sure: a
/// process that was stopped for a while, and whose partitions another may have by now, sends nothing until its group had time to tell it so. Each stream
/// thread has its own.
public final class Handover extends DefaultKafkaClientSupplier implements Outbox {
    /// Half the time after which the group gives a silent member's partitions to another.
    public static final Duration FRESH = Duration.ofSeconds(5);

    /// After a pause: two heartbeats, of which the first is sent at once.
    private static final long SUSPECT_NANOS = Duration.ofSeconds(6).toNanos();

    /// For answers when partitions go to another (DESIGN section 7: within three seconds).
    public static final Duration PATIENCE = Duration.ofSeconds(2);

    /// After them nothing of the transaction is committed, whatever comes of them.
    private static final Set<String> ENDS_IN_VAIN = Set.of("abortTransaction", "close");

    private static final class Waiting {
        private final List<Outgoing> due = new ArrayList<>();
        private final List<Outgoing> committed = new ArrayList<>();
        private volatile long polledNanos;
        private long suspectUntilNanos;

        /// Null until somebody waits.
        private @Nullable Long patientUntilNanos;

        private final Backlog backlog;

        Waiting(Backlog backlog, long nowNanos) {
            this.backlog = backlog;
            polledNanos = nowNanos;
            suspectUntilNanos = nowNanos;
        }
    }

    private final ThreadLocal<Waiting> waiting;
    private volatile @Nullable Admin admin;
    private volatile long lastPolledNanos;
    private final Positions positions;
    private final Senders senders;
    private final StreamThreads threads;
    private final LongSupplier nanos;

    /// @param first topic of the half that feeds the other
    /// @param positions told of each consumer
    /// @param threads told of each commit and poll
    public Handover(String first, Senders senders, Positions positions, StreamThreads threads) {
        this(first, senders, positions, threads, System::nanoTime);
    }

    /// @param nanos monotonic
    Handover(
            String first,
            Senders senders,
            Positions positions,
            StreamThreads threads,
            LongSupplier nanos) {
        waiting =
                ThreadLocal.withInitial(
                        () -> new Waiting(new Backlog(first, this::written), nanos.getAsLong()));
        this.positions = positions;
        this.senders = senders;
        this.threads = threads;
        this.nanos = nanos;
        lastPolledNanos = nanos.getAsLong();
    }

    /// Kafka Streams makes it before its threads.
    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return asking(super.getAdmin(config));
    }

    Admin asking(Admin made) {
        admin = made;
        return made;
    }

    private KafkaFuture<Map<TopicPartition, Long>> written(Collection<TopicPartition> partitions) {
        return Ends.written(Objects.requireNonNull(admin), partitions);
    }

    @Override
    public void add(Outgoing outgoing) {
        waiting.get().due.add(outgoing);
    }

    @Override
    public void processed(int partition, long offset) {
        waiting.get().backlog.processed(partition, offset);
    }

    @Override
    public void taken() {
        senders.taken();
    }

    @Override
    public boolean closed() {
        return senders.closed();
    }

    @Override
    public Duration patience() {
        if (senders.closed()) {
            return Duration.ZERO; // answers were waited for
        }
        var mine = waiting.get();
        long now = nanos.getAsLong();
        if (mine.patientUntilNanos == null) {
            mine.patientUntilNanos = now + PATIENCE.toNanos();
        }
        return Duration.ofNanos(Math.max(0, mine.patientUntilNanos - now));
    }

    @Override
    public BooleanSupplier freshness() {
        var mine = waiting.get();
        return () -> nanos.getAsLong() - mine.polledNanos < FRESH.toNanos();
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return watched(new SettledProducer(config));
    }

    @SuppressWarnings("unchecked")
    Producer<byte[], byte[]> watched(Producer<byte[], byte[]> producer) {
        return (Producer<byte[], byte[]>)
                proxy(
                        Producer.class,
                        (method, arguments) -> {
                            if (ENDS_IN_VAIN.contains(method.getName())) {
                                aborted();
                            }
                            var answer = call(producer, method, arguments);
                            if (method.getName().equals("commitTransaction")) {
                                committed();
                            }
                            return answer;
                        });
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return watched(super.getConsumer(config));
    }

    @SuppressWarnings("unchecked")
    Consumer<byte[], byte[]> watched(Consumer<byte[], byte[]> consumer) {
        return (Consumer<byte[], byte[]>)
                proxy(
                        Consumer.class,
                        (method, arguments) -> {
                            if (method.getName().equals("close")) {
                                positions.forget(consumer);
                            }
                            var answer = call(consumer, method, arguments);
                            if (method.getName().equals("poll")) {
                                positions.follow(consumer);
                                polled(
                                        consumer,
                                        (ConsumerRecords<byte[], byte[]>)
                                                Objects.requireNonNull(answer));
                            }
                            return answer;
                        });
    }

    private interface Call {
        @Nullable Object with(Method method, Object @Nullable [] arguments) throws Throwable;
    }

    private static Object proxy(Class<?> type, Call call) {
        return Proxy.newProxyInstance(
                Handover.class.getClassLoader(),
                new Class<?>[] {type},
                (_, method, arguments) -> call.with(method, arguments));
    }

    private static @Nullable Object call(
            Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /// What was due and what was routed in it never was; whoever handed it over begins anew.
    private void aborted() {
        var mine = waiting.get();
        mine.due.clear();
        mine.backlog.aborted();
    }

    private void committed() {
        var mine = waiting.get();
        mine.backlog.committed();
        mine.committed.addAll(mine.due);
        mine.due.clear();
        threads.works();
        release(mine);
    }

    @Override
    public @Nullable Long toBeRead(String topic, int partition) {
        return waiting.get().backlog.lastBefore(new TopicPartition(topic, partition));
    }

    @Override
    public boolean endsBefore(String topic, int partition, long offset) {
        return waiting.get().backlog.endsBefore(new TopicPartition(topic, partition), offset);
    }

    /// How long ago a stream thread polled last.
    public Duration sincePoll() {
        return Duration.ofNanos(nanos.getAsLong() - lastPolledNanos);
    }

    private void polled(
            Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
        var mine = waiting.get();
        mine.backlog.follow(consumer, records);
        long now = nanos.getAsLong();
        if (now - mine.polledNanos > FRESH.toNanos()) {
            mine.suspectUntilNanos = now + SUSPECT_NANOS;
        }
        mine.polledNanos = now;
        mine.patientUntilNanos = null; // a rebalance is within a poll
        lastPolledNanos = now;
        threads.lives();
        release(mine);
    }

    private void release(Waiting mine) {
        long now = nanos.getAsLong();
        if (mine.committed.isEmpty()
                || now - mine.suspectUntilNanos < 0
                || now - mine.polledNanos > FRESH.toNanos()) {
            return;
        }
        var all = List.copyOf(mine.committed);
        mine.committed.clear();
        all.forEach(senders::send);
    }
}
