package dev.tocsin.incident.stream;

import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.errors.SerializationException;
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

    private record Letter(
            Record<String, byte[]> record, String sink, @Nullable IncidentEvent told) {}

    private final String prefix;
    private final String signalsSink;
    private final Serializer<IncidentEvent> events;
    private final Serializer<Signal> signals;
    private final Counters counters;
    private final List<Letter> letters = new ArrayList<>();

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
        var told = written(events, Topics.INCIDENTS, event);
        var state = written(events, Topics.INCIDENT_STATE, event);
        letters.add(
                new Letter(
                        new Record<>(event.getKey(), told, now.toEpochMilli(), headers),
                        INCIDENTS,
                        event));
        letters.add(
                new Letter(
                        new Record<>(event.getIncidentId(), state, now.toEpochMilli(), headers),
                        INCIDENT_STATE,
                        null));
    }

    /// What we cannot write ourselves is no fault of the record that led to it, but a bug.
    private <T> byte[] written(Serializer<T> serializer, Topic<?> topic, T value) {
        try {
            return serializer.serialize(topic.named(prefix), value);
        } catch (SerializationException e) {
            throw new IllegalStateException("cannot write to " + topic.named(prefix), e);
        }
    }

    /// An incident that ended so long ago that nothing is kept of it.
    void forgotten(String incidentId, Instant now) {
        letters.add(
                new Letter(
                        new Record<>(incidentId, null, now.toEpochMilli(), new RecordHeaders()),
                        INCIDENT_STATE,
                        null));
    }

    /// @param key decides on the one partition that gets it; null for all
    public void signal(@Nullable String key, Signal signal, Instant now) {
        letters.add(
                new Letter(
                        new Record<>(
                                key,
                                written(signals, Topics.SIGNALS, signal),
                                now.toEpochMilli(),
                                new RecordHeaders()),
                        signalsSink,
                        null));
    }

    boolean isEmpty() {
        return letters.isEmpty();
    }

    /// Events that are to be told.
    List<IncidentEvent> events() {
        return letters.stream().map(Letter::told).filter(Objects::nonNull).toList();
    }

    /// What is put in from here on can be taken out again.
    int mark() {
        return letters.size();
    }

    void backTo(int mark) {
        letters.subList(mark, letters.size()).clear();
    }

    public void forward(ProcessorContext<String, byte[]> task) {
        for (var letter : letters) {
            task.forward(letter.record(), letter.sink());
            if (letter.told() != null) {
                counters.told(letter.told());
            }
        }
        drop();
    }

    /// What was put in for a record that failed.
    public void drop() {
        letters.clear();
    }
}
