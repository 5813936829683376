package dev.tocsin.notifier.rehearsal;

import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.DeliveryResult.Delivered;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.notifier.mailbox.Policy;
import dev.tocsin.notifier.mailbox.Sending;
import dev.tocsin.notifier.mailbox.Sending.Carried;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/// The oracle: judges what the people at one target heard, by what DESIGN section 7 and rule 8 promise. It knows nothing of how that is kept.
final class People {
    /// Pace 30 s, hold and over 10 s each, settle 5 s, five messages 12 s each: and a little for the way.
    static final Duration BOUND = Duration.ofMinutes(3);

    private static final Duration PROBED_EACH = Duration.ofMinutes(10);
    private static final List<Integer> STEPS =
            List.of(2, 5, 10, 20, 40, 60, 120, 180, 300, 600, 1200, 2400, 3600, 7200, 14400, 28800);
    private static final List<Integer> REJECTED = List.of(120, 600, 1800, 3600);

    private final String target;
    private final Predicate<IncidentEvent> concerns;
    private final Predicate<IncidentEvent> reaches;
    private final Predicate<IncidentEvent> waits;
    private final Policy policy;
    private final Map<String, Talk> talks = new HashMap<>();
    private final Map<String, Message> contents = new HashMap<>();

    /// Ids of what was sent and of which nobody knows what came.
    private final Set<String> unanswered = new HashSet<>();

    private final Deque<Instant> firstTries = new ArrayDeque<>();
    private final Deque<Instant> restarts = new ArrayDeque<>();
    private final Chronicle log = new Chronicle();
    private Instant excused = Instant.MIN;
    private Instant quietUntil = Instant.MIN;
    private boolean gone;

    /// Whether the instance that has the target knows it.
    private boolean known = true;

    /// @param concerns whether the routes of who routes the event name the target for it
    /// @param reaches whether they name the target for anything
    /// @param waits whether its group has others
    /// @param policy how it is told where it is known
    People(
            String target,
            Predicate<IncidentEvent> concerns,
            Predicate<IncidentEvent> reaches,
            Predicate<IncidentEvent> waits,
            Policy policy) {
        this.policy = policy;
        this.reaches = reaches;
        this.waits = waits;
        this.target = target;
        this.concerns = concerns;
    }

    private Talk talk(String id) {
        return talks.computeIfAbsent(id, Talk::new);
    }

    private void must(boolean holds, Talk talk, String promise) {
        if (!holds) {
            throw new BrokenPromise(
                    promise
                            + ": "
                            + talk.id
                            + " at "
                            + target
                            + "\n"
                            + log.about(talk.id)
                            + "\nnow: "
                            + talk.newest
                            + "\nheard: "
                            + talk.word
                            + "\nfalse since "
                            + talk.falseSince
                            + ", excused until "
                            + later(excused, talk.excused));
        }
    }

    /// A note to a part of an outage is told with the outage.
    private void noted(IncidentEvent event, Talk talk) {
        boolean part = event.getOutageId() != null;
        var told = part ? talk(event.getOutageId()) : talk;
        if (event.getType() == IncidentEventType.ANNOTATED
                && talk.concerned
                && told.word != null
                && told.word.open()
                && (!part || event.getOpen())) {
            told.notes.add((part ? event.getName() + ": " : "") + event.getReason());
        }
    }

    /// The notifier has taken it in.
    void happened(Instant now, IncidentEvent event) {
        var talk = talk(event.getIncidentId());
        var last = talk.newest;
        if (talk.order.containsKey(event.getEventId())
                || (!event.getOpen() && event.getType() == IncidentEventType.UPDATED)) {
            return; // doubled, or it corrects the past
        }
        log.say(now, () -> "event " + Chronicle.of(event));
        talk.order.put(event.getEventId(), talk.order.size());
        if (event.getType() == IncidentEventType.REOPENED) {
            talk.concerned = false;
        }
        talk.concerned |= event.getOpen() && concerns.test(event);
        talk.known |= Talk.isOutage(event) && (talk.concerned || reaches.test(event));
        if (!talk.concerned && !talk.known) {
            return; // it is told to others
        }
        talk.newest = event;
        talk.tried = null;
        if (talk.concerned && event.getOpen() && event.getSuppressedBy() == null) {
            talk.shown = true;
        }
        if (event.getOutageId() != null) {
            talk(event.getOutageId()).shown |= talk.concerned;
            talk.notes.clear();
        }
        noted(event, talk);
        boolean asks = event.getOpen() && event.getSuppressedBy() == null && !event.getGrouped();
        talk.asked = !asks ? null : talk.asked == null ? now : talk.asked;
        judge(now, talk);
        if (event.getCheckId() != null) {
            if (last != null && last.getOutageId() != null) {
                judgePart(now, last.getOutageId());
            }
            if (event.getOutageId() != null) {
                judgePart(now, event.getOutageId());
            }
        }
    }

    private void judgePart(Instant now, String outage) {
        var talk = talk(outage);
        talk.tried = null;
        judge(now, talk);
    }

    /// Looks whether the last word is true now.
    private void judge(Instant now, Talk talk) {
        boolean lies = talk.lies(() -> parts(talk.id));
        if (lies && talk.falseSince == null) {
            talk.falseSince = now;
        } else if (!lies && talk.falseSince != null) {
            inTime(now, talk);
            boolean silent = talk.word == null || !talk.word.open();
            if (silent
                    && talk.newest != null
                    && !talk.newest.getOpen()
                    && now.isAfter(talk.falseSince.plusSeconds(15))
                    && (talk.mentionedAt == null || talk.mentionedAt.isBefore(talk.falseSince))) {
                talk.owed.add("since " + talk.falseSince);
            }
            talk.falseSince = null;
        }
    }

    private void inTime(Instant now, Talk talk) {
        if (talk.falseSince != null && !talk.givenUp && !gone && known) {
            var since = later(talk.falseSince, later(excused, talk.excused));
            must(
                    !now.isAfter(since.plus(BOUND)),
                    talk,
                    "nobody's last word is false for longer than the bound");
        }
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private int parts(String outage) {
        int open = 0;
        for (var talk : talks.values()) {
            var is = talk.newest;
            open +=
                    is != null
                                    && is.getOpen()
                                    && outage.equals(is.getOutageId())
                                    && is.getCheckId() != null
                                    && talk.concerned
                            ? 1
                            : 0;
        }
        return open;
    }

    /// The notifier hands it to a sender.
    void sent(Instant now, Sending sending) {
        var message = sending.message();
        var first = talk(sending.carried().getFirst().conversation());
        log.say(now, () -> "sent " + Chronicle.of(sending));
        must(!gone, first, "a target that is gone is sent nothing");
        must(known, first, "what an instance does not know it sends nothing");
        must(!now.isBefore(quietUntil), first, "what a target asks for is obeyed");
        var before = contents.put(message.id(), message);
        must(before == null || before.equals(message), first, "the same id has the same content");
        if (before == null && policy.handful() > 0) {
            firstTries.addLast(now);
            while (!firstTries.getFirst().isAfter(now.minusSeconds(60))) {
                firstTries.removeFirst();
            }
            long anew = restarts.stream().filter(at -> at.isAfter(now.minusSeconds(60))).count();
            must(firstTries.size() <= 10 + 5 * anew, first, "at most ten messages a minute");
        }
        boolean finishes = !unanswered.add(message.id());
        for (var carried : sending.carried()) {
            var talk = talk(carried.conversation());
            must(
                    finishes
                            || (talk.newest != null
                                    && talk.newest.getEventId().equals(carried.eventId())),
                    talk,
                    "what is sent is the newest that is known");
        }
        if (message instanceof Message.One one) {
            var asked = first.asked;
            must(
                    finishes
                            || asked == null
                            || !waits.test(one.event())
                            || !one.what().begins()
                            || !now.isBefore(asked.plus(Policy.DEFAULT.hold())),
                    first,
                    "a first word waits for what the group's owner says");
            must(
                    finishes || !one.what().begins() || one.event().getSuppressedBy() == null,
                    first,
                    "what is hidden rings nobody");
            must(
                    one.event().getEventId().equals(sending.carried().getFirst().eventId()),
                    first,
                    "what is sent is the newest that is known");
            var tried = first.tried;
            must(
                    tried == null
                            || !content(tried).equals(content(one))
                            || tried.id().equals(one.id()),
                    first,
                    "the same message tried again has the same id");
            first.tried = one;
        } else if (message instanceof Message.Digest digest) {
            must(
                    digest.conversations() == sending.carried().size()
                            && digest.open()
                                    == sending.carried().stream()
                                            .filter(carried -> carried.said().open())
                                            .count(),
                    first,
                    "a digest counts what is in it");
        }
    }

    private static Message.One content(Message.One of) {
        return new Message.One(
                "", of.what(), of.event(), of.before(), of.reason(), of.notes(), of.parts());
    }

    /// People have it.
    void heard(Instant now, Sending sending) {
        log.say(now, () -> "heard " + Chronicle.of(sending));
        boolean begins = sending.message() instanceof Message.One one && one.what().begins();
        sending.carried().forEach(carried -> heard(now, sending.message().id(), begins, carried));
    }

    /// @param begins whether it says that it opened, or reopened
    private void heard(Instant now, String id, boolean begins, Carried carried) {
        var talk = talk(carried.conversation());
        var event = carried.eventId();
        if (talk.word != null && !talk.wordId.equals(id)) {
            int last = talk.order.getOrDefault(talk.wordEvent, -1);
            must(talk.order.getOrDefault(event, -1) >= last, talk, "order per conversation");
            must(
                    !begins
                            || !talk.word.open()
                            || talk.word.time() != carried.said().time()
                            || talk.unsure,
                    talk,
                    "nothing is told twice under two ids");
            boolean same =
                    talk.word.equals(carried.said())
                            && (carried.said().open() || talk.wordEvent.equals(event));
            must(
                    !same || talk.unsure || !talk.notesHeard.containsAll(carried.notes().texts()),
                    talk,
                    "nothing is told twice under two ids");
        }
        if (!talk.wordId.equals(id)) {
            must(
                    talk.unsure
                            || carried.notes().texts().stream()
                                    .noneMatch(talk.notesHeard::contains),
                    talk,
                    "no note is told twice");
        }
        must(talk.shown, talk, "nobody is told what was hidden all the time or concerns him not");
        talk.word = carried.said();
        talk.wordId = id;
        talk.wordEvent = event;
        talk.mentionedAt = now;
        talk.owed.clear();
        if (carried.notes().left() > 0) { // people hear that there are so many more
            var newest = carried.notes().texts();
            var older = talk.notes.stream().takeWhile(note -> !newest.contains(note)).toList();
            must(older.size() <= carried.notes().left(), talk, "older notes are counted");
            older.forEach(talk.notes::remove);
        }
        talk.notes.removeAll(carried.notes().texts());
        talk.notesHeard.addAll(carried.notes().texts());
        judge(now, talk);
    }

    /// The notifier has the answer.
    ///
    /// @param given when the target gave it: what it asks for counts from then
    void answered(
            Instant now, Instant given, Sending sending, DeliveryResult result, boolean givenUp) {
        log.say(now, () -> "answer " + Chronicle.of(sending) + " " + result);
        unanswered.remove(sending.message().id());
        if (result instanceof Delivered) {
            for (var carried : sending.carried()) {
                var talk = talk(carried.conversation());
                talk.failures = 0;
                talk.unsure = false;
                talk.tried = null;
            }
            for (var talk : talks.values()) {
                if (talk.givenUp) {
                    talk.givenUp = false;
                    talk.excused = later(talk.excused, now);
                }
            }
            return;
        }
        excuse(now, now.plus(PROBED_EACH));
        boolean digest = sending.message() instanceof Message.Digest;
        for (var carried : sending.carried()) {
            var talk = talk(carried.conversation());
            talk.unsure = true;
            if (!digest) {
                talk.failures++;
                var steps = result instanceof Retry ? STEPS : REJECTED;
                int step = steps.get(Math.min(talk.failures, steps.size()) - 1);
                talk.excused = later(talk.excused, now.plusSeconds(step + step / 5 + 1));
                talk.givenUp = givenUp;
            }
        }
        if (result instanceof Retry retry) {
            var after =
                    retry.after() != null
                            ? retry.after()
                            : Objects.equals(retry.status(), 429)
                                    ? Duration.ofSeconds(30)
                                    : Duration.ZERO;
            quietUntil = later(quietUntil, given.plus(after));
        } else if (Objects.equals(result.status(), 410)) {
            gone = true;
        }
    }

    /// Until then nobody can be told, as the notifier or the target is not well.
    void excuse(Instant now, Instant until) {
        if (until.isAfter(excused)) {
            for (var talk : talks.values()) {
                inTime(now, talk);
            }
            excused = until;
        }
    }

    /// Whether the instance that has the target from now on knows it.
    void reach(Instant now, boolean knows) {
        if (known != knows) {
            log.say(now, () -> knows ? "known" : "unknown");
            if (knows) {
                excused = later(excused, now);
            } else {
                talks.values().forEach(talk -> inTime(now, talk));
            }
            known = knows;
        }
    }

    void restarted(Instant now) {
        log.say(now, () -> "restart");
        restarts.addLast(now);
    }

    /// All is closed, and all was told.
    void judgeTheEnd(Instant now, MemoryLetters letters) {
        if (gone || !known) {
            return;
        }
        for (var talk : talks.values()) {
            inTime(now, talk);
            must(talk.word == null || !talk.word.open(), talk, "who heard DOWN hears the end");
            must(talk.notes.isEmpty(), talk, "notes are told");
            must(talk.owed.isEmpty(), talk, "what was due is told");
        }
        for (var id : letters.conversations.keySet()) {
            must(false, talk(id), "what is closed and told is forgotten");
        }
        must(
                letters.begun.isEmpty(),
                new Talk(letters.begun.toString()),
                "what was begun is forgotten");
        must(letters.parts.isEmpty(), new Talk(letters.parts.toString()), "parts are forgotten");
    }
}
