package dev.tocsin.notifier.send;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;

/// Gives messages to the senders once the transaction is committed in which they became due: only who owns a partition can commit, so that a process that
/// was thought dead sends nothing. Each stream thread has its own.
public final class Handover extends DefaultKafkaClientSupplier {
    /// So long after a commit it still shows who owns a partition: half the time after which the group gives it to another.
    public static final Duration FRESH = Duration.ofSeconds(5);

    private static final class Waiting {
        private final List<Outgoing> messages = new ArrayList<>();
        private volatile long committedNanos = System.nanoTime();
    }

    private final ThreadLocal<Waiting> waiting = ThreadLocal.withInitial(Waiting::new);
    private final Senders senders;

    public Handover(Senders senders) {
        this.senders = senders;
    }

    /// On a stream thread.
    public void add(Outgoing outgoing) {
        waiting.get().messages.add(outgoing);
    }

    /// On a stream thread: what it adds is not to be sent any more.
    public void drop() {
        waiting.get().messages.clear();
    }

    /// Whether this stream thread's partitions were its own a moment ago, on whatever thread it is asked later.
    public java.util.function.BooleanSupplier freshness() {
        var mine = waiting.get();
        return () -> System.nanoTime() - mine.committedNanos < FRESH.toNanos();
    }

    @Override
    @SuppressWarnings("unchecked")
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        var producer = super.getProducer(config);
        return (Producer<byte[], byte[]>)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {Producer.class},
                        (_, method, arguments) -> {
                            try {
                                var answer = method.invoke(producer, arguments);
                                if (method.getName().equals("commitTransaction")) {
                                    committed();
                                }
                                return answer;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private void committed() {
        var mine = waiting.get();
        mine.committedNanos = System.nanoTime();
        var due = List.copyOf(mine.messages);
        mine.messages.clear();
        due.forEach(senders::send);
    }
}
