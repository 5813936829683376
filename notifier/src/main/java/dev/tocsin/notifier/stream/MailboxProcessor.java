package dev.tocsin.notifier.stream;

import dev.tocsin.notifier.channel.Channel;
import dev.tocsin.notifier.mailbox.Conversation;
import dev.tocsin.notifier.mailbox.Line;
import dev.tocsin.notifier.mailbox.Mailbox;
import dev.tocsin.notifier.mailbox.Policy;
import dev.tocsin.notifier.mailbox.Sending;
import dev.tocsin.notifier.send.Outbox;
import dev.tocsin.notifier.send.Outgoing;
import dev.tocsin.notifier.send.Outgoing.Answer;
import dev.tocsin.notifier.send.Taken;
import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.Packer;
import dev.tocsin.service.Unpacker;
import dev.tocsin.service.streams.Bugs;
import dev.tocsin.service.streams.Faults;
import dev.tocsin.service.streams.UndoableStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `[deliveries] -> senders -> [delivery-attempts]`: the mailboxes of the targets of one partition. What is due is handed over with the commit; answers come
/// back by a queue, which is looked at as long as something is under way. What was taken, and the transaction in which that was noted was aborted, is known from
/// [Taken], and what was taken when another was to have the targets by its [Successor]; of what nobody knows what came the mailbox sees to it that it is finished.
public final class MailboxProcessor implements Processor<String, byte[], String, byte[]> {
    /// The mailboxes: see [StoredLetters].
    public static final String MAILBOXES = "mailboxes";

    public static final String ATTEMPTS = "attempts-sink";

    /// To the mailboxes of other targets.
    public static final String ALARMS = "alarms-sink";

    /// In its store: up to which offset of `deliveries` it has decided.
    static final String DECIDED = StoredLetters.END + "decided";

    /// So many records may be decided on before that is written down; where offsets are set back, that many are told again.
    private static final int DECIDED_EACH = 64;

    /// Half of what a conversation may be in the store, with its notes and parts.
    private static final int DELIVERY_AT_MOST = 320 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(MailboxProcessor.class);

    /// While something is under way.
    private static final Duration LOOK_EACH = Duration.ofMillis(5);

    /// Bounds how long a look takes, and with it a transaction.
    private static final Duration AT_ONCE = Duration.ofMillis(200);

    private static final Duration ASK_EACH = Duration.ofMillis(10);

    /// A rolling change of the configuration is over by then.
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final Duration FORGET_EACH = Duration.ofMinutes(10);
    private static final int FORGOTTEN_AT_ONCE = 2000;

    private static final Duration SLEEP_AT_MOST = Duration.ofHours(1);

    private final String deliveries;
    private final Map<String, Target> targets;
    private final Policy ofUnknown;
    private final Outbox outbox;
    private final Taken taken;
    private final Successor successor;
    private final Formats formats;
    private final TargetMeters meters;
    private final Journal journal;
    private final Faults faults;
    private final InstantSource clock;
    private final Map<String, Mailbox> mailboxes = new HashMap<>();
    private final Map<String, Conversation> recent = StoredLetters.noneYet();

    /// Targets that this instance does not know, and when it says so.
    private final Map<String, Instant> unknown = new HashMap<>();

    /// Targets at which a bug was met beside a record: nothing is sent to them by this process, or it would be again and again.
    private final Set<String> stuck = new HashSet<>();

    private Flight flight = new Flight();

    private @Nullable ProcessorContext<String, byte[]> context;
    private @Nullable UndoableStore store;
    private @Nullable MailboxCodec codec;
    private @Nullable Cancellable look;
    private @Nullable Cancellable wake;
    private @Nullable Cancellable sweep;
    private @Nullable String cursor;
    private Instant wakeAt = Instant.MAX;
    private Instant askedAt = Instant.EPOCH;
    private boolean readAll;

    /// Whether something was handed over since the last record, look or wake.
    private boolean handed;

    private long decided = -1;

    /// Up to where that is in the store.
    private long written = -1;

    /// Whether it reads what it had decided on before.
    private boolean passesOver;

    /// @param taken of the process
    /// @param watchers ids of the targets that hear when one that is not in `targets` should be told
    public MailboxProcessor(
            String prefix,
            Map<String, Target> targets,
            List<String> watchers,
            Outbox outbox,
            Taken taken,
            Successor successor,
            Formats formats,
            TargetMeters meters,
            Bugs bugs,
            InstantSource clock) {
        deliveries = Topics.DELIVERIES.named(prefix);
        this.targets = targets;
        ofUnknown = Policy.DEFAULT.withWatchers(watchers);
        this.outbox = outbox;
        this.taken = taken;
        this.successor = successor;
        this.formats = formats;
        this.meters = meters;
        faults = new Faults(bugs);
        journal = new Journal(prefix, formats, meters, this::forward);
        this.clock = clock;
    }

    private ProcessorContext<String, byte[]> task() {
        return Objects.requireNonNull(context);
    }

    private UndoableStore store() {
        return Objects.requireNonNull(store);
    }

    private MailboxCodec codec() {
        return Objects.requireNonNull(codec);
    }

    @Override
    public void init(ProcessorContext<String, byte[]> task) {
        context = task;
        KeyValueStore<String, byte[]> stored = task.getStateStore(MAILBOXES);
        store = new UndoableStore(stored);
        var schemas = new StoredSchemas(store);
        schemas.keepOwn();
        codec = new MailboxCodec(schemas);
        cancel();
        sweep = task.schedule(FORGET_EACH, PunctuationType.WALL_CLOCK_TIME, _ -> forget());
        cursor = null;
        // What was handed over and never committed is not sent; what was taken is known without
        // these answers, and the rest is sent again.
        flight.end(Duration.ZERO).forEach(_ -> outbox.taken());
        flight = new Flight();
        readAll = false;
        var kept = store().get(DECIDED);
        decided = kept == null ? -1 : new Unpacker(kept).number();
        written = decided;
        mailboxes.clear();
        recent.clear();
        try (var all = store().all()) {
            while (all.hasNext()) {
                var entry = all.next();
                recall(entry.key, entry.value);
            }
        }
        wakeAt(clock.instant());
    }

    /// In the order of keys: the conversations of a target before its line, and before what was begun of them.
    private void recall(String key, byte[] value) {
        int end = key.indexOf(StoredLetters.END);
        if (end <= 0) {
            return; // what is no target's
        }
        var target = key.substring(0, end);
        var rest = key.substring(end + 2);
        if (key.charAt(end + 1) == StoredLetters.LINE) {
            mailbox(target).recall(clock.instant());
        }
        if (key.charAt(end + 1) == StoredLetters.CONVERSATION) {
            var kept = conversation(key, value);
            if (kept != null) {
                mailbox(target).recall(kept, clock.instant());
            }
        }
        if (key.charAt(end + 1) == StoredLetters.MESSAGE) {
            try {
                mailbox(target).recall(codec().begun(rest, value), clock.instant());
            } catch (SerializationException e) {
                LOG.atWarn()
                        .addKeyValue("target", target)
                        .addKeyValue("incident", rest)
                        .addKeyValue("why", e.toString())
                        .log(
                                "what was begun of it cannot be read: it may be told twice, under two ids");
                store().delete(key);
            }
        }
    }

    /// Null where it cannot be read.
    private @Nullable Conversation conversation(String key, byte[] value) {
        int end = key.indexOf(StoredLetters.END);
        var id = key.substring(end + 2);
        try {
            return codec().conversation(id, value);
        } catch (SerializationException e) {
            LOG.atError()
                    .addKeyValue("target", key.substring(0, end))
                    .addKeyValue("incident", id)
                    .addKeyValue("why", e.toString())
                    .log("what was kept of it cannot be read: it begins anew");
            store().delete(key);
            return null;
        }
    }

    private Mailbox mailbox(String target) {
        return mailboxes.computeIfAbsent(
                target,
                _ -> {
                    var letters = new StoredLetters(target, store(), codec(), recent);
                    var known = targets.get(target);
                    var line = store().get(target + StoredLetters.END + StoredLetters.LINE);
                    return new Mailbox(
                            target,
                            letters,
                            line == null ? Line.GOOD : MailboxCodec.line(line),
                            known == null ? ofUnknown : known.policy());
                });
    }

    @Override
    public void close() {
        var unseen = flight.end(outbox.patience());
        unseen.forEach(_ -> outbox.taken());
        successor.told(unseen);
        mailboxes.keySet().forEach(meters::forget);
    }

    /// Those of a task that is begun anew are still there.
    private void cancel() {
        if (look != null) {
            look.cancel();
        }
        if (wake != null) {
            wake.cancel();
        }
        if (sweep != null) {
            sweep.cancel();
        }
        look = null;
        wake = null;
        wakeAt = Instant.MAX;
    }

    @Override
    public void process(Record<String, byte[]> record) {
        long offset = task().recordMetadata().orElseThrow().offset();
        if (offset <= decided
                && outbox.endsBefore(deliveries, task().taskId().partition(), decided)) {
            LOG.atWarn()
                    .addKeyValue("topic", deliveries)
                    .log(
                            "ends before what was decided: it was made anew, and is read from its start");
            decided = -1;
            written = -1;
        }
        if (offset <= decided) {
            passOver(offset);
            return;
        }
        decided = offset;
        passesOver = false;
        if (decided - written >= DECIDED_EACH) {
            writeDecided();
        }
        store().begin();
        faults.decide(
                task(),
                record,
                deliveries,
                () -> read(record).ifPresent(this::take),
                new Faults.Undo(store()::isWritten, this::undo),
                () -> {});
        store().done();
    }

    /// What was told is not told again.
    private void passOver(long offset) {
        meters.history(deliveries);
        if (!passesOver) {
            passesOver = true;
            LOG.atWarn()
                    .addKeyValue("topic", deliveries)
                    .addKeyValue("from", offset)
                    .addKeyValue("to", decided)
                    .log("offsets were set back: what was decided on before is passed over");
        }
    }

    private Optional<Delivery> read(Record<String, byte[]> record) {
        requireFits(record.value());
        var delivery =
                Faults.read(() ->
                        Optional.ofNullable(
                                formats.deliveries().deserialize(deliveries, record.value())));
        delivery.ifPresent(one -> {
            if (!one.getTargetId().equals(record.key())) {
                throw new SerializationException(
                        "key %s is not the target %s: a delivery of an older release is not told"
                                .formatted(record.key(), one.getTargetId()));
            }
        });
        return delivery;
    }

    /// What a record has changed may be in pieces: begins with what is stored, and sends again what is under way.
    private void undo() {
        store().undo();
        long upTo = decided;
        init(task());
        decided = upTo;
        writeDecided();
    }

    private void take(Delivery delivery) {
        var target = delivery.getTargetId();
        if (delivery.getHeard() != null) {
            taken.came(Successor.answer(delivery.getHeard()));
            send(target);
            return;
        }
        var event = delivery.getEvent();
        if (event == null) {
            return;
        }
        var mailbox = mailbox(target);
        if (delivery.getAgain()) {
            mailbox.again(event, delivery.getReason(), clock.instant());
        } else {
            mailbox.take(
                    event,
                    delivery.getReason(),
                    !delivery.getContext(),
                    delivery.getWaits(),
                    clock.instant());
        }
        send(target);
        handed = false; // with the record there is something to commit
    }

    /// What is larger could not be kept, and would be met again for ever.
    private static void requireFits(byte @Nullable [] value) {
        if (value != null && value.length > DELIVERY_AT_MOST) {
            throw new SerializationException(
                    value.length + " bytes are too large: a delivery has 320 kB at most");
        }
    }

    /// Whether what was in its partition when it was assigned is known: of a state that was kept, some of it may not be so any more.
    private boolean hasReadAll() {
        if (!readAll) {
            var last = outbox.toBeRead(deliveries, task().taskId().partition());
            readAll = last != null && decided >= last;
            if (!readAll) {
                wakeAt(clock.instant());
            }
        }
        return readAll;
    }

    /// Hands over what is due at a target, and sees to it that what is due later is looked at then.
    private void send(String target) {
        var mailbox = mailbox(target);
        var known = targets.get(target);
        send(target, mailbox, known);
        meters.shows(target, mailbox, known != null && mailbox.gone(known.channel().fingerprint()));
    }

    private void send(String target, Mailbox mailbox, @Nullable Target known) {
        if (stuck.contains(target)) {
            return;
        }
        if (known == null) {
            waitsFor(target, mailbox);
            return;
        }
        for (var message : mailbox.unfinished()) {
            var answer = taken.answer(message);
            if (answer != null) {
                take(target, answer);
            }
        }
        var channel = known.channel();
        if (mailbox.gone(channel.fingerprint()) || outbox.closed() || !hasReadAll()) {
            return;
        }
        var now = clock.instant();
        for (var sending : mailbox.due(now)) {
            hand(target, channel, sending);
        }
        if (mailbox.underWay() > 0 && look == null) {
            look = task().schedule(LOOK_EACH, PunctuationType.WALL_CLOCK_TIME, _ -> look());
        }
        var next = mailbox.wakeAt();
        if (next != null) {
            wakeAt(next);
        }
    }

    /// In a rolling change of the configuration who routes may know a target before who sends does, or after.
    private void waitsFor(String target, Mailbox mailbox) {
        var now = clock.instant();
        var at = unknown.computeIfAbsent(target, _ -> now.plus(PATIENCE));
        if (mailbox.pending() > 0 && now.isBefore(at)) {
            wakeAt(at);
            return;
        }
        var alarm = mailbox.unknown(now);
        if (alarm != null) {
            journal.raised(alarm, now);
        }
    }

    private void hand(String target, Channel channel, Sending sending) {
        var mine = flight;
        var id = sending.message().id();
        var fresh = outbox.freshness();
        outbox.add(
                new Outgoing(
                        channel,
                        sending.message(),
                        () -> fresh.getAsBoolean() && mine.takesOff(id),
                        answer -> {
                            taken.came(answer);
                            if (!mine.lands(target, answer)) {
                                outbox.taken();
                            }
                        }));
        handed = true;
        var now = clock.instant();
        if (now.isAfter(askedAt.plus(ASK_EACH))) { // each that is asked for costs
            askedAt = now;
            task().commit();
        }
    }

    private void wakeAt(Instant at) {
        if (!at.isBefore(wakeAt)) {
            return;
        }
        if (wake != null) {
            wake.cancel();
        }
        wakeAt = at;
        var left = Duration.between(clock.instant(), at);
        var sleep =
                left.compareTo(LOOK_EACH) < 0
                        ? LOOK_EACH
                        : left.compareTo(SLEEP_AT_MOST) > 0 ? SLEEP_AT_MOST : left;
        wake = task().schedule(sleep, PunctuationType.WALL_CLOCK_TIME, _ -> wake());
    }

    private void wake() {
        if (wake != null) {
            wake.cancel();
            wake = null;
        }
        wakeAt = Instant.MAX;
        var until = clock.instant().plus(AT_ONCE);
        for (var target : List.copyOf(mailboxes.keySet())) {
            if (clock.instant().isAfter(until)) {
                wakeAt(clock.instant()); // for those after it
                break;
            }
            contained(target, () -> send(target));
        }
        mark();
    }

    /// So that there is something to commit also where only time has passed.
    private void mark() {
        if (handed || decided > written) {
            writeDecided();
            handed = false;
        }
    }

    private void writeDecided() {
        store().put(DECIDED, new Packer((byte) 1).number(decided).bytes());
        written = decided;
    }

    /// What nobody will be told of any more. So much at once that nothing else has to wait.
    private void forget() {
        var now = clock.instant();
        int seen = 0;
        String last = null;
        var old = new ArrayList<Map.Entry<String, Conversation>>();
        try (var all = store().range(cursor, null)) {
            while (all.hasNext() && seen < FORGOTTEN_AT_ONCE) {
                var entry = all.next();
                seen++;
                last = entry.key;
                int end = entry.key.indexOf(StoredLetters.END);
                if (end > 0 && entry.key.charAt(end + 1) == StoredLetters.CONVERSATION) {
                    var kept = conversation(entry.key, entry.value);
                    if (kept != null && kept.forgotten(now)) {
                        old.add(Map.entry(entry.key.substring(0, end), kept));
                    }
                }
            }
        }
        cursor = seen < FORGOTTEN_AT_ONCE ? null : last;
        for (var one : old) {
            var target = one.getKey();
            contained(
                    target,
                    () -> {
                        mailbox(target).forget(one.getValue(), now);
                        send(target);
                    });
        }
        mark();
    }

    private void look() {
        var touched = new HashSet<String>();
        var until = clock.instant().plus(AT_ONCE);
        for (var next = flight.next(); next != null; next = flight.next()) {
            outbox.taken();
            var arrived = next;
            contained(arrived.target(), () -> take(arrived.target(), arrived.answer()));
            touched.add(arrived.target());
            if (clock.instant().isAfter(until)) {
                break; // the others at the next look
            }
        }
        touched.forEach(target -> contained(target, () -> send(target)));
        mark();
        if (look != null && mailboxes.values().stream().allMatch(box -> box.underWay() == 0)) {
            look.cancel();
            look = null;
        }
    }

    /// What is not done for a record has none to be set aside: a bug costs its target what this process would still send to it.
    private void contained(String target, Runnable work) {
        if (stuck.contains(target)) {
            return;
        }
        store().begin();
        faults.contain("target " + target, work, this::undo, () -> stuck.add(target));
        store().done();
    }

    private void take(String target, Answer came) {
        var mailbox = mailbox(target);
        var before = taken.answer(came.message());
        var answer = before != null ? before : came; // what it took once it has
        var result = answer.result();
        if (result == null) {
            mailbox.returned(answer.message());
            return;
        }
        var sending = mailbox.sending(answer.message());
        var known = targets.get(target);
        var answered =
                mailbox.answered(
                        answer.message(),
                        result,
                        answer.begun(),
                        answer.ended(),
                        ThreadLocalRandom.current().nextDouble(-1, 1),
                        known == null ? "" : known.channel().fingerprint());
        if (sending == null || answered == null) {
            return;
        }
        journal.tried(target, sending, answer, result, answered);
    }

    private void forward(String sink, String key, byte[] value, Instant at) {
        task().forward(new Record<>(key, value, at.toEpochMilli()), sink);
    }
}
