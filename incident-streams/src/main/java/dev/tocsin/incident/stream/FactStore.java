package dev.tocsin.incident.stream;

import dev.tocsin.incident.partition.Facts;
import dev.tocsin.incident.wire.ParentWire;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.time.Instant;
import java.util.function.Function;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.state.KeyValueStore;

/// Keeps the facts of a partition as the signals that said so: one that still holds outlives the topic's retention.
final class FactStore {
    static final String STORE = "facts";

    private final KeyValueStore<String, byte[]> store;
    private final Facts facts;

    FactStore(
            KeyValueStore<String, byte[]> store,
            Facts facts,
            Function<byte[], Signal> decode,
            Instant now) {
        this.store = store;
        this.facts = facts;
        try (var all = store.all()) {
            all.forEachRemaining(entry -> tell(decode.apply(entry.value), now));
        }
    }

    /// @param bytes the signal as it came
    /// @throws SerializationException when the signal lacks what it must have; nothing has changed then
    void take(Signal signal, byte[] bytes, Instant now) {
        tell(signal, now);
        var key = signal.getKind() + "/" + signal.getSubject();
        if (signal.getActive() && signal.getKind() != SignalKind.USER_REPORTS) {
            store.put(key, bytes);
        } else {
            store.delete(key);
        }
        facts.forget(now).forEach(id -> store.delete(SignalKind.MAINTENANCE + "/" + id));
    }

    private void tell(Signal signal, Instant now) {
        var subject = signal.getSubject();
        switch (signal.getKind()) {
            case MAINTENANCE -> facts.maintenance(subject, signal.getWindow());
            case REGION_ISOLATED -> facts.isolated(subject, signal.getActive());
            case PIPELINE_STALLED -> facts.stalled(signal.getActive());
            case AGENT_REGION ->
                    facts.agentRegion(
                            subject, signal.getActive() ? AgentSource.region(signal) : null);
            case PARENT_DOWN -> facts.parent(subject, ParentWire.parent(signal, now));
            case USER_REPORTS -> facts.reports(subject, ReportSource.reports(signal));
            default -> throw new IllegalArgumentException(signal.getKind() + " is no such fact");
        }
    }
}
