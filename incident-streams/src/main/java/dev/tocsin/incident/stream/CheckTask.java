package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.check.Aside;
import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.Event;
import dev.tocsin.incident.engine.check.Incident;
import dev.tocsin.incident.engine.check.Policy;
import dev.tocsin.incident.partition.Facts;
import dev.tocsin.incident.partition.Partition;
import dev.tocsin.incident.partition.Policies;
import dev.tocsin.incident.partition.Services;
import dev.tocsin.incident.wire.CheckEntries;
import dev.tocsin.incident.wire.Fitting;
import dev.tocsin.incident.wire.OutageWire;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Signal;
import dev.tocsin.service.streams.Faults;
import dev.tocsin.service.streams.UndoableStores;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// One task's checks with their stores, as they are from `init` on: a task that is revived begins with what was stored, and nothing of
/// the heap before it. One thread.
final class CheckTask implements Partition.Consequences {
    static final String STATES = "check-state";
    static final String DEFINITIONS = "definitions";

    /// Those of it that are written together.
    static final Set<String> STORES =
            Set.of(
                    STATES,
                    DEFINITIONS,
                    FactStore.STORE,
                    Dependents.STORE,
                    TaskClock.STORE,
                    ClosedIncidents.STORE);

    final ProcessorContext<String, byte[]> context;
    final Partition partition;
    final Facts facts = new Facts();
    final FactStore factStore;
    final Dependents dependents;
    final TaskClock clock;
    final ClosedIncidents closed;
    final Services services = new Services();
    private final KeyValueStore<String, byte[]> states;
    private final KeyValueStore<String, byte[]> definitions;
    private final Function<byte[], @Nullable CheckDefinition> decode;

    /// Keys of what is stored of a check's state and cannot be read, by check.
    private final Map<String, List<String>> unread = new HashMap<>();

    private final Outbox outbox;
    private final Counters counters;
    private final LeftOut leftOut;

    /// What is stored and cannot be used by this build is left out and left there, each for itself.
    ///
    /// @param notBefore time has come so far already
    CheckTask(
            ProcessorContext<String, byte[]> context,
            UndoableStores stores,
            Instant notBefore,
            Function<byte[], @Nullable CheckDefinition> decode,
            Function<byte[], @Nullable Signal> signals,
            Outbox outbox,
            Counters counters) {
        this.context = context;
        this.decode = decode;
        this.outbox = outbox;
        this.counters = counters;
        leftOut = new LeftOut(counters);
        states = stores.get(STATES);
        definitions = stores.get(DEFINITIONS);
        clock = new TaskClock(stores.get(TaskClock.STORE));
        clock.advance(notBefore.toEpochMilli());
        var standstill = clock.standstill();
        if (standstill != null) {
            facts.stoodStill(standstill);
        }
        closed = new ClosedIncidents(stores.get(ClosedIncidents.STORE), outbox);
        dependents = new Dependents(stores.get(Dependents.STORE), outbox, leftOut);
        factStore = new FactStore(stores.get(FactStore.STORE), facts, signals, now(), leftOut);
        partition = new Partition(facts, this);
        var entries = entries();
        try (var all = definitions.all()) {
            all.forEachRemaining(entry -> {
                if (!unread.containsKey(entry.key)) {
                    begin(entry.key, entry.value);
                }
            });
        }
        restore(entries);
    }

    private CheckEntries entries() {
        var entries = new CheckEntries();
        try (var all = states.all()) {
            all.forEachRemaining(entry -> {
                var check = CheckEntries.check(entry.key);
                if (!leftOut.read(
                        "state of check " + check, () -> entries.read(entry.key, entry.value))) {
                    unread.computeIfAbsent(check, _ -> new ArrayList<>()).add(entry.key);
                }
            });
        }
        return entries;
    }

    private void begin(String check, byte[] bytes) {
        try {
            var definition = Faults.read(() -> Objects.requireNonNull(decode.apply(bytes)));
            partition.define(definition, null, now());
            services.moved(null, definition.getService());
        } catch (SerializationException | IllegalArgumentException e) {
            leftOut.found("definition of check " + check, e);
        }
    }

    private void restore(CheckEntries entries) {
        var all = entries.states();
        all.forEach(partition::restore);
        for (var check : entries.old()) {
            if (unread.containsKey(check)) {
                continue;
            }
            var state = all.getOrDefault(check, CheckState.EMPTY);
            states.delete(check);
            CheckEntries.write(check, CheckState.EMPTY, state, states::put);
        }
    }

    Instant now() {
        return clock.now();
    }

    /// Something was appended to the results.
    ///
    /// @param gap more than this between two such means that nobody could write
    void advance(long appendedMs, Duration gap) {
        var standstill = clock.advance(appendedMs, gap);
        if (standstill != null) {
            clock.store(facts.stoodStill(standstill));
        }
    }

    /// Null for one that was left out, too.
    @Nullable CheckDefinition find(String check) {
        var bytes = definitions.get(check);
        return bytes == null || !partition.has(check) ? null : decode.apply(bytes);
    }

    @Override
    public CheckDefinition definition(String check) {
        return Objects.requireNonNull(find(check));
    }

    void define(CheckDefinition check, byte[] bytes, @Nullable CheckDefinition before) {
        Faults.rules(() -> Policies.accept(check));
        unread.getOrDefault(check.getCheckId(), List.of()).forEach(states::delete);
        partition.define(check, before, now());
        definitions.put(check.getCheckId(), bytes);
    }

    void remove(CheckDefinition check) {
        partition.remove(check, now());
        definitions.delete(check.getCheckId());
    }

    /// One that was left out: there is nothing more to say of it.
    void removeUnread(String check) {
        if (definitions.get(check) != null) {
            definitions.delete(check);
        }
    }

    @Override
    public void told(String check, Policy policy, List<Event> events) {
        var definition = definition(check);
        int mark = outbox.mark();
        try {
            for (var event : events) {
                var told = Wire.event(event, definition);
                var incident = event.incident();
                outbox.event(Fitting.fit(told), now());
                if (event.news()) {
                    tellGroup(incident, OutageWire.incident(told, incident, policy.reopenWithin()));
                }
                dependents.tell(told, now());
            }
        } catch (RuntimeException e) {
            outbox.backTo(mark);
            throw e;
        }
    }

    @Override
    public void aside(String check, Policy policy, Aside aside) {
        tellGroup(
                aside.known().incident(),
                OutageWire.aside(aside, definition(check), policy.reopenWithin()));
    }

    private void tellGroup(Incident incident, Signal signal) {
        outbox.signal(Outages.key(incident.context().group()), signal, now());
    }

    @Override
    public void store(String check, CheckState before, CheckState after) {
        CheckEntries.write(check, before, after, states::put);
    }

    @Override
    public void failed(String check, RuntimeException cause) {
        if (Faults.isAway(cause)) {
            throw cause; // the registry is away: no check could be
        }
        counters.failed(check, cause);
    }

    /// Tombstones of what ended long ago.
    void forgetClosed() {
        for (var gone : closed.sweep(now())) {
            partition.forget(gone.key(), gone.incidentId());
        }
    }
}
