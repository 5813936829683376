package dev.tocsin.incident.stream;

import dev.tocsin.incident.partition.CatchUp;
import dev.tocsin.incident.stream.Waiting.Letter;
import dev.tocsin.incident.wire.FleetWire;
import dev.tocsin.incident.wire.OutageWire;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.Command;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.streams.DeadLetters;
import dev.tocsin.service.streams.Decided;
import dev.tocsin.service.streams.Faults;
import dev.tocsin.service.streams.UndoableStores;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// Gives each keyed signal to whoever decides on it, see [Owner]; what they decide goes to every partition as a signal again.
public final class SignalProcessor implements Processor<String, byte[], String, byte[]> {
    /// Like [ClosedIncidents#STORE], of those that concern many checks.
    static final String CLOSED = "closed-outages";

    /// What is held while partitions catch up.
    static final String LATE = "late-signals";

    /// Its stores.
    public static final Set<String> STORES =
            Set.of(
                    Outages.STORE,
                    Fleet.STORE,
                    DependencyGraph.STORE,
                    UserReportDesk.STORE,
                    CLOSED,
                    LATE,
                    IncidentProcessor.DECIDED);

    /// Of them: what is put into it has been decided on in none of the others yet.
    private static final Set<String> UNDOABLE =
            STORES.stream().filter(it -> !it.equals(LATE)).collect(Collectors.toUnmodifiableSet());

    /// Times [Waiting#take]: with a tick, which comes once a second, some thousands.
    private static final int ROUNDS = 10;

    /// Of its node: ticks are handed on to it.
    public static final String NODE = "signals-processor";

    private final String topic;
    private final String incidentCommands;
    private final Deserializer<Signal> signals;
    private final Deserializer<Command> commands;
    private final UnaryOperator<String> topicIds;
    private final Outbox outbox;
    private final Counters counters;
    private final Faults faults;
    private final Map<SignalKind, Owner> owners = new EnumMap<>(SignalKind.class);
    private @Nullable ProcessorContext<String, byte[]> context;
    private @Nullable ClosedIncidents closed;
    private @Nullable UndoableStores stores;
    private @Nullable Decided decided;
    private @Nullable Waiting late;
    private @Nullable Outages outages;
    private Retold retold = new Retold(false, Instant.EPOCH);
    private CatchUp catchUp = new CatchUp();
    private final Faults.Undo undo =
            new Faults.Undo(() -> Objects.requireNonNull(stores).areWritten(), this::undo);

    public SignalProcessor(
            String prefix,
            Deserializer<Signal> signals,
            Deserializer<Command> commands,
            UnaryOperator<String> topicIds,
            Outbox outbox,
            Counters counters) {
        topic = Topics.SIGNALS.named(prefix);
        incidentCommands = Topics.INCIDENT_COMMANDS.named(prefix);
        this.signals = signals;
        this.commands = commands;
        this.topicIds = topicIds;
        this.outbox = outbox;
        this.counters = counters;
        faults = new Faults(counters.bugs());
    }

    /// The key of the signals by which an incident that concerns many checks is decided.
    ///
    /// @param incident the key of its events
    static String decidedBy(String incident) {
        return incident.startsWith(OutageWire.OUTAGE)
                ? Outages.key(incident.substring(OutageWire.OUTAGE.length()))
                : FleetWire.KEY;
    }

    /// Whether signals of this key are for one of the owners, and no check's.
    static boolean decides(@Nullable String key) {
        return key != null
                && (key.startsWith(Outages.KEY)
                        || key.equals(FleetWire.KEY)
                        || key.equals(DependencyGraph.KEY)
                        || key.startsWith(UserReportDesk.KEY));
    }

    @Override
    public void init(ProcessorContext<String, byte[]> task) {
        context = task;
        decided = new Decided("owners", task.getStateStore(IncidentProcessor.DECIDED), topicIds);
        retold =
                new Retold(
                        !decided.hasDecided(topic),
                        Instant.ofEpochMilli(task.currentSystemTimeMs()));
        late = new Waiting(task.getStateStore(LATE));
        catchUp = new CatchUp();
        if (!late.isEmpty()) {
            catchUp.resume();
        }
        begin(new UndoableStores(task, UNDOABLE));
    }

    /// With what is stored.
    private void begin(UndoableStores from) {
        stores = from;
        outbox.drop();
        closed = new ClosedIncidents(from.get(CLOSED), outbox);
        var leftOut = new LeftOut(counters);
        var fleet = new Fleet(from.get(Fleet.STORE), outbox, leftOut);
        outages = new Outages(from.get(Outages.STORE), outbox, leftOut);
        owners.put(SignalKind.INCIDENT, outages);
        owners.put(SignalKind.EVIDENCE, fleet);
        owners.put(SignalKind.AGENT, fleet);
        owners.put(
                SignalKind.DEPENDENCIES,
                new DependencyGraph(from.get(DependencyGraph.STORE), outbox, leftOut));
        var desk = new UserReportDesk(from.get(UserReportDesk.STORE), outbox, leftOut);
        owners.put(SignalKind.USER_REPORT, desk);
        owners.put(SignalKind.SERVICE, desk);
    }

    @Override
    public void process(Record<String, byte[]> record) {
        var task = Objects.requireNonNull(context);
        outbox.drop();
        var known = Objects.requireNonNull(decided);
        var at = task.recordMetadata().orElseThrow();
        if (at.topic().equals(topic) && !known.isNew(topic, at.offset())) {
            return; // [IncidentProcessor] reads the same, and counts it
        }
        if (record.value() == null) {
            decide(record, () -> tick(task, record));
            known.store(); // with each tick
        } else {
            decide(record, () -> take(record, record.value(), at.offset()));
        }
        takeLate(record.timestamp());
    }

    /// Two processors read every signal: this one sets aside what cannot be read.
    private void decide(Record<String, byte[]> record, Runnable work) {
        var task = Objects.requireNonNull(context);
        faults.decide(
                task,
                record,
                topic,
                () -> {
                    Objects.requireNonNull(stores).begin();
                    work.run();
                },
                undo,
                () -> {
                    outbox.drop();
                    counters.deadLetter(topic);
                });
    }

    /// In the order of what was measured, once the partitions have caught up.
    private void takeLate(long nowMs) {
        var held = Objects.requireNonNull(late);
        if (!catchUp.over()) {
            return;
        }
        for (int i = 0; i < ROUNDS && !held.isEmpty(); i++) {
            held.take(
                    Instant.MAX,
                    letter -> {
                        var record =
                                new Record<String, byte[]>(letter.key(), letter.value(), nowMs);
                        decide(record, () -> own(record, signal(letter.value())));
                    });
        }
        if (held.isEmpty()) {
            catchUp.taken();
        }
    }

    /// What a record has changed may be in pieces: on the heap nothing is kept.
    private void undo() {
        var written = Objects.requireNonNull(stores);
        written.undo();
        begin(written);
    }

    private Signal signal(byte @Nullable [] value) {
        var signal = Faults.read(() -> signals.deserialize(topic, value));
        if (signal == null) {
            throw new SerializationException("a signal is empty");
        }
        return signal;
    }

    private void take(Record<String, byte[]> record, byte[] value, long offset) {
        var signal = signal(value);
        var appended = Instant.ofEpochMilli(record.timestamp());
        if (signal.getKind() == SignalKind.INCIDENT && !retold.isNew(signal, appended)) {
            return;
        }
        if (holds(signal, appended)) {
            long decidedMs = Math.max(0, signal.getAt().toEpochMilli());
            Objects.requireNonNull(late)
                    .put(new Letter(topic, record.key(), value, decidedMs), offset, false);
            Objects.requireNonNull(decided).store();
        } else {
            own(record, signal);
        }
    }

    private boolean holds(Signal signal, Instant told) {
        return switch (signal.getKind()) {
            case INCIDENT -> catchUp.holds(signal.getAt(), told);
            case COMMAND -> catchUp.holding(); // of what is held, perhaps
            default -> false;
        };
    }

    /// What is refused is set aside as it stood in its own topic: there whoever gave it looks for the reason.
    private void command(Record<String, byte[]> record, Signal signal) {
        var given = signal.getCommand();
        if (given == null) {
            throw new SerializationException("a COMMAND signal without its command");
        }
        var bytes = new byte[given.remaining()];
        given.duplicate().get(bytes);
        var group = signal.getSubject();
        faults.decide(
                Objects.requireNonNull(context),
                new Record<>(OutageWire.OUTAGE + group, bytes, record.timestamp()),
                incidentCommands,
                () -> {
                    var at = Instant.ofEpochMilli(record.timestamp());
                    var command =
                            Faults.read(() ->
                                    Wire.command(commands.deserialize(incidentCommands, bytes)));
                    Faults.rules(() ->
                            Objects.requireNonNull(outages)
                                    .command(group, command, signal.getAt(), at));
                    tell();
                },
                undo,
                () -> {
                    outbox.drop();
                    counters.deadLetter(incidentCommands);
                });
    }

    private void own(Record<String, byte[]> record, Signal signal) {
        if (signal.getKind() == SignalKind.COMMAND) {
            command(record, signal);
            return;
        }
        var owner = owners.get(signal.getKind());
        if (owner != null) {
            var refused = owner.take(signal, Instant.ofEpochMilli(record.timestamp()));
            tell();
            if (refused != null) { // the rest was taken
                counters.deadLetter(topic);
                DeadLetters.add(
                        Objects.requireNonNull(context),
                        record,
                        topic,
                        new SerializationException(refused));
            }
        }
    }

    /// As [IncidentProcessor] hands it on. A null value in the topic itself says nothing.
    private void tick(ProcessorContext<String, byte[]> task, Record<String, byte[]> record) {
        boolean handedOn = task.recordMetadata().map(of -> !of.topic().equals(topic)).orElse(false);
        if (handedOn) {
            var now = Instant.ofEpochMilli(record.timestamp());
            catchUp.advance(now);
            for (var owner : Set.copyOf(owners.values())) {
                // Time passes for groups when what is held is taken.
                if (!(catchUp.holding() && owner instanceof Outages)) {
                    owner.tick(now);
                }
            }
            var _ = Objects.requireNonNull(closed).sweep(now);
            tell();
        }
    }

    private void tell() {
        if (!outbox.isEmpty()) {
            Objects.requireNonNull(decided).store();
        }
        Objects.requireNonNull(closed).note(outbox.events());
        outbox.forward(Objects.requireNonNull(context));
    }
}
