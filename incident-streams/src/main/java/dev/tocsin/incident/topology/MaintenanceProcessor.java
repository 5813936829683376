package dev.tocsin.incident.topology;

import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.schemas.Topics;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// Tells every partition of a window of maintenance, or that it was taken back.
final class MaintenanceProcessor implements Processor<String, byte[], String, byte[]> {
    static final String SIGNALS = "maintenance-signals-sink";

    private final String prefix;
    private final Deserializer<MaintenanceWindow> windows;
    private final Serializer<Signal> signals;
    private final Counters counters;
    private @Nullable ProcessorContext<String, byte[]> context;

    MaintenanceProcessor(
            String prefix,
            Deserializer<MaintenanceWindow> windows,
            Serializer<Signal> signals,
            Counters counters) {
        this.prefix = prefix;
        this.windows = windows;
        this.signals = signals;
        this.counters = counters;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> task) {
        context = task;
    }

    @Override
    public void process(Record<String, byte[]> record) {
        var topic = Topics.MAINTENANCE.named(prefix);
        var task = java.util.Objects.requireNonNull(context);
        try {
            if (record.key() == null) {
                throw new SerializationException("a window needs its id as key");
            }
            var window = windows.deserialize(topic, record.value());
            if (window != null && !window.getStartsAt().isBefore(window.getEndsAt())) {
                throw new SerializationException(
                        "maintenance " + record.key() + " does not end after its start");
            }
            var signal =
                    Signal.newBuilder()
                            .setSignalId("maintenance/" + record.key() + "/" + record.timestamp())
                            .setKind(SignalKind.MAINTENANCE)
                            .setSubject(record.key())
                            .setActive(window != null)
                            .setAt(
                                    Instant.ofEpochMilli(record.timestamp())
                                            .truncatedTo(ChronoUnit.MILLIS))
                            .setWindow(window)
                            .build();
            var bytes = signals.serialize(Topics.SIGNALS.named(prefix), signal);
            task.forward(new Record<>(null, bytes, record.timestamp()), SIGNALS);
        } catch (SerializationException e) {
            counters.deadLetter(topic);
            DeadLetters.add(task, record, topic, e);
        }
    }
}
