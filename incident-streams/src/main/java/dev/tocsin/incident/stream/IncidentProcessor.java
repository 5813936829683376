package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.check.Input;
import dev.tocsin.incident.stream.Waiting.Letter;
import dev.tocsin.incident.wire.Ballot;
import dev.tocsin.incident.wire.CheckEntries;
import dev.tocsin.incident.wire.FleetWire;
import dev.tocsin.incident.wire.OutageWire;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Command;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.streams.Decided;
import dev.tocsin.service.streams.Faults;
import dev.tocsin.service.streams.UndoableStores;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/// One partition's checks. Decodes, lets the engine decide, stores, forwards, in that order: what is refused is so before
/// anything is stored. A record that cannot be read goes to its topic's dead letters; a registry that is away is no such
/// case, it throws on and the record is processed again, by a task that begins with what was stored. After a bug the record
/// is set aside, what it has stored is taken back, and this goes on with what is stored and what was heard.
public final class IncidentProcessor implements Processor<String, byte[], String, byte[]> {
    /// See [Decided]; shared with [SignalProcessor].
    static final String DECIDED = "decided";

    /// Its stores.
    public static final Set<String> STORES =
            Stream.concat(CheckTask.STORES.stream(), Stream.of(Waiting.STORE, DECIDED))
                    .collect(Collectors.toUnmodifiableSet());

    /// Ticks come each second; a gap of more than this means that time stood still for us or the broker.
    private static final Duration TICK_GAP = Duration.ofSeconds(5);

    private final String checkResults;
    private final String checks;
    private final String signalsTopic;
    private final String incidentCommands;
    private final String owners;
    private final Ballot ballot;
    private final Deserializer<CheckDefinition> definitions;
    private final Deserializer<Signal> signals;
    private final Deserializer<Command> commands;
    private final Outbox outbox;
    private final UnaryOperator<String> topicIds;
    private final Ticks ticks;
    private final Counters counters;
    private final Faults faults;
    private Instant lastTick = Instant.EPOCH;
    private @Nullable UndoableStores stores;
    private @Nullable Waiting waiting;
    private @Nullable Decided decided;
    private @Nullable CheckTask task;
    private final Faults.Undo undo =
            new Faults.Undo(() -> Objects.requireNonNull(stores).areWritten(), this::undo);

    /// @param owners name of the node that decides on groups, regions and services; it is told of each tick
    /// @param topicIds see [Decided]
    public IncidentProcessor(
            String prefix,
            String owners,
            Formats formats,
            UnaryOperator<String> topicIds,
            Outbox outbox,
            Ticks ticks,
            Counters counters) {
        checkResults = Topics.CHECK_RESULTS.named(prefix);
        checks = Topics.CHECKS.named(prefix);
        signalsTopic = Topics.SIGNALS.named(prefix);
        incidentCommands = Topics.INCIDENT_COMMANDS.named(prefix);
        this.owners = owners;
        ballot = new Ballot(formats.schemas());
        definitions = formats.definitions().get();
        signals = formats.signals().get();
        commands = formats.commands().get();
        this.topicIds = topicIds;
        this.outbox = outbox;
        this.ticks = ticks;
        this.counters = counters;
        faults = new Faults(counters.bugs());
    }

    private CheckTask task() {
        return Objects.requireNonNull(task);
    }

    private Waiting waiting() {
        return Objects.requireNonNull(waiting);
    }

    private Decided decided() {
        return Objects.requireNonNull(decided);
    }

    @Override
    public void init(ProcessorContext<String, byte[]> context) {
        decided = new Decided("checks", context.getStateStore(DECIDED), topicIds);
        waiting = new Waiting(context.getStateStore(Waiting.STORE));
        lastTick = Instant.EPOCH;
        begin(context, new UndoableStores(context, CheckTask.STORES), Instant.EPOCH);
        ticks.started(context.taskId().partition());
    }

    /// With what is stored.
    ///
    /// @param notBefore time has come so far already
    private void begin(
            ProcessorContext<String, byte[]> context, UndoableStores from, Instant notBefore) {
        outbox.drop();
        stores = from;
        task =
                new CheckTask(
                        context,
                        from,
                        notBefore,
                        bytes -> definitions.deserialize(checks, bytes),
                        bytes -> signals.deserialize(signalsTopic, bytes),
                        outbox,
                        counters);
    }

    /// What a record has changed may be in pieces: on the heap nothing is kept.
    private void undo() {
        var written = Objects.requireNonNull(stores);
        var undone =
                written.keys(CheckTask.STATES).stream()
                        .map(CheckEntries::check)
                        .collect(Collectors.toSet());
        written.undo();
        var before = task();
        begin(before.context, written, before.now());
        task().partition.goOn(before.partition, undone, before.now());
    }

    @Override
    public void close() {
        if (task != null) {
            ticks.stopped(task.context.taskId().partition());
        }
    }

    @Override
    public void process(Record<String, byte[]> record) {
        var metadata = task().context.recordMetadata().orElseThrow();
        outbox.drop();
        if (!decided().isNew(metadata.topic(), metadata.offset())) {
            counters.history(metadata.topic());
            return;
        }
        if (metadata.topic().equals(checkResults)) {
            task().advance(record.timestamp(), TICK_GAP);
            waiting().take(task().now(), this::control);
            if (record.value() != null) {
                orDeadLetter(record, metadata.topic(), () -> result(record));
                return;
            }
            var kind = text(record.headers(), Topics.KIND_HEADER);
            if (kind != null) { // a null value that is no tick says nothing
                orDeadLetter(record, metadata.topic(), () -> tick(kind, record, metadata));
                task().context.forward(record.withTimestamp(task().now().toEpochMilli()), owners);
            }
            return;
        }
        if (metadata.topic().equals(signalsTopic) && SignalProcessor.decides(record.key())) {
            return;
        }
        var letter = new Letter(metadata.topic(), record.key(), record.value(), record.timestamp());
        if (letter.topic().equals(signalsTopic)) {
            told(letter, metadata.offset());
        } else if (!letter.topic().equals(checks) && holds(letter)) {
            waiting().put(letter, metadata.offset(), false);
        } else {
            control(letter);
        }
        decided().store();
    }

    /// Definitions are what results are judged by, and never wait. The rest is not ahead of them.
    private boolean holds(Letter letter) {
        return waiting().holds(letter.appendedMs(), task().now());
    }

    /// One that cannot be read waits for nothing, and may be too large to be kept.
    private void told(Letter letter, long offset) {
        var signal = readable(letter);
        if (signal == null) {
            return;
        }
        if (waits(letter, signal)) {
            waiting().put(letter, offset, signal.getKind() == SignalKind.OUTAGE);
        } else {
            orDeadLetter(letter, () -> signal(letter, signal));
        }
    }

    /// Which outage an incident is part of follows from its own results, and is never ahead of them, but where the incident has yet to be
    /// decided on once more, as after a rebuild from nothing; or where one before it waits for that.
    private boolean waits(Letter letter, Signal signal) {
        if (signal.getKind() != SignalKind.OUTAGE) {
            return holds(letter);
        }
        boolean later = letter.appendedMs() > task().now().toEpochMilli();
        return waiting().holds(letter.key())
                || (later && !isKnown(letter.key(), signal.getRelated()));
    }

    private boolean isKnown(@Nullable String check, List<String> incidents) {
        return check == null
                || incidents.stream().anyMatch(it -> task().partition.knows(check, it));
    }

    /// A signal that cannot be read is set aside by [SignalProcessor].
    private @Nullable Signal readable(Letter letter) {
        try {
            return Faults.read(() -> signals.deserialize(signalsTopic, letter.value()));
        } catch (SerializationException e) {
            return null;
        }
    }

    private void control(Letter letter) {
        if (letter.topic().equals(signalsTopic)) {
            var signal = readable(letter);
            if (signal != null) {
                orDeadLetter(letter, () -> signal(letter, signal));
            }
        } else if (letter.topic().equals(checks)) {
            orDeadLetter(letter, () -> definition(letter));
        } else {
            orDeadLetter(letter, () -> command(letter));
        }
    }

    private void orDeadLetter(Letter letter, Runnable work) {
        var record = new Record<String, byte[]>(letter.key(), letter.value(), letter.appendedMs());
        orDeadLetter(record, letter.topic(), work);
    }

    private void orDeadLetter(Record<String, byte[]> record, String topic, Runnable work) {
        faults.decide(
                task().context,
                record,
                topic,
                () -> {
                    Objects.requireNonNull(stores).begin();
                    work.run();
                    if (!outbox.isEmpty()) {
                        task().clock.storeNow();
                        decided().store();
                        task().closed.note(outbox.events());
                        outbox.forward(task().context);
                    }
                },
                undo,
                () -> {
                    outbox.drop();
                    counters.deadLetter(topic);
                });
    }

    private void definition(Letter letter) {
        var check = letter.key();
        if (check == null) {
            throw new SerializationException("a definition needs its check id as key");
        }
        var old = task().find(check);
        var before = old == null ? List.<String>of() : old.getDependsOn();
        if (letter.value() != null) {
            var definition = definitions.deserialize(checks, letter.value());
            if (definition == null) {
                throw new SerializationException("a definition is empty");
            }
            if (!definition.getCheckId().equals(check)) {
                throw new SerializationException(
                        "key " + check + " is not the check's id " + definition.getCheckId());
            }
            task().define(definition, letter.value(), old);
            depends(check, before, definition.getDependsOn());
            serve(old, definition);
            counters.defined();
        } else if (old != null) {
            task().remove(old);
            depends(check, before, List.of());
            serve(old, null);
        } else {
            task().removeUnread(check);
        }
    }

    /// Tells whoever counts the reports of a service that it has a check here, or no longer.
    private void serve(@Nullable CheckDefinition before, @Nullable CheckDefinition after) {
        task().services
                .moved(
                        before == null ? null : before.getService(),
                        after == null ? null : after.getService())
                .forEach(change -> serves(change.service(), change.has()));
    }

    private void serves(String service, boolean has) {
        int number = task().context.taskId().partition();
        var now = task().now();
        outbox.signal(
                UserReportDesk.key(service),
                UserReportDesk.service(service, number, has, now),
                now);
    }

    private void depends(String check, List<String> before, List<String> after) {
        if (!before.equals(after)) {
            var now = task().now();
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

    /// What was decided elsewhere and concerns this partition.
    private void signal(Letter letter, Signal signal) {
        var now = task().now();
        var subject = signal.getSubject();
        switch (signal.getKind()) {
            case OUTAGE -> outage(letter.key(), signal);
            case MAINTENANCE, REGION_ISOLATED, PIPELINE_STALLED, USER_REPORTS -> {
                keep(signal, letter);
                task().partition.factChanged(now);
            }
            case AGENT_REGION -> keep(signal, letter);
            case PARENT_DOWN -> {
                keep(signal, letter);
                task().partition.parentChanged(subject, now);
            }
            case DEPENDS_ON -> {
                for (var child : signal.getRelated()) {
                    depended(subject, child, signal.getActive());
                }
            }
            case UNKNOWN,
                    INCIDENT,
                    EVIDENCE,
                    AGENT,
                    DEPENDENCIES,
                    USER_REPORT,
                    SERVICE,
                    COMMAND -> {
                // not for checks
            }
        }
    }

    private void keep(Signal fact, Letter letter) {
        task().factStore.take(fact, Objects.requireNonNull(letter.value()), task().now());
    }

    /// A check of this partition explains another from now on, or no longer.
    private void depended(String parent, String child, boolean depends) {
        task().dependents.set(parent, child, depends);
        if (depends) {
            var now = task().now();
            task().partition
                    .lastEvent(parent, now)
                    .filter(event -> event.incident().open())
                    .ifPresent(event ->
                            task().dependents
                                    .tell(
                                            child,
                                            Wire.event(event, task().definition(parent)),
                                            now));
        }
    }

    /// A command that cannot be followed throws, and is set aside with the reason: whoever gave it can read it there.
    private void command(Letter letter) {
        var command = commands.deserialize(incidentCommands, letter.value());
        var check = letter.key();
        if (command != null && check != null && check.startsWith(OutageWire.OUTAGE)) {
            commandOutage(letter, check.substring(OutageWire.OUTAGE.length()), command);
            return;
        }
        if (command == null || check == null || !task().partition.has(check)) {
            throw new SerializationException("there is no check " + check);
        }
        var input = new Input.Commanded(task().now(), Faults.read(() -> Wire.command(command)));
        Faults.rules(() -> task().partition.apply(check, input));
    }

    /// Whoever decides on the group follows it.
    private void commandOutage(Letter letter, String group, Command command) {
        var known = Faults.read(() -> Wire.command(command));
        var bytes = Objects.requireNonNull(letter.value());
        var now = task().now();
        outbox.signal(Outages.key(group), OutageWire.command(known.id(), group, bytes, now), now);
    }

    private void outage(@Nullable String check, Signal signal) {
        if (check == null) {
            return;
        }
        for (var input : Faults.read(() -> OutageWire.inputs(signal, task().now()))) {
            task().partition.apply(check, input);
        }
    }

    private void tick(String kind, Record<String, byte[]> record, RecordMetadata metadata) {
        var now = task().now();
        boolean resumed = false;
        if (ticks.own(record.headers())) {
            // Others' marks and gaps say nothing of this process: whoever can write results could
            // forge them.
            resumed =
                    kind.equals(Topics.RESUMED)
                            || Duration.between(lastTick, now).compareTo(TICK_GAP) > 0;
            lastTick = now;
        }
        task().partition
                .tick(
                        new Input.Tick(
                                now, "tick/" + metadata.partition() + "/" + metadata.offset()),
                        resumed);
        task().clock.store();
        decided().store();
        task().forgetClosed();
        int number = task().context.taskId().partition();
        for (var evidence : task().partition.news(now)) {
            outbox.signal(FleetWire.KEY, FleetWire.evidence(number, evidence, now), now);
        }
        if (resumed) {
            // Once more: whoever counts their reports may never have heard, as after an upgrade.
            task().services.all().forEach(service -> serves(service, true));
        }
    }

    private void result(Record<String, byte[]> record) {
        var task = task();
        var now = task.now();
        var check = record.key();
        read(check, record.value(), now);
        var heard =
                task.partition.heard(
                        check,
                        ballot.region(),
                        ballot.agent(),
                        ballot.vote(),
                        ballot.failureKind(),
                        ballot.atMs(),
                        now);
        switch (heard) {
            case NO_SUCH_CHECK -> counters.withoutDefinition();
            case NOT_THERE -> counters.withoutRegion();
            case CONTRADICTED ->
                    throw new SerializationException(
                            "agent %s is of region %s, and its result says %s"
                                    .formatted(
                                            ballot.agent(),
                                            task.facts.agentRegion(ballot.agent()),
                                            ballot.region()));
            case NO_VOTE -> counters.withoutVote();
            case KNOWN -> counters.voted();
            case NEW -> {
                var sample = Objects.requireNonNull(ballot.sample());
                var parent = Wire.traceparent(text(record.headers(), "traceparent"));
                task.partition.apply(check, new Input.Voted(now, ballot.region(), sample, parent));
                counters.voted();
            }
        }
    }

    private void read(@Nullable String check, byte[] value, Instant now) {
        try {
            ballot.read(value);
        } catch (KafkaException e) {
            throw e;
        } catch (RuntimeException e) { // of a schema that has a result's name
            throw new SerializationException("cannot be read: " + e, e);
        }
        if (check == null || !ballot.isOf(check)) {
            throw new SerializationException(
                    "key " + check + " is not the result's check id " + ballot.check());
        }
        ballot.requirePlausible(now.toEpochMilli());
    }

    private static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null
                ? null
                : new String(header.value(), StandardCharsets.UTF_8);
    }
}
