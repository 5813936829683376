package dev.tocsin.incident.topology;

import dev.tocsin.incident.engine.CheckState;
import dev.tocsin.incident.engine.Evidence;
import dev.tocsin.incident.engine.IncidentEngine;
import dev.tocsin.incident.engine.Input;
import dev.tocsin.incident.engine.Policy;
import dev.tocsin.incident.engine.Step;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Command;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    /// Ticks come each second; a gap of more than this means that time stood still for us or the broker.
    private static final Duration TICK_GAP = Duration.ofSeconds(5);

    private static final int DUE_PER_TICK = 5_000;

    /// A check as it is now. Its definition is kept as bytes: it is needed only when there is something to tell.
    private static final class Subject {
        private final String id;
        private Policy policy;
        private CheckState state = CheckState.EMPTY;

        private Subject(String id, Policy policy) {
            this.id = id;
            this.policy = policy;
        }
    }

    private final String checkResults;
    private final String checks;
    private final String signalsTopic;
    private final String incidentCommands;
    private final Ballot ballot;
    private final Deserializer<CheckDefinition> definitions;
    private final Deserializer<Signal> signals;
    private final Deserializer<Command> commands;
    private final Outbox outbox;
    private final Ticks ticks;
    private final Counters counters;
    private final Map<String, Subject> subjects = new HashMap<>();
    private final DeadlineIndex deadlines = new DeadlineIndex();
    private final Hearing hearing = new Hearing();
    private @Nullable Evidence lastEvidence;
    private Instant now = Instant.EPOCH;
    private Instant lastTick = Instant.EPOCH;
    private @Nullable Task task;

    /// What there is only from `init` on.
    private record Task(
            ProcessorContext<String, byte[]> context,
            KeyValueStore<String, byte[]> states,
            KeyValueStore<String, byte[]> definitions,
            Facts facts,
            Dependents dependents) {}

    IncidentProcessor(
            String prefix, Formats formats, Outbox outbox, Ticks ticks, Counters counters) {
        checkResults = Topics.CHECK_RESULTS.named(prefix);
        checks = Topics.CHECKS.named(prefix);
        signalsTopic = Topics.SIGNALS.named(prefix);
        incidentCommands = Topics.INCIDENT_COMMANDS.named(prefix);
        ballot = new Ballot(formats.schemas());
        definitions = formats.definitions().get();
        signals = formats.signals().get();
        commands = formats.commands().get();
        this.outbox = outbox;
        this.ticks = ticks;
        this.counters = counters;
    }

    private Task task() {
        return Objects.requireNonNull(task);
    }

    @Override
    public void init(ProcessorContext<String, byte[]> context) {
        task =
                new Task(
                        context,
                        context.getStateStore(STATES),
                        context.getStateStore(DEFINITIONS),
                        new Facts(
                                context.getStateStore(Facts.STORE),
                                bytes -> signals.deserialize(signalsTopic, bytes)),
                        new Dependents(context.getStateStore(Dependents.STORE), outbox));
        try (var all = task.definitions().all()) {
            all.forEachRemaining(entry -> define(entry.key, decode(entry.value)));
        }
        try (var all = task.states().all()) {
            all.forEachRemaining(entry -> restore(entry.key, entry.value));
        }
        subjects.keySet().forEach(check -> deadlines.arm(check, Instant.EPOCH));
        ticks.started(context.taskId().partition());
    }

    private void restore(String check, byte[] bytes) {
        var subject = subjects.get(check);
        if (subject != null) {
            subject.state = StateCodec.decodeCheck(bytes);
            hear(subject, subject.state.failsAlone());
        }
    }

    @Override
    public void close() {
        if (task != null) {
            ticks.stopped(task.context().taskId().partition());
        }
    }

    @Override
    public void process(Record<String, byte[]> record) {
        var at = Instant.ofEpochMilli(record.timestamp());
        now = at.isAfter(now) ? at : now;
        var topic = task().context().recordMetadata().orElseThrow().topic();
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
            DeadLetters.add(task().context(), record, topic, e);
        }
    }

    private void definition(Record<String, byte[]> record) {
        var check = record.key();
        if (check == null) {
            throw new SerializationException("a definition needs its check id as key");
        }
        var stored = task().definitions().get(check);
        var old = stored == null ? null : decode(stored);
        var before = old == null ? List.<String>of() : old.getDependsOn();
        if (record.value() == null) {
            var subject = subjects.get(check);
            if (subject != null && old != null) {
                apply(subject, new Input.Removed(now));
                hearing.remove(old);
                subjects.remove(check);
                deadlines.disarm(check);
                depends(check, before, List.of());
            }
            task().definitions().delete(check);
        } else {
            var definition = decode(record.value());
            define(check, definition);
            if (old != null) {
                hearing.remove(old);
            }
            task().definitions().put(check, record.value());
            deadlines.arm(check, now);
            depends(check, before, definition.getDependsOn());
        }
        outbox.forward(task().context());
    }

    private CheckDefinition decode(byte[] definition) {
        return definitions.deserialize(checks, definition);
    }

    private CheckDefinition definition(String check) {
        return decode(task().definitions().get(check));
    }

    private void define(String check, CheckDefinition definition) {
        var policy = task().facts().applied(Policies.of(definition), () -> definition);
        subjects.computeIfAbsent(check, id -> new Subject(id, policy)).policy = policy;
        hearing.add(definition, now);
    }

    private void depends(String check, List<String> before, List<String> after) {
        if (!before.equals(after)) {
            outbox.signal(
                    DependencyGraph.KEY,
                    Signal.newBuilder()
                            .setSignalId("dependencies/" + check + "/" + now)
                            .setKind(SignalKind.DEPENDENCIES)
                            .setSubject(check)
                            .setActive(!after.isEmpty())
                            .setAt(Wire.millis(now))
                            .setRelated(after)
                            .build(),
                    now);
        }
    }

    /// What was decided elsewhere and concerns this partition. A signal that cannot be read is set aside by [SignalProcessor].
    private void signal(Record<String, byte[]> record) {
        Signal signal;
        try {
            signal = signals.deserialize(signalsTopic, record.value());
        } catch (SerializationException e) {
            return;
        }
        switch (signal.getKind()) {
            case OUTAGE -> outage(signal);
            case MAINTENANCE, REGION_ISOLATED, PIPELINE_STALLED -> {
                task().facts().take(signal, record.value(), now);
                factsChanged();
            }
            case USER_REPORTS -> {
                var reported = new Input.Reported(now, ReportSource.reports(signal));
                for (var subject : subjects.values()) {
                    if (definition(subject.id).getService().equals(signal.getSubject())) {
                        apply(subject, reported);
                    }
                }
            }
            case DEPENDS_ON -> depended(signal);
            case PARENT_DOWN -> {
                var child = subjects.get(signal.getSubject());
                if (child != null) {
                    var parent = Dependents.parent(signal, now);
                    var id = Objects.requireNonNull(signal.getIncident()).getKey();
                    apply(child, new Input.ParentHeard(now, id, parent));
                }
            }
            case UNKNOWN, INCIDENT, EVIDENCE, AGENT, DEPENDENCIES -> {
                // not for checks
            }
        }
    }

    /// A check of this partition explains another from now on, or no longer.
    private void depended(Signal signal) {
        var parent = signal.getSubject();
        for (var child : signal.getRelated()) {
            task().dependents().set(parent, child, signal.getActive());
            var subject = subjects.get(parent);
            if (subject != null && signal.getActive()) {
                subject.state
                        .lastEvent(subject.policy, now)
                        .ifPresent(event ->
                                task().dependents()
                                        .tell(child, Wire.event(event, definition(parent)), now));
            }
        }
        outbox.forward(task().context());
    }

    /// A command that cannot be followed throws, and is set aside with the reason: whoever gave it can read it there.
    private void command(Record<String, byte[]> record) {
        var command = commands.deserialize(incidentCommands, record.value());
        var subject = record.key() == null ? null : subjects.get(record.key());
        if (command == null || subject == null) {
            throw new IllegalArgumentException("there is no check " + record.key());
        }
        apply(subject, new Input.Commanded(now, Wire.command(command)));
    }

    private void outage(Signal signal) {
        var event = signal.getIncident();
        if (event == null || !event.getOpen()) {
            return;
        }
        for (var child : event.getChildren()) {
            var subject = subjects.get(child.getCheckId());
            if (subject != null) {
                apply(subject, new Input.Joined(now, child.getIncidentId(), event.getIncidentId()));
            }
        }
    }

    /// Every check is judged under them from now on; those where something is under way at once.
    private void factsChanged() {
        for (var subject : subjects.values()) {
            subject.policy = task().facts().applied(subject.policy, () -> definition(subject.id));
            if (subject.state.busy()) {
                deadlines.arm(subject.id, now);
            }
        }
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
        var metadata = task().context().recordMetadata().orElseThrow();
        var input =
                new Input.Tick(
                        now, resumed, "tick/" + metadata.partition() + "/" + metadata.offset());
        if (resumed) {
            subjects.keySet().forEach(check -> deadlines.arm(check, Instant.EPOCH));
            hearing.resumed(now);
        }
        for (var check : deadlines.take(now, resumed ? Integer.MAX_VALUE : DUE_PER_TICK)) {
            var subject = subjects.get(check);
            if (subject != null) {
                apply(subject, input);
            }
        }
        evidence();
    }

    /// When it changes; and each second as long as a region is quiet, so that whoever decides knows that time passes.
    private void evidence() {
        var evidence = hearing.evidence(now);
        if (evidence == null || (evidence.equals(lastEvidence) && !evidence.quiet())) {
            return;
        }
        if (lastEvidence == null && evidence.checks() == 0) {
            return;
        }
        lastEvidence = evidence;
        var partition = task().context().taskId().partition();
        outbox.signal(FleetWire.KEY, FleetWire.evidence(partition, evidence, now), now);
        outbox.forward(task().context());
    }

    private void result(Record<String, byte[]> record) {
        ballot.read(record.value());
        if (!ballot.isOf(record.key())) {
            throw new SerializationException(
                    "key " + record.key() + " is not the result's check id " + ballot.check());
        }
        var subject = subjects.get(record.key());
        if (subject == null) {
            counters.withoutDefinition();
            return;
        }
        var region = ballot.region();
        hearing.heard(region, now.toEpochMilli());
        if (ballot.outcome() == Outcome.PASS) {
            var well =
                    IncidentEngine.stillWell(
                            subject.state, region, ballot.at(), now, subject.policy);
            if (well != null) {
                subject.state = well;
                counters.voted();
                return;
            }
        }
        var sample = ballot.sample();
        if (sample == null) {
            counters.withoutVote();
            return;
        }
        var trace = record.headers().lastHeader("traceparent");
        var parent = trace == null ? null : new String(trace.value(), StandardCharsets.UTF_8);
        apply(subject, new Input.Voted(now, region, sample, parent));
        counters.voted();
    }

    private void apply(Subject subject, Input input) {
        var step = IncidentEngine.step(subject.state, input, subject.policy);
        for (var event : step.events()) {
            var told = Wire.event(event, definition(subject.id));
            var group = event.incident().context().group();
            outbox.event(told, now);
            outbox.signal(
                    "group:" + group,
                    OutageWire.incident(told, group, subject.policy.reopenWithin()),
                    now);
            task().dependents().tell(told, now);
        }
        store(subject, step);
        outbox.forward(task().context());
    }

    private void store(Subject subject, Step step) {
        subject.state = step.next();
        if (step.deadline() != null) {
            deadlines.arm(subject.id, step.deadline());
        }
        if (step.judged()) {
            hear(subject, step.failsAlone());
        }
        if (step.stores()) {
            task().states().put(subject.id, StateCodec.encodeCheck(step.next()));
        }
    }

    private void hear(Subject subject, @Nullable String failsAlone) {
        hearing.failsAlone(
                subject.id,
                failsAlone,
                failsAlone == null ? null : subject.state.failingSince(failsAlone),
                () -> definition(subject.id));
    }
}
