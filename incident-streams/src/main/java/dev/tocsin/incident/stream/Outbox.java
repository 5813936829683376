package dev.tocsin.incident.stream;

import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// What a processor is about to tell. Everything is encoded as it is put in, so that a registry that is away throws before
/// anything is stored; then the whole is forwarded. One record's worth, one thread.
public final class Outbox {
    /// Sinks of what it tells.
    public static final String INCIDENTS = "incidents-sink";

    public static final String INCIDENT_STATE = "incident-state-sink";

    private record Letter(Record<String, byte[]> record, String sink) {}

    private final String prefix;
    private final String signalsSink;
    private final Serializer<IncidentEvent> events;
    private final Serializer<Signal> signals;
    private final Counters counters;
    private final List<Letter> letters = new ArrayList<>();
    private final List<IncidentEvent> told = new ArrayList<>();

    /// @param signalsSink where signals go: each sub-topology has a sink of its own
    public Outbox(
            String prefix,
            String signalsSink,
            Serializer<IncidentEvent> events,
            Serializer<Signal> signals,
            Counters counters) {
        this.prefix = prefix;
        this.signalsSink = signalsSink;
        this.events = events;
        this.signals = signals;
        this.counters = counters;
    }

    /// To `incidents` and `incident-state`.
    public void event(IncidentEvent event, Instant now) {
        var headers = Wire.headers(event);
        letters.add(
                new Letter(
                        new Record<>(
                                event.getKey(),
                                events.serialize(Topics.INCIDENTS.named(prefix), event),
                                now.toEpochMilli(),
                                headers),
                        INCIDENTS));
        letters.add(
                new Letter(
                        new Record<>(
                                event.getIncidentId(),
                                events.serialize(Topics.INCIDENT_STATE.named(prefix), event),
                                now.toEpochMilli(),
                                headers),
                        INCIDENT_STATE));
        told.add(event);
    }

    /// @param key decides on the one partition that gets it; null for all
    public void signal(@Nullable String key, Signal signal, Instant now) {
        letters.add(
                new Letter(
                        new Record<>(
                                key,
                                signals.serialize(Topics.SIGNALS.named(prefix), signal),
                                now.toEpochMilli(),
                                new RecordHeaders()),
                        signalsSink));
    }

    public void forward(ProcessorContext<String, byte[]> task) {
        letters.forEach(letter -> task.forward(letter.record(), letter.sink()));
        told.forEach(counters::told);
        drop();
    }

    /// What was put in for a record that failed.
    public void drop() {
        letters.clear();
        told.clear();
    }
}
