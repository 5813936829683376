package dev.tocsin.incident.stream;

import dev.tocsin.incident.partition.Facts;
import dev.tocsin.incident.partition.Maintenance;
import dev.tocsin.incident.wire.ParentWire;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.service.streams.Faults;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Keeps the facts of a partition as the signals that said so: one that still holds outlives the topic's retention.
final class FactStore {
    static final String STORE = "facts";

    private final KeyValueStore<String, byte[]> store;
    private final Facts facts;

    FactStore(
            KeyValueStore<String, byte[]> store,
            Facts facts,
            Function<byte[], @Nullable Signal> decode,
            Instant now,
            LeftOut leftOut) {
        this.store = store;
        this.facts = facts;
        leftOut.each(
                store,
                entry ->
                        tell(
                                Faults.read(
                                        () -> Objects.requireNonNull(decode.apply(entry.value))),
                                now));
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
        Faults.read(() -> fact(signal, now)).run();
    }

    /// What it says, to be taken in.
    private Runnable fact(Signal signal, Instant now) {
        var subject = signal.getSubject();
        return switch (signal.getKind()) {
            case MAINTENANCE -> {
                var window = signal.getWindow();
                if (window != null) {
                    var _ = Maintenance.schedule(window); // throws for one that makes no sense
                }
                yield () -> facts.maintenance(subject, window);
            }
            case REGION_ISOLATED -> () -> facts.isolated(subject, signal.getActive());
            case PIPELINE_STALLED -> () -> facts.stalled(signal.getActive());
            case AGENT_REGION -> {
                var region = signal.getActive() ? AgentSource.region(signal) : null;
                yield () -> facts.agentRegion(subject, region);
            }
            case PARENT_DOWN -> {
                var parent = ParentWire.parent(signal, now);
                yield () -> facts.parent(subject, parent);
            }
            case USER_REPORTS -> {
                var reports = ReportSource.reports(signal);
                yield () -> facts.reports(subject, reports);
            }
            default -> throw new IllegalArgumentException(signal.getKind() + " is no such fact");
        };
    }
}
