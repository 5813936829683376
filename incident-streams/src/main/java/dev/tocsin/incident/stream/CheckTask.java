package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.Event;
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
import dev.tocsin.service.streams.Decided;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One task's checks with their stores, as they are from `init` on: a task that is revived begins with what was stored, and nothing of
/// the heap before it. One thread.
final class CheckTask implements Partition.Consequences {
    static final String STATES = "check-state";
    static final String DEFINITIONS = "definitions";

    /// See [Decided]; shared with [SignalProcessor].
    static final String DECIDED = "decided";

    private static final Logger LOG = LoggerFactory.getLogger(CheckTask.class);

    final ProcessorContext<String, byte[]> context;
    final Partition partition;
    final Facts facts = new Facts();
    final FactStore factStore;
    final Dependents dependents;
    final TaskClock clock;
    final Waiting waiting;
    final ClosedIncidents closed;
    final Decided decided;
    final Services services = new Services();
    private final KeyValueStore<String, byte[]> states;
    private final KeyValueStore<String, byte[]> definitions;
    private final Function<byte[], CheckDefinition> decode;
    private final Outbox outbox;
    private final Counters counters;

    CheckTask(
            ProcessorContext<String, byte[]> context,
            Function<byte[], CheckDefinition> decode,
            Function<byte[], Signal> signals,
            Map<String, String> topicIds,
            Outbox outbox,
            Counters counters) {
        this.context = context;
        this.decode = decode;
        this.outbox = outbox;
        this.counters = counters;
        states = context.getStateStore(STATES);
        definitions = context.getStateStore(DEFINITIONS);
        decided = new Decided("checks", context.getStateStore(DECIDED), topicIds);
        clock = new TaskClock(context.getStateStore(TaskClock.STORE));
        waiting = new Waiting(context.getStateStore(Waiting.STORE));
        closed = new ClosedIncidents(context.getStateStore(ClosedIncidents.STORE), outbox);
        dependents = new Dependents(context.getStateStore(Dependents.STORE), outbox);
        factStore = new FactStore(context.getStateStore(FactStore.STORE), facts, signals, now());
        partition = new Partition(facts, this);
        try (var all = definitions.all()) {
            all.forEachRemaining(entry -> {
                var definition = decode.apply(entry.value);
                partition.define(definition, null, now());
                services.moved(null, definition.getService());
            });
        }
        restore();
    }

    private void restore() {
        var entries = new CheckEntries();
        try (var all = states.all()) {
            all.forEachRemaining(entry -> entries.read(entry.key, entry.value));
        }
        var all = entries.states();
        all.forEach(partition::restore);
        for (var check : entries.old()) {
            var state = all.getOrDefault(check, CheckState.EMPTY);
            states.delete(check);
            CheckEntries.write(check, CheckState.EMPTY, state, states::put);
        }
    }

    Instant now() {
        return clock.now();
    }

    @Nullable CheckDefinition find(String check) {
        var bytes = definitions.get(check);
        return bytes == null ? null : decode.apply(bytes);
    }

    @Override
    public CheckDefinition definition(String check) {
        return Objects.requireNonNull(find(check));
    }

    void define(CheckDefinition check, byte[] bytes, @Nullable CheckDefinition before) {
        Policies.accept(check);
        partition.define(check, before, now());
        definitions.put(check.getCheckId(), bytes);
    }

    void remove(CheckDefinition check) {
        partition.remove(check, now());
        definitions.delete(check.getCheckId());
    }

    @Override
    public void told(String check, Policy policy, List<Event> events) {
        var definition = definition(check);
        int mark = outbox.mark();
        try {
            for (var event : events) {
                var told = Wire.event(event, definition);
                var group = event.incident().context().group();
                outbox.event(Fitting.fit(told), now());
                if (event.news()) {
                    outbox.signal(
                            Outages.key(group),
                            OutageWire.incident(told, group, policy.reopenWithin()),
                            now());
                }
                dependents.tell(told, now());
            }
        } catch (RuntimeException e) {
            outbox.backTo(mark);
            throw e;
        }
    }

    @Override
    public void store(String check, CheckState before, CheckState after) {
        CheckEntries.write(check, before, after, states::put);
    }

    @Override
    public void failed(String check, RuntimeException cause) {
        counters.failed();
        LOG.atError()
                .addKeyValue("check", check)
                .setCause(cause)
                .log("a check could not be looked at; the others were");
    }

    /// Tombstones of what ended long ago.
    void forgetClosed() {
        for (var gone : closed.sweep(now())) {
            partition.forget(gone.key(), gone.incidentId());
        }
    }
}
