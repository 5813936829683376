package dev.tocsin.notifier.rehearsal;

import dev.tocsin.notifier.mailbox.Line;
import dev.tocsin.notifier.mailbox.Mailbox;
import dev.tocsin.notifier.mailbox.Policy;
import dev.tocsin.notifier.mailbox.Sending;
import dev.tocsin.notifier.route.Route;
import dev.tocsin.notifier.route.Routing;
import dev.tocsin.notifier.route.Told;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Routing and mailboxes in a simulated time, with receivers that misbehave and a notifier that dies and pauses.
final class World {
    private static final List<Route> ROUTES =
            List.of(
                    new Route("route 1", Map.of(), List.of("all"), true),
                    new Route(
                            "route 2",
                            Map.of("severity", List.of("critical")),
                            List.of("pager"),
                            true),
                    new Route("route 3", Map.of("team", List.of("a")), List.of("team-a"), true),
                    new Route("route 4", Map.of("kind", List.of("outage")), List.of("noc"), false));

    /// Who is concerned, said in another way than by the routes.
    private static final Map<String, Predicate<IncidentEvent>> CONCERNS =
            Map.of(
                    "all",
                    event -> event.getKind() != IncidentKind.OUTAGE,
                    "pager",
                    event ->
                            event.getKind() != IncidentKind.OUTAGE
                                    && event.getSeverity() == Severity.CRITICAL,
                    "team-a",
                    event ->
                            event.getKind() != IncidentKind.OUTAGE
                                    && "a".equals(event.getLabels().get("team")),
                    "noc",
                    event -> event.getKind() == IncidentKind.OUTAGE);

    private static final Duration PATIENCE = Duration.ofDays(10);

    /// What a faulty core would do: for tests of the oracle.
    interface Fault {
        Fault NONE = new Fault() {};

        /// Whether the mailbox is not given it.
        default boolean loses(IncidentEvent event) {
            return false;
        }

        /// What is handed over instead.
        default Sending hands(Sending sending) {
            return sending;
        }

        /// What people hear instead.
        default List<Sending> says(Sending sending) {
            return List.of(sending);
        }
    }

    private record Arriving(Instant at, String target, Sending sending, Receiver.Reply reply) {}

    /// A target's mailbox and its people.
    private final class Place {
        final String target;
        final Receiver receiver;
        final People people;
        MemoryLetters letters = new MemoryLetters();
        Mailbox mailbox;

        Place(String target, Duration span) {
            this.target = target;
            receiver = new Receiver(target, random, start, span);
            people = new People(target, Objects.requireNonNull(CONCERNS.get(target)), World::waits);
            mailbox = new Mailbox(target, letters, Line.GOOD, Policy.DEFAULT);
        }

        void recall(MemoryLetters kept, Instant now) {
            letters = kept;
            mailbox = new Mailbox(target, letters, letters.line, Policy.DEFAULT);
            List.copyOf(letters.conversations.values()).forEach(one -> mailbox.recall(one, now));
        }

        MemoryLetters copy() {
            var copy = new MemoryLetters();
            copy.conversations.putAll(letters.conversations);
            copy.parts.putAll(letters.parts);
            copy.line = letters.line;
            return copy;
        }
    }

    private final Random random;
    private final Fault fault;
    private final Deque<Fed> feed = new ArrayDeque<>();
    private final List<Place> places = new ArrayList<>();
    private Map<String, Told> told = new HashMap<>();
    private final Deque<Instant> crashes = new ArrayDeque<>();
    private final PriorityQueue<Arriving> hearings =
            new PriorityQueue<>(Comparator.comparing(Arriving::at));
    private final PriorityQueue<Arriving> answers =
            new PriorityQueue<>(Comparator.comparing(Arriving::at));
    private final Instant start;
    private Instant now;

    /// The notifier does nothing before.
    private Instant up;

    int messages;

    /// @param last what concerns everybody, from then on
    World(
            Random random,
            Instant start,
            Duration span,
            List<Fed> story,
            Function<Instant, List<Fed>> last,
            Fault fault) {
        this.random = random;
        this.start = start;
        this.fault = fault;
        now = start;
        up = start;
        feed.addAll(story);
        for (var target : List.of("all", "pager", "team-a", "noc")) {
            places.add(new Place(target, span));
        }
        var end = feed.getLast().at();
        for (var place : places) {
            var well = place.receiver.wellAtLast();
            end = well.isAfter(end) ? well : end;
        }
        feed.addAll(last.apply(end.plus(Duration.ofMinutes(20))));
        int many = random.nextInt(4);
        var times = new ArrayList<Instant>();
        for (int i = 0; i < many; i++) {
            // Something is under way just after it was told of something.
            var near = new ArrayList<>(feed).get(random.nextInt(feed.size())).at();
            times.add(near.plusMillis(random.nextInt(random.nextBoolean() ? 60 : 15_000)));
        }
        times.sort(Comparator.naturalOrder());
        crashes.addAll(times);
    }

    /// Until everything is closed and told.
    void run() {
        while (true) {
            var next = next();
            if (next == null) {
                break;
            }
            now = next.isAfter(now) ? next : now;
            hear();
            if (!crashes.isEmpty() && !now.isBefore(crashes.getFirst())) {
                crashes.removeFirst();
                fail();
            } else if (!now.isBefore(up)) {
                step(false);
            }
            if (now.isAfter(start.plus(PATIENCE))) {
                throw new AssertionError("it is never quiet");
            }
        }
        places.forEach(place -> place.people.judgeTheEnd(now, place.letters));
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        return one == null || (other != null && other.isBefore(one)) ? other : one;
    }

    private @Nullable Instant next() {
        Instant ours = null;
        if (!feed.isEmpty()) {
            ours = feed.getFirst().at();
        }
        if (!answers.isEmpty()) {
            ours = earlier(ours, answers.peek().at());
        }
        for (var place : places) {
            if (!place.mailbox.gone("here")) {
                ours = earlier(ours, place.mailbox.wakeAt());
            }
        }
        if (ours != null && ours.isBefore(up)) {
            ours = up;
        }
        var next = hearings.isEmpty() ? ours : earlier(ours, hearings.peek().at());
        return crashes.isEmpty() ? next : earlier(next, crashes.getFirst());
    }

    private void hear() {
        while (!hearings.isEmpty() && !hearings.peek().at().isAfter(now)) {
            var hearing = hearings.remove();
            hear(hearing);
        }
    }

    private void hear(Arriving it) {
        fault.says(it.sending()).forEach(said -> place(it.target()).people.heard(now, said));
    }

    private Place place(String target) {
        return places.stream()
                .filter(place -> place.target.equals(target))
                .findFirst()
                .orElseThrow();
    }

    /// It dies, or only pauses.
    private void fail() {
        var away =
                Duration.ofMillis(
                        random.nextInt(4) == 0
                                ? random.nextInt(7_200_000)
                                : random.nextInt(30_000));
        if (random.nextInt(4) == 0) {
            stop(away);
            return;
        }
        if (!now.isBefore(up)) {
            step(random.nextBoolean());
        }
        for (var hearing : List.copyOf(hearings)) {
            hearings.remove(hearing);
            if (random.nextBoolean()) {
                hear(hearing);
            }
        }
        answers.clear();
        for (var place : places) {
            place.recall(place.letters, now);
            place.people.restarted(now.plus(away));
        }
        stop(away);
    }

    private void stop(Duration away) {
        up = now.plus(away);
        places.forEach(place -> place.people.excuse(now, up));
    }

    /// Takes in what there is, and hands over what is due.
    ///
    /// @param lost it dies before the commit: nothing of it was
    private void step(boolean lost) {
        var kept = lost ? places.stream().map(Place::copy).toList() : List.<MemoryLetters>of();
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
            for (int i = 0; i < kept.size(); i++) {
                places.get(i).recall(kept.get(i), now);
            }
            return;
        }
        for (var place : places) {
            taken.forEach(fed -> place.people.happened(now, fed.event()));
            if (!place.receiver.well(now)) {
                place.people.excuse(now, now);
            }
            if (!place.mailbox.gone("here")) {
                place.mailbox.due(now).forEach(sending -> send(place, sending));
            }
        }
    }

    private static boolean waits(IncidentEvent event) {
        return event.getGroup() != null && event.getGroup().startsWith("g");
    }

    private void take(IncidentEvent event) {
        var plan = Routing.plan(event, ROUTES, told.get(event.getIncidentId()), waits(event));
        if (plan == null) {
            return;
        }
        told.put(event.getIncidentId(), plan.after());
        if (fault.loses(event)) {
            return;
        }
        plan.own()
                .forEach((target, reason) ->
                        place(target).mailbox.take(event, reason, true, plan.waits(), now));
        plan.context()
                .forEach((target, reason) ->
                        place(target).mailbox.take(event, reason, false, false, now));
    }

    private void send(Place place, Sending sending) {
        messages++;
        var said = fault.hands(sending);
        place.people.sent(now, said);
        var reply = place.receiver.asked(now);
        var at = now.plus(reply.after());
        if (reply.heard()) {
            var way = Duration.ofMillis(random.nextLong(reply.after().toMillis() + 1));
            hearings.add(new Arriving(now.plus(way), place.target, said, reply));
        }
        if (reply.after().compareTo(Duration.ofSeconds(1)) >= 0) {
            place.people.excuse(now, at);
        }
        answers.add(new Arriving(at, place.target, sending, reply));
    }

    private void answered(Arriving answer) {
        var place = place(answer.target());
        var result = answer.reply().result();
        var id = answer.sending().message().id();
        var begun = answer.at().minus(answer.reply().after());
        var answered =
                place.mailbox.answered(
                        id, result, begun, answer.at(), random.nextDouble(-1, 1), "here");
        boolean givenUp = answered != null && answered.givenUp();
        place.people.answered(now, answer.at(), answer.sending(), result, givenUp);
    }
}
