package dev.tocsin.notifier.rehearsal;

import dev.tocsin.notifier.mailbox.Mailbox;
import dev.tocsin.notifier.mailbox.Sending;
import dev.tocsin.notifier.route.Routing;
import dev.tocsin.notifier.route.Told;
import dev.tocsin.notifier.send.Handover;
import dev.tocsin.schemas.IncidentEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Routing and mailboxes in a simulated time, with receivers that misbehave and a notifier that dies and pauses. Goes from one thing that happens to the next;
/// the same `random` and the same story are the same world.
public final class World {
    private static final Duration PATIENCE = Duration.ofDays(10);

    /// What goes wrong beside targets that misbehave.
    public enum Troubles {
        /// The notifier dies, or pauses.
        FEW,

        /// And doubles; targets are away for a day; `notify:` changes, on one instance after the other.
        ALL
    }

    private record Arriving(Instant at, Place place, Sending sending, Receiver.Reply reply) {}

    /// A notifier that was stopped, with what it had in mind, until it goes on.
    ///
    /// @param polled when it was last known to be there
    private record Ghost(Instant at, Instant polled, Place place, Mailbox mailbox) {}

    private final RandomGenerator random;
    private final Troubles troubles;
    private final Fault fault;
    private final Predicate<IncidentEvent> hasOthers;
    private final Instant start;
    private final Deque<Fed> feed = new ArrayDeque<>();
    private final Files files;
    private final Map<String, Place> places = new LinkedHashMap<>();
    private Map<String, Told> told = new HashMap<>();
    private final Deque<Instant> crashes = new ArrayDeque<>();
    private final PriorityQueue<Arriving> hearings =
            new PriorityQueue<>(Comparator.comparing(Arriving::at));
    private final PriorityQueue<Arriving> answers =
            new PriorityQueue<>(Comparator.comparing(Arriving::at));
    private final PriorityQueue<Ghost> ghosts =
            new PriorityQueue<>(Comparator.comparing(Ghost::at));
    private Seen seen = Seen.NOTHING;
    private Instant now;

    /// The notifier does nothing before.
    private Instant up;

    public World(RandomGenerator random, Script script, Troubles troubles, Fault fault) {
        this.random = random;
        this.troubles = troubles;
        this.fault = fault;
        hasOthers = script.hasOthers();
        start = script.start();
        now = start;
        up = start;
        feed.addAll(script.story());
        boolean all = troubles == Troubles.ALL;
        var listeners = new ArrayList<>(Listener.FEW);
        if (all) {
            listeners.add(Listener.PROGRAM);
        }
        files = new Files(random, List.copyOf(listeners));
        if (all) {
            files.changeAt(moments(random.nextInt(4)));
        }
        files.targets()
                .forEach((target, policy) -> {
                    var receiver = new Receiver(random, start, script.span());
                    if (all) {
                        receiver.mayBeAwayForADay(script.span());
                    }
                    var people =
                            new People(
                                    target,
                                    event ->
                                            files.routed(event.getIncidentId()).stream()
                                                    .anyMatch(one ->
                                                            one.target().equals(target)
                                                                    && one.concerns().test(event)),
                                    event ->
                                            files.routed(event.getIncidentId()).stream()
                                                    .anyMatch(one -> one.target().equals(target)),
                                    hasOthers,
                                    policy);
                    places.put(target, new Place(target, receiver, people, files.policy(target)));
                });
        var end = feed.isEmpty() ? start : feed.getLast().at();
        for (var place : places.values()) {
            var well = place.receiver.wellAtLast();
            end = well.isAfter(end) ? well : end;
        }
        feed.addAll(Last.events(files.backAt(end).plus(Duration.ofMinutes(20))));
        crashes.addAll(moments(random.nextInt(4)));
    }

    /// Times at which something is under way: just after the notifier is told of something.
    private List<Instant> moments(int many) {
        var told = List.copyOf(feed);
        var times = new ArrayList<Instant>();
        for (int i = 0; i < many && !told.isEmpty(); i++) {
            var near = told.get(random.nextInt(told.size())).at();
            times.add(near.plusMillis(random.nextInt(random.nextBoolean() ? 60 : 15_000)));
        }
        times.sort(Comparator.naturalOrder());
        return times;
    }

    /// Until everything is closed and told.
    ///
    /// @throws BrokenPromise when people were told wrong
    public Seen run() {
        reach();
        for (var next = next(); next != null; next = next()) {
            now = next.isAfter(now) ? next : now;
            hear();
            if (!ghosts.isEmpty() && !now.isBefore(ghosts.peek().at())) {
                goesOn(ghosts.remove());
            } else if (files.next() != null && !now.isBefore(files.next())) {
                change();
            } else if (!crashes.isEmpty() && !now.isBefore(crashes.getFirst())) {
                crashes.removeFirst();
                fail();
            } else if (!now.isBefore(up)) {
                step(false);
            }
            if (now.isAfter(start.plus(PATIENCE))) {
                throw new BrokenPromise("it is never quiet");
            }
        }
        places.values().forEach(place -> place.people.judgeTheEnd(now, place.letters()));
        return seen;
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        return one == null || (other != null && other.isBefore(one)) ? other : one;
    }

    private @Nullable Instant next() {
        var ours = feed.isEmpty() ? null : feed.getFirst().at();
        if (!answers.isEmpty()) {
            ours = earlier(ours, answers.peek().at());
        }
        for (var place : places.values()) {
            if (mayBeTold(place)) {
                ours = earlier(ours, place.mailbox().wakeAt());
            }
        }
        if (ours != null && ours.isBefore(up)) {
            ours = up;
        }
        var next = hearings.isEmpty() ? ours : earlier(ours, hearings.peek().at());
        next = ghosts.isEmpty() ? next : earlier(next, ghosts.peek().at());
        next = earlier(next, files.next());
        return crashes.isEmpty() ? next : earlier(next, crashes.getFirst());
    }

    private boolean mayBeTold(Place place) {
        return files.knows(place.target) && !place.mailbox().gone("here");
    }

    private void hear() {
        while (!hearings.isEmpty() && !hearings.peek().at().isAfter(now)) {
            hear(hearings.remove());
        }
    }

    private void hear(Arriving it) {
        fault.says(it.sending()).forEach(said -> it.place().people.heard(now, said));
    }

    private Place place(String target) {
        return Objects.requireNonNull(places.get(target));
    }

    /// It dies, or only pauses, or is thought dead and goes on.
    private void fail() {
        if (troubles == Troubles.ALL && random.nextInt(3) == 0) {
            isDoubled();
            return;
        }
        var away =
                Duration.ofMillis(
                        random.nextInt(4) == 0
                                ? random.nextInt(7_200_000)
                                : random.nextInt(30_000));
        if (random.nextInt(4) == 0) {
            stop(away);
            return;
        }
        seen = seen.plus(Seen.DEATH);
        if (!now.isBefore(up)) {
            step(random.nextBoolean());
        }
        lose(places.values(), now.plus(away));
        stop(away);
    }

    /// What was under way people have, or not; what came of it nobody knows.
    private void lose(Collection<Place> whose, Instant until) {
        for (var hearing : List.copyOf(hearings)) {
            if (whose.contains(hearing.place())) {
                hearings.remove(hearing);
                if (random.nextBoolean()) {
                    hear(hearing);
                }
            }
        }
        answers.removeIf(answer -> whose.contains(answer.place()));
        for (var place : whose) {
            recall(place, place.letters());
            place.people.restarted(until);
        }
    }

    private void recall(Place place, MemoryLetters kept) {
        if (fault.forgetsWhatWasBegun()) {
            kept.begun.clear();
        }
        place.recall(kept, now, files.policy(place.target));
    }

    private void stop(Duration away) {
        up = now.plus(away);
        places.values().forEach(place -> place.people.excuse(now, up));
    }

    /// It stops for so long that another takes over, and then goes on. What it had asked of targets they have before that.
    private void isDoubled() {
        if (now.isBefore(up)) {
            return;
        }
        seen = seen.plus(Seen.DOUBLE);
        step(false);
        // Its group misses it ten seconds after its last heartbeat, of which there is one each
        // three.
        var away = Duration.ofMillis(7_000 + random.nextInt(5_000));
        var takenOver = now.plus(away);
        for (var hearing : List.copyOf(hearings)) {
            if (hearing.at().isAfter(takenOver)) {
                hearings.remove(hearing);
                hearings.add(
                        new Arriving(
                                takenOver, hearing.place(), hearing.sending(), hearing.reply()));
            }
        }
        answers.clear();
        var goesOn = takenOver.plusMillis(random.nextInt(60_000));
        for (var place : places.values()) {
            if (mayBeTold(place)) {
                ghosts.add(new Ghost(goesOn, now, place, place.mailbox()));
            }
            recall(place, place.letters().copy());
            place.people.restarted(takenOver);
        }
        stop(away);
    }

    /// It has something to send, and asks itself whether it still owns the target.
    private void goesOn(Ghost ghost) {
        for (var sending : ghost.mailbox().due(now)) {
            boolean fresh = Duration.between(ghost.polled(), now).compareTo(Handover.FRESH) < 0;
            if (fresh || fault.sendsStale()) {
                ask(ghost.place(), sending);
            }
        }
    }

    private void change() {
        seen = seen.plus(Seen.CHANGE);
        var moved = files.change().stream().map(this::place).toList();
        lose(moved, now);
        reach();
    }

    private void reach() {
        for (var place : places.values()) {
            place.people.reach(now, files.knows(place.target));
        }
    }

    /// Takes in what there is, and hands over what is due.
    ///
    /// @param lost it dies before the commit: nothing of it was
    private void step(boolean lost) {
        var kept = new HashMap<Place, MemoryLetters>();
        if (lost) {
            places.values().forEach(place -> kept.put(place, place.letters().copy()));
        }
        var toldBefore = lost ? new HashMap<>(told) : told;
        while (!lost && !answers.isEmpty() && !answers.peek().at().isAfter(now)) {
            answered(answers.remove());
        }
        var taken = new ArrayList<Fed>();
        while (!feed.isEmpty() && !feed.getFirst().at().isAfter(now) && taken.size() < 50) {
            var fed = feed.removeFirst();
            taken.add(fed);
            take(fed.event());
        }
        if (lost) {
            for (int i = taken.size() - 1; i >= 0; i--) {
                feed.addFirst(taken.get(i));
            }
            told = toldBefore;
            kept.forEach(this::recall);
            return;
        }
        for (var place : places.values()) {
            taken.forEach(fed -> place.people.happened(now, fed.event()));
            if (!place.receiver.well(now)) {
                place.people.excuse(now, now);
            }
            if (mayBeTold(place)) {
                place.mailbox().due(now).forEach(sending -> send(place, sending));
            }
        }
    }

    private void take(IncidentEvent event) {
        var incident = event.getIncidentId();
        var plan =
                Routing.plan(
                        event, files.routes(incident), told.get(incident), hasOthers.test(event));
        if (plan == null) {
            return;
        }
        told.put(incident, plan.after());
        if (fault.loses(event)) {
            return;
        }
        plan.own()
                .forEach((target, reason) ->
                        place(target).mailbox().take(event, reason, true, plan.waits(), now));
        plan.context()
                .forEach((target, reason) ->
                        place(target).mailbox().take(event, reason, false, false, now));
    }

    private void send(Place place, Sending sending) {
        var reply = ask(place, sending);
        var at = now.plus(reply.after());
        if (reply.after().compareTo(Duration.ofSeconds(1)) >= 0) {
            place.people.excuse(now, at);
        }
        answers.add(new Arriving(at, place, sending, reply));
    }

    private Receiver.Reply ask(Place place, Sending sending) {
        seen = seen.sent(sending);
        var said = fault.hands(sending);
        place.people.sent(now, said);
        var reply = place.receiver.asked(now);
        if (reply.heard()) {
            var way = Duration.ofMillis(random.nextLong(reply.after().toMillis() + 1));
            hearings.add(new Arriving(now.plus(way), place, said, reply));
        }
        return reply;
    }

    private void answered(Arriving answer) {
        var place = answer.place();
        var result = answer.reply().result();
        var id = answer.sending().message().id();
        var begun = answer.at().minus(answer.reply().after());
        var answered =
                place.mailbox()
                        .answered(id, result, begun, answer.at(), random.nextDouble(-1, 1), "here");
        boolean givenUp = answered != null && answered.givenUp();
        place.people.answered(now, answer.at(), answer.sending(), result, givenUp);
    }
}
