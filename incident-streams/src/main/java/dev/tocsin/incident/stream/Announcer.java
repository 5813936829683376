package dev.tocsin.incident.stream;

import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.Topic;
import dev.tocsin.service.streams.Decided;
import dev.tocsin.service.streams.Faults;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// Turns the records of another topic into signals. What cannot be read, or makes no sense, goes to its dead letters.
public final class Announcer<T> implements Processor<String, byte[], String, byte[]> {
    /// What there is to say of a record.
    public interface Source<T> {
        /// @param value null when the key was taken back
        /// @return null when there is nothing to say
        /// @throws IllegalArgumentException when it makes no sense, saying why
        @Nullable Signal signal(String key, @Nullable T value, Instant now);
    }

    private final Topic<?> from;
    private final String prefix;
    private final Function<Signal, @Nullable String> key;
    private final Deserializer<T> values;
    private final Source<T> source;
    private final Outbox outbox;
    private final UnaryOperator<String> topicIds;
    private final Counters counters;
    private final Faults faults;
    private @Nullable Decided decided;
    private @Nullable ProcessorContext<String, byte[]> context;

    /// @param key of a signal: decides on the one partition that gets it; null for all
    public Announcer(
            Topic<?> from,
            String prefix,
            Function<Signal, @Nullable String> key,
            Deserializer<T> values,
            Source<T> source,
            UnaryOperator<String> topicIds,
            Outbox outbox,
            Counters counters) {
        this.from = from;
        this.prefix = prefix;
        this.key = key;
        this.values = values;
        this.source = source;
        this.topicIds = topicIds;
        this.outbox = outbox;
        this.counters = counters;
        faults = new Faults(counters.bugs());
    }

    /// Of what it has announced.
    public static String store(Topic<?> from) {
        return from.name() + "-decided";
    }

    @Override
    public void init(ProcessorContext<String, byte[]> task) {
        context = task;
        decided = new Decided("announcer", task.getStateStore(store(from)), topicIds);
    }

    @Override
    public void process(Record<String, byte[]> record) {
        var task = Objects.requireNonNull(context);
        var topic = from.named(prefix);
        var now = Instant.ofEpochMilli(record.timestamp());
        outbox.drop();
        var known = Objects.requireNonNull(decided);
        if (!known.isNew(topic, task.recordMetadata().orElseThrow().offset())) {
            counters.history(topic);
            return;
        }
        known.store();
        faults.decide(
                task,
                record,
                topic,
                () -> {
                    var signal = read(topic, record, now);
                    signal.ifPresent(found -> outbox.signal(key.apply(found), found, now));
                    outbox.forward(task);
                },
                new Faults.Undo(() -> false, outbox::drop), // it has nothing else
                () -> {
                    outbox.drop();
                    counters.deadLetter(topic);
                });
    }

    private Optional<Signal> read(String topic, Record<String, byte[]> record, Instant now) {
        if (record.key() == null) {
            throw new SerializationException("a record of " + topic + " needs its key");
        }
        return Faults.read(() ->
                Optional.ofNullable(
                        source.signal(
                                record.key(), values.deserialize(topic, record.value()), now)));
    }
}
