package dev.tocsin.notifier.mailbox;

import dev.tocsin.notifier.mailbox.DeliveryResult.Delivered;
import dev.tocsin.notifier.mailbox.DeliveryResult.Rejected;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import dev.tocsin.notifier.mailbox.Sending.Carried;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Severity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One target's mailbox: which of its conversations have something to tell, and what is on its way. All that is to outlive a process is in its
/// [Letters]; what is only here is known again from them.
///
/// - A conversation has one message on its way at most, so that they arrive in order.
/// - More than a handful that are due at once are one digest; so is what is old, also where else none is wanted.
/// - So many messages are on their way at once as the target bears: one more with each that it takes while they are as many, one after a failure.
/// - What was begun and of which nobody knows what came goes out again under its id, as it was begun, before anything newer of its conversations.
/// - After five failures in a row one message at a time tries whether it answers again.
public final class Mailbox {
    /// Bounds how long one answer takes.
    static final int DIGEST_AT_MOST = 2000;

    private static final int PLACES_AT_FIRST = 4;
    static final int PLACES_AT_MOST = 64;

    private final String target;
    private final Letters letters;
    private final Policy policy;
    private final Pending pending = new Pending();
    private final Untold untold = new Untold();

    /// By id of the message.
    private final Map<String, Sending> underWay = new HashMap<>();

    private final Unfinished unfinished;

    /// Conversations that are in a message that is under way, or to be finished.
    private final Set<String> busy = new HashSet<>();

    /// Those whose last try failed.
    private final Set<String> failed = new TreeSet<>();

    private Line line;
    private Allowance allowance;
    private int places = PLACES_AT_FIRST;

    /// Whether all places were taken when it was last looked what is due.
    private boolean full;

    private int digestTries;

    public Mailbox(String target, Letters letters, Line line, Policy policy) {
        this.target = target;
        this.letters = letters;
        unfinished = new Unfinished(letters);
        this.line = line;
        this.policy = policy;
        allowance = new Allowance(policy.handful(), Instant.EPOCH);
    }

    /// What was kept is gone through: what a clock that was wrong left there must not last for ever.
    public void recall(Instant now) {
        var kept = line;
        line = line.noLaterThan(now);
        if (!line.equals(kept)) {
            letters.put(line);
        }
    }

    /// Whatever is over for so long that nobody will be told of it is no longer kept: of a target that never takes anything, that is gone, or that nobody knows.
    public void forget(Conversation kept, Instant now) {
        if (!kept.forgotten(now)) {
            return;
        }
        if (unfinished.waits(kept.id())) {
            drop(unfinished.message(kept.id()));
        }
        if (!busy.contains(kept.id())) {
            letters.remove(kept.id());
            forget(kept.id());
        }
    }

    /// A conversation that was kept.
    public void recall(Conversation kept, Instant now) {
        var conversation = kept.noLaterThan(now, policy);
        if (conversation.forgotten(now)) {
            letters.remove(conversation.id());
            return;
        }
        if (!conversation.equals(kept)) {
            letters.put(conversation);
        }
        pending.put(conversation.id(), conversation.due(policy));
        untold.put(conversation.id(), conversation.since());
        if (conversation.tries().made() > 0) {
            failed.add(conversation.id());
        }
    }

    /// What was begun of a conversation, after that: it may have been sent, and is finished first. Of what is older than `max-age` only what is so now is
    /// told, though that may be a second beginning: as after a weekend, people would be paged of what is long over.
    public void recall(Begun begun, Instant now) {
        var is = letters.get(begun.conversation());
        var was = is == null ? null : begun.at(is);
        if (was != null
                && was.now() != null
                && now.isAfter(was.now().getAt().plus(policy.maxAge()))) {
            letters.over(begun.conversation());
        } else if (unfinished.recall(begun, now)) {
            busy.add(begun.conversation());
            pending.remove(begun.conversation());
        }
    }

    /// Takes in an event, and why this target is told of it.
    ///
    /// @param own whether the event itself concerns the target; else only what of it does
    /// @param waits whether its group's owner may yet say that it is part of an outage
    public void take(IncidentEvent event, String reason, boolean own, boolean waits, Instant at) {
        var id = event.getIncidentId();
        var stored = known(id);
        var before = stored;
        var outage = event.getCheckId() == null ? null : event.getOutageId();
        // Notes are told in one place: with the outage, or alone where that is over and forgotten.
        boolean together = outage != null && (event.getOpen() || letters.get(outage) != null);
        var notes = new ArrayList<String>();
        if (together && before != null && !busy.contains(id)) {
            notes.addAll(before.telling().notes().texts());
            before = before.handsNotesOver();
        }
        if (together && event.getType() == IncidentEventType.ANNOTATED) {
            notes.add(event.getReason());
        }
        keep(
                id,
                stored,
                Conversation.take(before, event, reason, own, waits, !together, at, policy));
        if (event.getCheckId() == null) {
            return;
        }
        var last = before == null || before.now() == null ? null : before.now().getOutageId();
        if (last != null && !last.equals(outage)) {
            part(last, event, false, List.of(), reason, at);
        }
        if (outage != null) {
            part(outage, event, event.getOpen(), notes, reason, at);
        }
    }

    /// Somebody wants the target to be told where things stand, whatever it was told. Of a part of an outage, or of what is hidden, it is told nothing.
    public void again(IncidentEvent event, String reason, Instant at) {
        var before = known(event.getIncidentId());
        keep(event.getIncidentId(), before, Conversation.again(before, event, reason, at));
    }

    private @Nullable Conversation known(String id) {
        var kept = letters.get(id);
        if (kept == null || !busy.contains(id)) {
            return kept;
        }
        unfinished.remember(kept);
        return kept.mayBeHeard();
    }

    /// @param open whether it is an open part of that outage from now on
    /// @param notes to it, which are told with the outage
    private void part(
            String outage,
            IncidentEvent event,
            boolean open,
            List<String> notes,
            String reason,
            Instant at) {
        var known = known(outage);
        if (known == null && !open) {
            return;
        }
        var before = letters.part(outage, event.getIncidentId());
        var part = new Part(event.getIncidentId(), event.getName(), event.getKind(), open);
        if (!part.equals(before) || !notes.isEmpty()) {
            letters.put(outage, part);
            keep(
                    outage,
                    known,
                    Conversation.join(known, outage, reason, before, part, notes, at, policy));
        }
    }

    private void forget(String id) {
        pending.remove(id);
        untold.put(id, null);
        failed.remove(id);
    }

    private void keep(
            String id, @Nullable Conversation before, @Nullable Conversation conversation) {
        if (conversation == null || (conversation.finished() && !busy.contains(id))) {
            if (before != null) {
                letters.remove(id);
            }
            forget(id);
            return;
        }
        if (!conversation.equals(before)) {
            letters.put(conversation);
        }
        if (conversation.tries().made() == 0) {
            failed.remove(id);
        } else {
            failed.add(id);
        }
        pending.put(id, busy.contains(id) ? null : conversation.due(policy));
        untold.put(id, conversation.since());
    }

    /// Whether the target said that it wants nothing more.
    ///
    /// @param is what the target is now; where that is another than the one that said so, it is told again
    public boolean gone(String is) {
        return is.equals(line.gone());
    }

    /// What is to be sent now. Each is under way until it is [#answered].
    public List<Sending> due(Instant now) {
        allowance = allowance.refilled(now, policy.handful(), policy.each());
        var all = new ArrayList<Sending>();
        while (!line.paused(now) && underWay.size() < (line.broken() ? 1 : places)) {
            var sending = toFinish();
            if (sending == null) {
                sending = next(now);
                if (sending == null) {
                    break;
                }
                begin(sending);
            }
            underWay.put(sending.message().id(), sending);
            all.add(sending);
        }
        full = underWay.size() >= places;
        return all;
    }

    /// What is sent is on record before it is, so that whoever does not hear what came of it can finish it.
    private void begin(Sending sending) {
        int digestOf =
                sending.message() instanceof Message.Digest digest ? digest.conversations() : 0;
        for (var carried : sending.carried()) {
            var id = carried.conversation();
            busy.add(id);
            pending.remove(id);
            var conversation = Objects.requireNonNull(letters.get(id));
            unfinished.begin(conversation, sending.message().id(), digestOf);
        }
    }

    /// The next that is to be finished.
    private @Nullable Sending toFinish() {
        for (var id = unfinished.next(); id != null; id = unfinished.next()) {
            var sending = asBegun(id);
            if (sending != null) {
                return sending;
            }
            drop(id);
        }
        return null;
    }

    /// Null where not all is kept of what was in it.
    private @Nullable Sending asBegun(String message) {
        var conversations = unfinished.conversations(message);
        if (conversations.isEmpty()) {
            return null;
        }
        int digestOf = unfinished.digestOf(message);
        if (digestOf == 0) {
            return one(unfinished.asBegun(conversations.getFirst()), message);
        }
        return digestOf == conversations.size()
                ? digest(conversations, unfinished::asBegun, message)
                : null;
    }

    /// Nobody can say any more what it was: what is so now is told.
    private void drop(@Nullable String message) {
        if (message != null) {
            var conversations = unfinished.conversations(message);
            unfinished.over(message);
            conversations.forEach(this::due);
        }
    }

    /// Nothing of a conversation is under way: what there is to tell is due as before.
    private void due(String conversation) {
        busy.remove(conversation);
        unfinished.over(conversation, false);
        var kept = letters.get(conversation);
        if (kept != null) {
            keep(conversation, kept, kept);
        }
    }

    private @Nullable Sending next(Instant now) {
        pending.ready(now);
        if (policy.digests() && allowance.left() == 0) {
            return null;
        }
        var due = pending.due(policy.digests() ? DIGEST_AT_MOST : 1);
        if (due.isEmpty()) {
            return null;
        }
        allowance = allowance.taken();
        var first = Objects.requireNonNull(letters.get(due.getFirst()));
        if (first.old() && !policy.digests()) {
            due = pending.old(DIGEST_AT_MOST);
        }
        return first.old() || (policy.digests() && due.size() > policy.handful())
                ? digest(due, id -> Objects.requireNonNull(letters.get(id)), null)
                : one(first, id(first));
    }

    private String id(Conversation conversation) {
        return id(
                conversation.id()
                        + "/"
                        + conversation.telling().number()
                        + "/"
                        + event(conversation).getSeq()
                        + "."
                        + conversation.version());
    }

    private static Sending one(Conversation conversation, String id) {
        return new Sending(
                said(conversation, id),
                conversation.tries().made() + 1,
                List.of(carried(conversation)));
    }

    private String id(String of) {
        return UUID.nameUUIDFromBytes((target + "/" + of).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private static IncidentEvent event(Conversation conversation) {
        return Objects.requireNonNull(conversation.now());
    }

    private static Message.One said(Conversation conversation, String id) {
        return new Message.One(
                id,
                conversation.what(),
                conversation.parts().amended(event(conversation)),
                conversation.telling().told(),
                conversation.reason(),
                conversation.telling().notes(),
                conversation.parts());
    }

    private static Carried carried(Conversation conversation) {
        return new Carried(
                conversation.id(),
                event(conversation).getEventId(),
                event(conversation).getSeq(),
                Objects.requireNonNull(conversation.said()),
                conversation.telling().notes());
    }

    /// @param known null where it has none yet
    private Sending digest(
            List<String> due, Function<String, Conversation> letter, @Nullable String known) {
        var carried = new ArrayList<Carried>();
        var worst = new ArrayList<Message.One>();
        var names = new ArrayList<String>();
        int open = 0;
        var severity = Severity.UNKNOWN;
        for (var one : due) {
            var conversation = letter.apply(one);
            var said = carried(conversation);
            carried.add(said);
            names.add(one + "/" + conversation.telling().number() + "." + conversation.version());
            if (said.said().open()) {
                open++;
                if (said.said().severity().compareTo(severity) > 0) {
                    severity = said.said().severity();
                }
            }
            worst.add(said(conversation, one));
            if (worst.size() > 2 * Parts.NAMED) {
                cut(worst);
            }
        }
        cut(worst);
        names.sort(Comparator.naturalOrder());
        var id = known != null ? known : id("digest/" + String.join(",", names));
        return new Sending(
                new Message.Digest(id, due.size(), open, severity, worst),
                digestTries + 1,
                carried);
    }

    /// Leaves the worst: what is open, the most severe, and what began first.
    private static void cut(List<Message.One> all) {
        all.sort(
                Comparator.comparing((Message.One one) -> !one.event().getOpen())
                        .thenComparing(
                                (Message.One one) -> one.event().getSeverity(),
                                Comparator.reverseOrder())
                        .thenComparing(one -> one.event().getStartedAt())
                        .thenComparing(Message.One::id));
        if (all.size() > Parts.NAMED) {
            all.subList(Parts.NAMED, all.size()).clear();
        }
    }

    /// When time alone makes something due; null when only an input does.
    public @Nullable Instant wakeAt() {
        if (underWay.size() >= (line.broken() ? 1 : places)) {
            return null;
        }
        var next = unfinished.any() ? Instant.EPOCH : pending.next();
        if (!unfinished.any() && pending.anyDue()) {
            next =
                    policy.digests() && allowance.left() == 0
                            ? allowance.at().plus(policy.each())
                            : Instant.EPOCH;
        }
        var paused = line.pausedUntil();
        return next == null || paused == null || next.isAfter(paused) ? next : paused;
    }

    /// @param begun when the try began
    /// @param ended when it ended
    /// @param jitter from -1 to 1
    /// @param is what the target is, for when it wants nothing more
    /// @return null when no such message is under way, or to be finished
    public @Nullable Answered answered(
            String message,
            DeliveryResult result,
            Instant begun,
            Instant ended,
            double jitter,
            String is) {
        var sending = sending(message);
        if (sending == null) {
            return null;
        }
        underWay.remove(message);
        unfinished.over(message);
        for (var carried : sending.carried()) {
            busy.remove(carried.conversation());
            unfinished.over(carried.conversation(), result instanceof Delivered);
        }
        if (result instanceof Delivered) {
            places = full ? Math.min(PLACES_AT_MOST, places + 1) : places;
            digestTries = 0;
            sending.carried().forEach(carried -> told(carried, ended));
            return new Answered(null, false, answers(ended, is));
        }
        places = 1;
        return failed(sending, result, begun, ended, jitter, is);
    }

    /// The message was not sent: it is due as before.
    public void returned(String message) {
        var sending = underWay.remove(message);
        if (sending != null && !unfinished.returned(message)) {
            sending.carried().forEach(carried -> due(carried.conversation()));
        }
    }

    /// What is under way by that id, or to be finished; null when nothing is.
    public @Nullable Sending sending(String message) {
        var sending = underWay.get(message);
        return sending != null ? sending : asBegun(message);
    }

    /// Ids of the messages that are to be finished, and not under way.
    public List<String> unfinished() {
        return unfinished.waiting();
    }

    private void told(Carried carried, Instant at) {
        var conversation = letters.get(carried.conversation());
        if (conversation != null) {
            keep(
                    carried.conversation(),
                    conversation,
                    conversation.told(carried.said(), carried.notes(), at));
        }
    }

    /// @return the end of the alarm, where one was raised
    private @Nullable Alarm answers(Instant at, String is) {
        boolean broken = line.broken();
        var next = line.taken(at, is);
        if (!next.equals(line)) {
            line = next;
            letters.put(line);
        }
        if (broken) {
            for (var id : List.copyOf(failed)) {
                var conversation = letters.get(id);
                if (conversation != null && !busy.contains(id)) {
                    keep(id, conversation, conversation.revived(at));
                }
            }
        }
        var raised = line.alarm();
        if (raised == null || line.gone() != null || !failed.isEmpty()) {
            return null; // what it does not take is tried on
        }
        line = line.with(null);
        letters.put(line);
        return over(raised, "it takes messages again");
    }

    private Alarm over(Line.Raised raised, String why) {
        return new Alarm(target, raised.since(), raised.seq() + 1, false, why, raised.to());
    }

    private Answered failed(
            Sending sending,
            DeliveryResult result,
            Instant begun,
            Instant ended,
            double jitter,
            String is) {
        var before = line;
        boolean digest = sending.message() instanceof Message.Digest;
        digestTries += digest ? 1 : 0;
        int made = digest ? digestTries : sending.attempt();
        var pause = RetryCurve.pause(result, made, jitter);
        if (digest) {
            pause = noLongerThanTheBreaker(pause, RetryCurve.asked(result));
        }
        line = line.failed(ended, digest ? pause : RetryCurve.asked(result));
        if (result instanceof Rejected rejected && rejected.targetGone()) {
            line = line.gone(is);
        }
        letters.put(line);
        Instant next = digest ? ended.plus(pause) : null;
        boolean givenUp = false;
        for (var carried : sending.carried()) {
            var conversation = letters.get(carried.conversation());
            if (conversation == null) {
                continue;
            }
            var after =
                    digest ? conversation.mayBeHeard() : conversation.failed(begun, ended, pause);
            keep(carried.conversation(), conversation, after);
            if (!digest) {
                next = after.tries().next();
                givenUp = after.tries().givenUp();
            }
        }
        return new Answered(
                next, givenUp, alarm(before, result, sending.attempt() == 1, givenUp, ended));
    }

    /// A digest keeps everything else back, and so whether the target takes messages again from being seen.
    private static Duration noLongerThanTheBreaker(Duration pause, Duration asked) {
        var own = pause.compareTo(Line.PAUSE_AT_MOST) > 0 ? Line.PAUSE_AT_MOST : pause;
        return asked.compareTo(own) > 0 ? asked : own;
    }

    /// @param first whether the message was never tried before
    private @Nullable Alarm alarm(
            Line before, DeliveryResult result, boolean first, boolean givenUp, Instant at) {
        var why = why(before, result, first, givenUp);
        var since = line.failingSince() == null ? at : line.failingSince();
        return why == null ? null : raise(why + ": " + said(result), since);
    }

    private static String said(DeliveryResult result) {
        // What the target itself says is in its own record: it may be anything.
        return result.status() == null ? result.detail() : "it answers " + result.status();
    }

    private @Nullable String why(
            Line before, DeliveryResult result, boolean first, boolean givenUp) {
        if (line.gone() != null && !line.gone().equals(before.gone())) {
            return "disabled, since it wants nothing more";
        }
        if (givenUp) {
            return "a message was given up";
        }
        if (line.broken() && !before.broken()) {
            return line.failures() + " tries in a row failed";
        }
        return first && line.alarm() == null && !(result instanceof Retry)
                ? "it is set up wrong"
                : null;
    }

    private Alarm raise(String why, Instant since) {
        var before = line.alarm();
        var raised =
                before == null
                        ? new Line.Raised(since, 1, policy.watchers())
                        : new Line.Raised(before.since(), before.seq() + 1, before.to());
        line = line.with(raised);
        letters.put(line);
        return new Alarm(target, raised.since(), raised.seq(), true, why, raised.to());
    }

    /// Whoever sends does not know the target, which may have another configuration than who routes: what waits for it waits on.
    ///
    /// @return what others should hear of that; null when nothing, or nothing new
    public @Nullable Alarm unknown(Instant at) {
        var raised = line.alarm();
        if (untold.size() > 0) {
            return raised != null
                    ? null
                    : raise("it is not in the configuration, and what it should hear waits", at);
        }
        if (raised == null) {
            return null;
        }
        line = line.with(null);
        letters.put(line);
        return over(raised, "nothing waits for it any more");
    }

    /// How many messages in a row were not taken.
    public int failures() {
        return line.failures();
    }

    /// How many conversations have something to tell, those on their way and given up included.
    public int untold() {
        return untold.size();
    }

    /// Since when the first of them has; null when none has.
    public @Nullable Instant oldest() {
        return untold.oldest();
    }

    /// Since when the first of them is due, where nothing keeps it from being sent but who should send it; null when none is, or when the target does not take it.
    public @Nullable Instant dueSince(Instant now) {
        if (line.failures() > 0 || line.paused(now)) {
            return null;
        }
        var first = unfinished.since();
        var due = pending.dueSince(now);
        return first == null || (due != null && due.isBefore(first)) ? due : first;
    }

    /// How many conversations have something to tell, those under way not counted.
    public int pending() {
        return pending.size() + unfinished.size();
    }

    /// Ids of the messages on their way.
    List<String> underWayIds() {
        return List.copyOf(underWay.keySet());
    }

    public int underWay() {
        return underWay.size();
    }
}
