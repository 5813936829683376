package dev.tocsin.incident.topology;

import dev.tocsin.incident.engine.OutageEngine;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.schemas.Topics;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Decides on the outages of the groups that this partition owns: it alone gets their INCIDENT signals, and what it decides
/// goes to every partition as an OUTAGE signal.
final class OutageProcessor implements Processor<String, byte[], String, byte[]> {
    static final String OUTAGES = "outages";

    private final String prefix;
    private final Deserializer<Signal> signals;
    private final Outbox outbox;
    private final Counters counters;
    private final Map<String, OutageEngine.State> states = new HashMap<>();
    private @Nullable ProcessorContext<String, byte[]> context;
    private @Nullable KeyValueStore<String, byte[]> stored;

    OutageProcessor(String prefix, Deserializer<Signal> signals, Outbox outbox, Counters counters) {
        this.prefix = prefix;
        this.signals = signals;
        this.outbox = outbox;
        this.counters = counters;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> task) {
        context = task;
        stored = task.getStateStore(OUTAGES);
        try (var all = stored.all()) {
            all.forEachRemaining(entry ->
                    states.put(
                            entry.key, StateCodec.decode(entry.value, OutageEngine.State.class)));
        }
    }

    @Override
    public void process(Record<String, byte[]> record) {
        var topic = Topics.SIGNALS.named(prefix);
        var task = java.util.Objects.requireNonNull(context);
        outbox.drop();
        try {
            var signal = signals.deserialize(topic, record.value());
            if (signal != null && signal.getKind() == SignalKind.INCIDENT) {
                incident(signal, Instant.ofEpochMilli(record.timestamp()));
                outbox.forward(task);
            }
        } catch (SerializationException | IllegalArgumentException e) {
            // Both processors read every signal: this one sets aside what cannot be read.
            counters.deadLetter(topic);
            DeadLetters.add(task, record, topic, e);
        }
    }

    private void incident(Signal signal, Instant now) {
        var group = signal.getSubject();
        var before = states.getOrDefault(group, OutageEngine.State.EMPTY);
        var step = OutageEngine.step(before, group, OutageWire.child(signal), now);
        for (var told : step.events()) {
            var event = OutageWire.event(told, group);
            outbox.event(event, now);
            outbox.signal(null, OutageWire.outage(event, now), now);
        }
        states.put(group, step.next());
        java.util.Objects.requireNonNull(stored).put(group, StateCodec.encode(step.next()));
    }
}
