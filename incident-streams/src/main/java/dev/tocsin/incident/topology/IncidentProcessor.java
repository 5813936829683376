package dev.tocsin.incident.topology;

import dev.tocsin.incident.engine.CheckState;
import dev.tocsin.incident.engine.IncidentEngine;
import dev.tocsin.incident.engine.Input;
import dev.tocsin.incident.engine.Policy;
import dev.tocsin.incident.engine.Step;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// One partition's checks. Decodes, lets the engine decide, stores, forwards, in that order: what throws does so before
/// anything is stored. A record that cannot be read goes to its topic's dead letters; a registry that is away is no such
/// case, it throws on and the record is processed again.
final class IncidentProcessor implements Processor<String, byte[], String, byte[]> {
    static final String STATES = "check-state";
    static final String DEFINITIONS = "definitions";
    static final String WINDOWS = "maintenance-windows";

    /// Ticks come each second; a gap of more than this means that time stood still for us or the broker.
    private static final Duration TICK_GAP = Duration.ofSeconds(5);

    /// What ended so long ago explains nothing any more; the rest is kept for results that come late.
    private static final Duration MAINTENANCE_MEMORY = Duration.ofDays(1);

    private static final int DUE_PER_TICK = 5_000;

    private record Defined(CheckDefinition definition, Policy policy) {}

    private final String checkResults;
    private final String checks;
    private final String signalsTopic;
    private final String incidentCommands;
    private final Deserializer<CheckResult> results;
    private final Deserializer<CheckDefinition> definitions;
    private final Deserializer<Signal> signals;
    private final Deserializer<dev.tocsin.schemas.Command> commands;
    private final Outbox outbox;
    private final Ticks ticks;
    private final Counters counters;
    private final Map<String, Defined> defined = new HashMap<>();
    private final Map<String, MaintenanceWindow> windows = new TreeMap<>();
    private final Map<String, CheckState> states = new HashMap<>();
    private final DeadlineIndex deadlines = new DeadlineIndex();
    private Instant now = Instant.EPOCH;
    private Instant lastTick = Instant.EPOCH;
    private @Nullable ProcessorContext<String, byte[]> context;
    private @Nullable KeyValueStore<String, byte[]> stored;
    private @Nullable KeyValueStore<String, byte[]> storedDefinitions;
    private @Nullable KeyValueStore<String, byte[]> storedWindows;

    IncidentProcessor(
            String prefix,
            Deserializer<CheckResult> results,
            Deserializer<CheckDefinition> definitions,
            Deserializer<Signal> signals,
            Deserializer<dev.tocsin.schemas.Command> commands,
            Outbox outbox,
            Ticks ticks,
            Counters counters) {
        checkResults = Topics.CHECK_RESULTS.named(prefix);
        checks = Topics.CHECKS.named(prefix);
        signalsTopic = Topics.SIGNALS.named(prefix);
        incidentCommands = Topics.INCIDENT_COMMANDS.named(prefix);
        this.results = results;
        this.definitions = definitions;
        this.signals = signals;
        this.commands = commands;
        this.outbox = outbox;
        this.ticks = ticks;
        this.counters = counters;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> task) {
        context = task;
        stored = task.getStateStore(STATES);
        storedDefinitions = task.getStateStore(DEFINITIONS);
        storedWindows = task.getStateStore(WINDOWS);
        try (var all = storedWindows.all()) {
            all.forEachRemaining(entry -> {
                var signal = signals.deserialize(signalsTopic, entry.value);
                windows.put(entry.key, signal.getWindow());
            });
        }
        try (var all = storedDefinitions.all()) {
            all.forEachRemaining(entry -> define(entry.key, entry.value));
        }
        try (var all = stored.all()) {
            all.forEachRemaining(entry ->
                    states.put(entry.key, StateCodec.decode(entry.value, CheckState.class)));
        }
        defined.keySet().forEach(check -> deadlines.arm(check, Instant.EPOCH));
        ticks.started(task.taskId().partition());
    }

    @Override
    public void close() {
        if (context != null) {
            ticks.stopped(context.taskId().partition());
        }
    }

    @Override
    public void process(Record<String, byte[]> record) {
        var at = Instant.ofEpochMilli(record.timestamp());
        now = at.isAfter(now) ? at : now;
        var task = java.util.Objects.requireNonNull(context);
        var topic = task.recordMetadata().orElseThrow().topic();
        outbox.drop();
        try {
            if (topic.equals(checkResults)) {
                if (record.value() == null) {
                    tick(record);
                } else {
                    result(record);
                }
            } else if (topic.equals(signalsTopic)) {
                signal(record);
            } else if (topic.equals(checks)) {
                definition(record);
            } else {
                command(record);
            }
        } catch (SerializationException | IllegalArgumentException e) {
            counters.deadLetter(topic);
            DeadLetters.add(task, record, topic, e);
        }
    }

    private void definition(Record<String, byte[]> record) {
        var check = record.key();
        if (check == null) {
            throw new SerializationException("a definition needs its check id as key");
        }
        var definitionStore = java.util.Objects.requireNonNull(storedDefinitions);
        if (record.value() == null) {
            var old = defined.get(check);
            if (old != null) {
                apply(check, old, new Input.Removed(now));
                defined.remove(check);
                deadlines.disarm(check);
            }
            definitionStore.delete(check);
            return;
        }
        define(check, record.value());
        definitionStore.put(check, record.value());
        deadlines.arm(check, now);
    }

    private void define(String check, byte[] value) {
        var definition = definitions.deserialize(checks, value);
        defined.put(check, new Defined(definition, Policies.of(definition, windows.values())));
    }

    /// What was decided elsewhere and concerns this partition. A signal that cannot be read is set aside by [OutageProcessor].
    private void signal(Record<String, byte[]> record) {
        Signal signal;
        try {
            signal = signals.deserialize(signalsTopic, record.value());
        } catch (SerializationException e) {
            return;
        }
        switch (signal.getKind()) {
            case OUTAGE -> outage(signal);
            case MAINTENANCE -> maintenance(signal, record.value());
            case UNKNOWN, REGION_ISOLATED, PARENT_DOWN, USER_REPORTS, INCIDENT -> {
                // not for checks
            }
        }
    }

    /// A command that cannot be followed throws, and is set aside with the reason: whoever gave it can read it there.
    private void command(Record<String, byte[]> record) {
        var command = commands.deserialize(incidentCommands, record.value());
        var known = record.key() == null ? null : defined.get(record.key());
        if (command == null || known == null) {
            throw new IllegalArgumentException("there is no check " + record.key());
        }
        apply(record.key(), known, new Input.Commanded(now, Wire.command(command)));
    }

    private void outage(Signal signal) {
        var event = signal.getIncident();
        if (event == null || !event.getOpen()) {
            return;
        }
        for (var child : event.getChildren()) {
            var known = defined.get(child.getCheckId());
            if (known != null && states.containsKey(child.getCheckId())) {
                apply(
                        child.getCheckId(),
                        known,
                        new Input.Joined(now, child.getIncidentId(), event.getIncidentId()));
            }
        }
    }

    private void maintenance(Signal signal, byte[] bytes) {
        var store = java.util.Objects.requireNonNull(storedWindows);
        var window = signal.getWindow();
        var over = new ArrayList<String>();
        windows.forEach((id, old) -> {
            if (old.getEndsAt().isBefore(now.minus(MAINTENANCE_MEMORY))) {
                over.add(id);
            }
        });
        over.forEach(id -> {
            windows.remove(id);
            store.delete(id);
        });
        if (window == null) {
            windows.remove(signal.getSubject());
            store.delete(signal.getSubject());
        } else {
            windows.put(signal.getSubject(), window);
            store.put(signal.getSubject(), bytes);
        }
        defined.replaceAll((_, known) ->
                new Defined(known.definition(), Policies.of(known.definition(), windows.values())));
        defined.keySet().forEach(check -> deadlines.arm(check, now));
    }

    private void tick(Record<String, byte[]> record) {
        var kind = record.headers().lastHeader(Topics.KIND_HEADER);
        if (kind == null) {
            return; // a null value that is no tick says nothing
        }
        boolean resumed =
                Topics.RESUMED.equals(new String(kind.value(), StandardCharsets.UTF_8))
                        || Duration.between(lastTick, now).compareTo(TICK_GAP) > 0;
        lastTick = now;
        var metadata = java.util.Objects.requireNonNull(context).recordMetadata().orElseThrow();
        var input =
                new Input.Tick(
                        now, resumed, "tick/" + metadata.partition() + "/" + metadata.offset());
        if (resumed) {
            defined.keySet().forEach(check -> deadlines.arm(check, Instant.EPOCH));
        }
        for (var check : deadlines.take(now, resumed ? Integer.MAX_VALUE : DUE_PER_TICK)) {
            var known = defined.get(check);
            if (known != null) {
                apply(check, known, input);
            }
        }
    }

    private void result(Record<String, byte[]> record) {
        var result = results.deserialize(checkResults, record.value());
        var check = result.getCheckId();
        if (!check.equals(record.key())) {
            throw new SerializationException(
                    "key " + record.key() + " is not the result's check id " + check);
        }
        var known = defined.get(check);
        if (known == null) {
            counters.withoutDefinition();
            return;
        }
        var sample = Wire.sample(result);
        if (sample.isEmpty()) {
            counters.withoutVote();
            return;
        }
        var trace = record.headers().lastHeader("traceparent");
        var parent = trace == null ? null : new String(trace.value(), StandardCharsets.UTF_8);
        apply(check, known, new Input.Voted(now, result.getRegion(), sample.get(), parent));
        counters.voted();
    }

    private void apply(String check, Defined known, Input input) {
        var step =
                IncidentEngine.step(
                        states.getOrDefault(check, CheckState.EMPTY), input, known.policy());
        for (var event : step.events()) {
            var told = Wire.event(event, known.definition());
            var group = event.incident().context().group();
            outbox.event(told, now);
            outbox.signal(
                    "group:" + group,
                    OutageWire.incident(told, group, known.policy().reopenWithin()),
                    now);
        }
        store(check, step);
        outbox.forward(java.util.Objects.requireNonNull(context));
    }

    private void store(String check, Step step) {
        states.put(check, step.next());
        if (step.deadline() != null) {
            deadlines.arm(check, step.deadline());
        }
        if (!step.touched()) {
            return;
        }
        var store = java.util.Objects.requireNonNull(stored);
        var bytes = StateCodec.encodeCheck(step.next());
        if (!Arrays.equals(bytes, store.get(check))) {
            store.put(check, bytes);
        }
    }
}
