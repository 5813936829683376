package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.Event;
import dev.tocsin.incident.engine.check.Input;
import dev.tocsin.incident.engine.check.Policy;
import dev.tocsin.incident.partition.Partition;
import dev.tocsin.incident.partition.Services;
import dev.tocsin.incident.wire.Ballot;
import dev.tocsin.incident.wire.FleetWire;
import dev.tocsin.incident.wire.OutageWire;
import dev.tocsin.incident.wire.StateCodec;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Command;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
public final class IncidentProcessor
        implements Processor<String, byte[], String, byte[]>, Partition.Consequences {
    public static final String STATES = "check-state";
    public static final String DEFINITIONS = "definitions";

    /// Ticks come each second; a gap of more than this means that time stood still for us or the broker.
    private static final Duration TICK_GAP = Duration.ofSeconds(5);

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
    private final Partition partition = new Partition(this);
    private final Services services = new Services();
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

    public IncidentProcessor(
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
        judgeByFacts(false); // first: there is no check yet that would be judged twice
        try (var all = task.definitions().all()) {
            all.forEachRemaining(entry -> {
                var definition = decode(entry.value);
                define(definition, null);
                services.moved(null, definition.getService());
            });
        }
        try (var all = task.states().all()) {
            all.forEachRemaining(entry ->
                    partition.restore(entry.key, StateCodec.decode(entry.value, CheckState.class)));
        }
        ticks.started(context.taskId().partition());
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
        if (record.value() != null) {
            var definition = decode(record.value());
            if (!definition.getCheckId().equals(check)) {
                throw new SerializationException(
                        "key " + check + " is not the check's id " + definition.getCheckId());
            }
            define(definition, old);
            task().definitions().put(check, record.value());
            depends(check, before, definition.getDependsOn());
            serve(old, definition);
            counters.defined();
        } else if (old != null) {
            partition.remove(old, now);
            task().definitions().delete(check);
            depends(check, before, List.of());
            serve(old, null);
        }
        outbox.forward(task().context());
    }

    private CheckDefinition decode(byte[] definition) {
        return definitions.deserialize(checks, definition);
    }

    @Override
    public CheckDefinition definition(String check) {
        return decode(task().definitions().get(check));
    }

    private void define(CheckDefinition check, @Nullable CheckDefinition before) {
        partition.define(check, before, task().facts().windows(() -> check), now);
    }

    /// Tells whoever counts the reports of a service that it has a check here, or no longer.
    private void serve(@Nullable CheckDefinition before, @Nullable CheckDefinition after) {
        services.moved(
                        before == null ? null : before.getService(),
                        after == null ? null : after.getService())
                .forEach(change -> serves(change.service(), change.has()));
    }

    private void serves(String service, boolean has) {
        int number = task().context().taskId().partition();
        outbox.signal(
                UserReportDesk.key(service),
                UserReportDesk.service(service, number, has, now),
                now);
    }

    private void depends(String check, List<String> before, List<String> after) {
        if (!before.equals(after)) {
            outbox.signal(
                    DependencyGraph.KEY,
                    Wire.signal(
                                    "dependencies/" + check + "/" + now,
                                    SignalKind.DEPENDENCIES,
                                    check,
                                    !after.isEmpty(),
                                    now)
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
            case OUTAGE -> outage(record.key(), signal);
            case MAINTENANCE, REGION_ISOLATED, PIPELINE_STALLED -> {
                task().facts().take(signal, record.value(), now);
                judgeByFacts(signal.getKind() == SignalKind.MAINTENANCE);
            }
            case USER_REPORTS -> {
                var reported = new Input.Reported(now, ReportSource.reports(signal));
                for (var check : partition.checks()) {
                    if (definition(check).getService().equals(signal.getSubject())) {
                        partition.apply(check, reported);
                    }
                }
            }
            case DEPENDS_ON -> {
                for (var child : signal.getRelated()) {
                    depended(signal.getSubject(), child, signal.getActive());
                }
            }
            case PARENT_DOWN -> partition.apply(signal.getSubject(), Dependents.heard(signal, now));
            case UNKNOWN, INCIDENT, EVIDENCE, AGENT, DEPENDENCIES, USER_REPORT, SERVICE -> {
                // not for checks
            }
        }
        outbox.forward(task().context());
    }

    /// @param windows whether those may have changed
    private void judgeByFacts(boolean windows) {
        var facts = task().facts();
        partition.judgeBy(
                facts.isolated(),
                facts.stalled(),
                (check, before) -> windows ? facts.windows(() -> definition(check)) : before,
                now);
    }

    /// A check of this partition explains another from now on, or no longer.
    private void depended(String parent, String child, boolean depends) {
        task().dependents().set(parent, child, depends);
        if (depends) {
            partition
                    .lastEvent(parent, now)
                    .ifPresent(event ->
                            task().dependents()
                                    .tell(child, Wire.event(event, definition(parent)), now));
        }
    }

    /// A command that cannot be followed throws, and is set aside with the reason: whoever gave it can read it there.
    private void command(Record<String, byte[]> record) {
        var command = commands.deserialize(incidentCommands, record.value());
        var check = record.key();
        if (command == null || check == null || !partition.has(check)) {
            throw new IllegalArgumentException("there is no check " + check);
        }
        partition.apply(check, new Input.Commanded(now, Wire.command(command)));
        outbox.forward(task().context());
    }

    /// One of this partition's checks is part of an outage from now on.
    private void outage(@Nullable String check, Signal signal) {
        if (check != null) {
            for (var incident : signal.getRelated()) {
                partition.apply(check, new Input.Joined(now, incident, signal.getSubject()));
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
        partition.tick(
                new Input.Tick(now, "tick/" + metadata.partition() + "/" + metadata.offset()),
                resumed);
        var evidence = partition.news(now);
        if (evidence != null) {
            int number = task().context().taskId().partition();
            outbox.signal(FleetWire.KEY, FleetWire.evidence(number, evidence, now), now);
        }
        if (resumed) {
            // Once more: whoever counts their reports may never have heard, as after an upgrade.
            services.all().forEach(service -> serves(service, true));
        }
        outbox.forward(task().context());
        task().context().forward(record, SignalProcessor.NODE);
    }

    private void result(Record<String, byte[]> record) {
        ballot.read(record.value());
        if (!ballot.isOf(record.key())) {
            throw new SerializationException(
                    "key " + record.key() + " is not the result's check id " + ballot.check());
        }
        var check = record.key();
        if (!partition.has(check)) {
            counters.withoutDefinition();
            return;
        }
        var region = ballot.region();
        boolean pass = ballot.outcome() == Outcome.PASS;
        if (partition.heard(check, region, pass, ballot.atMs(), now)) {
            counters.voted();
            return;
        }
        var sample = ballot.sample();
        if (sample == null) {
            counters.withoutVote();
            return;
        }
        var trace = record.headers().lastHeader("traceparent");
        var parent = trace == null ? null : new String(trace.value(), StandardCharsets.UTF_8);
        partition.apply(check, new Input.Voted(now, region, sample, parent));
        outbox.forward(task().context());
        counters.voted();
    }

    @Override
    public void told(String check, Policy policy, Event event) {
        var told = Wire.event(event, definition(check));
        var group = event.incident().context().group();
        outbox.event(told, now);
        outbox.signal(
                "group:" + group, OutageWire.incident(told, group, policy.reopenWithin()), now);
        task().dependents().tell(told, now);
    }

    @Override
    public void store(String check, CheckState state) {
        task().states().put(check, StateCodec.encodeCheck(state));
    }
}
