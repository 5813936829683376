package dev.tocsin.incident.topology;

import dev.tocsin.incident.engine.CheckState;
import dev.tocsin.incident.engine.IncidentEngine;
import dev.tocsin.incident.engine.Input;
import dev.tocsin.incident.engine.Policy;
import dev.tocsin.incident.engine.Step;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
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
    static final String INCIDENTS = "incidents-sink";
    static final String INCIDENT_STATE = "incident-state-sink";

    /// Ticks come each second; a gap of more than this means that time stood still for us or the broker.
    private static final Duration TICK_GAP = Duration.ofSeconds(5);

    private static final int DUE_PER_TICK = 5_000;

    private record Defined(CheckDefinition definition, Policy policy) {}

    private final String prefix;
    private final Deserializer<CheckResult> results;
    private final Deserializer<CheckDefinition> definitions;
    private final Serializer<IncidentEvent> events;
    private final Ticks ticks;
    private final Counters counters;
    private final Map<String, Defined> defined = new HashMap<>();
    private final Map<String, CheckState> states = new HashMap<>();
    private final DeadlineIndex deadlines = new DeadlineIndex();
    private Instant now = Instant.EPOCH;
    private Instant lastTick = Instant.EPOCH;
    private @Nullable ProcessorContext<String, byte[]> context;
    private @Nullable KeyValueStore<String, byte[]> stored;
    private @Nullable KeyValueStore<String, byte[]> storedDefinitions;

    IncidentProcessor(
            String prefix,
            Deserializer<CheckResult> results,
            Deserializer<CheckDefinition> definitions,
            Serializer<IncidentEvent> events,
            Ticks ticks,
            Counters counters) {
        this.prefix = prefix;
        this.results = results;
        this.definitions = definitions;
        this.events = events;
        this.ticks = ticks;
        this.counters = counters;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> task) {
        context = task;
        stored = task.getStateStore(STATES);
        storedDefinitions = task.getStateStore(DEFINITIONS);
        try (var all = storedDefinitions.all()) {
            all.forEachRemaining(entry -> define(entry.key, entry.value));
        }
        try (var all = stored.all()) {
            all.forEachRemaining(entry -> states.put(entry.key, StateCodec.decode(entry.value)));
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
        try {
            if (topic.equals(Topics.CHECKS.named(prefix))) {
                definition(record);
            } else if (record.value() == null) {
                tick(record);
            } else {
                result(record);
            }
        } catch (SerializationException | IllegalArgumentException e) {
            counters.deadLetter(topic);
            task.forward(deadLetter(record, topic, e), topic + "-dlq");
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
        var definition = definitions.deserialize(Topics.CHECKS.named(prefix), value);
        defined.put(check, new Defined(definition, Policies.of(definition)));
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
        var result = results.deserialize(Topics.CHECK_RESULTS.named(prefix), record.value());
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
        var outputs =
                step.events().stream().map(event -> Wire.event(event, known.definition())).toList();
        var encoded =
                outputs.stream()
                        .map(event -> events.serialize(Topics.INCIDENTS.named(prefix), event))
                        .toList();
        var encodedStates =
                outputs.stream()
                        .map(event -> events.serialize(Topics.INCIDENT_STATE.named(prefix), event))
                        .toList();
        store(check, step);
        var task = java.util.Objects.requireNonNull(context);
        for (int i = 0; i < outputs.size(); i++) {
            var event = outputs.get(i);
            var headers = Wire.headers(event);
            task.forward(
                    new Record<>(event.getKey(), encoded.get(i), now.toEpochMilli(), headers),
                    INCIDENTS);
            task.forward(
                    new Record<>(
                            event.getIncidentId(),
                            encodedStates.get(i),
                            now.toEpochMilli(),
                            headers),
                    INCIDENT_STATE);
            counters.told(event);
        }
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
        var bytes = StateCodec.encode(step.next());
        if (!Arrays.equals(bytes, store.get(check))) {
            store.put(check, bytes);
        }
    }

    private static Record<String, byte[]> deadLetter(
            Record<String, byte[]> record, String topic, RuntimeException cause) {
        var headers = new RecordHeaders(record.headers());
        headers.add("tocsin.dlq.topic", topic.getBytes(StandardCharsets.UTF_8));
        headers.add(
                "tocsin.dlq.cause",
                String.valueOf(cause.getMessage()).getBytes(StandardCharsets.UTF_8));
        return new Record<>(record.key(), record.value(), record.timestamp(), headers);
    }
}
