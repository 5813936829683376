package dev.tocsin.incident.engine.outage;

import dev.tocsin.incident.engine.Clip;
import dev.tocsin.incident.engine.Command;
import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Ids;
import dev.tocsin.incident.engine.Resolution;
import dev.tocsin.incident.engine.Times;
import dev.tocsin.incident.engine.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Rule 8: two checks of a group that fail at once are one outage; it grows with every further one, and ends with the last that
/// fails. Pure, and no step costs more the more incidents there are.
public final class OutageEngine {
    private static final int CHECKS = 2;

    /// While it grows or shrinks, it is told no more often.
    private static final Duration EACH = Duration.ofSeconds(1);

    /// Characters.
    private static final int REASON = 1000;

    /// Bounds what is stored; an outage each 43 minutes for 30 days.
    private static final int TURNS = 1000;

    /// Something to tell; `outage.seq()` is the event's.
    ///
    /// @param regions what is said of each now
    /// @param answered the note that it answers, or null
    public record Told(
            EventType type,
            Outage outage,
            Sums sums,
            Map<String, Standing> regions,
            Instant at,
            String reason,
            @Nullable Command answered) {
        public String id() {
            return Ids.of(outage.id(), Long.toString(outage.seq()));
        }
    }

    /// What follows.
    ///
    /// @param members those that have changed, by incident id; null for one that is of no use any more
    /// @param joined those whose checks are to know that they are part of the outage from now on
    /// @param alone whether the check of what was heard is to know that its incident, which has just opened, is part of none for now
    public record Step(
            Group next,
            Map<String, @Nullable Member> members,
            List<Child> joined,
            boolean alone,
            List<Told> events) {
        static Step none(Group group) {
            return new Step(group, Map.of(), List.of(), false, List.of());
        }
    }

    private final Instant now;
    private final Map<String, @Nullable Member> members = new LinkedHashMap<>();
    private final List<Child> joined = new ArrayList<>();
    private final List<Told> events = new ArrayList<>();
    private boolean alone;
    private @Nullable Outage outage;
    private Pending pending;
    private Sums sums;
    private List<Turn> turns;

    private OutageEngine(Group group, Instant at) {
        now = at.isBefore(group.head().now()) ? group.head().now() : at;
        outage = group.outage();
        pending = group.head().pending();
        sums = group.sums();
        turns = group.turns();
    }

    private Step step() {
        return new Step(
                new Group(new Group.Head(now, outage, pending), sums, turns),
                members,
                joined,
                alone,
                events);
    }

    /// Takes in what was told of one incident. The same again changes nothing.
    ///
    /// @param before what is stored of it
    /// @param at when it was told
    public static Step step(
            Group group, String id, @Nullable Member before, Child child, Instant at) {
        if (before != null && before.child().equals(child)) {
            return Step.none(group);
        }
        var engine = new OutageEngine(group, at);
        engine.take(id, before, child);
        return engine.step();
    }

    /// Time has passed: tells what is still to be told.
    public static Step tick(Group group, Instant at) {
        var engine = new OutageEngine(group, at);
        if (engine.outage != null && engine.outage.open()) {
            engine.update(engine.outage);
        }
        return engine.events.isEmpty() ? Step.none(group) : engine.step();
    }

    /// Takes a note to the outage, which is told to whoever is told of it, and changes nothing that is measured. The same again changes nothing.
    ///
    /// @throws IllegalArgumentException for what cannot be followed, saying why
    public static Step note(Group group, Command command, Instant at) {
        var last = group.outage();
        if (last == null || !last.id().equals(command.incidentId())) {
            throw new IllegalArgumentException(
                    "outage "
                            + command.incidentId()
                            + " is not the latest of its group, which is "
                            + (last == null ? "none" : last.id()));
        }
        if (command.kind() != Command.Kind.ANNOTATE) {
            throw new IllegalArgumentException("an outage takes notes; say the rest to its parts");
        }
        if (last.commands().contains(command.id())) {
            return Step.none(group);
        }
        if (group.sums().children().isEmpty()) {
            throw new IllegalArgumentException(
                    "outage "
                            + last.id()
                            + " ended at "
                            + last.times().endedAt()
                            + ", and its parts are no longer remembered; put the note on one of them");
        }
        var engine = new OutageEngine(group, at);
        engine.note(last, command);
        return engine.step();
    }

    /// What is still to be told of how it is, is told in its time.
    private void note(Outage last, Command command) {
        var noted = last.noted(command);
        outage = noted;
        var regions =
                last.open() ? standings(sums) : after(last, sums.otherwise() == 0, sums.children());
        events.add(
                new Told(
                        EventType.ANNOTATED,
                        noted,
                        sums,
                        regions,
                        now,
                        Clip.to(REASON, command.signature()),
                        command));
    }

    private void take(String id, @Nullable Member before, Child child) {
        var last = outage;
        boolean open = last != null && last.open();
        var after = Member.of(before, child, open);
        if (before != null) {
            sums = sums.minus(before, last);
        }
        if (last != null && open && after.active() && !after.partOf(last)) {
            last = last.join(child);
            after = after.joined(last.id(), last.joined());
        }
        sums = sums.plus(after, last);
        if (child.open() || after.partOf(last)) {
            members.put(child.incidentId(), after);
        } else if (before != null) {
            members.put(child.incidentId(), null);
        }
        if (last != null && open) {
            keep(last, before, after);
        } else if (sums.checks().size() >= CHECKS) {
            open(id, last, child);
        }
        // An outage that is open has all that are active.
        boolean part = after.active() && outage != null && outage.open();
        alone = after.asks(before) && !part;
    }

    private void open(String id, @Nullable Outage last, Child latest) {
        var first =
                sums.alone().values().stream()
                        .sorted(
                                Comparator.comparing((Member m) -> m.child().startedAt())
                                        .thenComparing(m -> m.child().incidentId()))
                        .toList();
        var since = first.getFirst().child().startedAt();
        boolean again = last != null && again(last, latest);
        for (var member : first) {
            sums = sums.minus(member, last);
        }
        turns = Turn.add(turns, new Turn(now, !again));
        turns = turns.subList(Math.max(0, turns.size() - TURNS), turns.size());
        Outage next;
        if (last != null && again) {
            next = last.reopened(since, now);
        } else {
            sums = sums.fresh();
            next =
                    new Outage(
                            Ids.of("outage:" + id, latest.incidentId(), now.toString()),
                            0,
                            now,
                            Times.opened(since, now),
                            0,
                            Extent.NONE,
                            Extent.NONE,
                            null,
                            null,
                            Duration.ZERO,
                            Turn.past(last == null ? null : last.id(), turns, now),
                            latest.traceparent(),
                            List.of());
        }
        for (var member : first) {
            var part = member;
            if (!member.partOf(next)) {
                next = next.join(member.child());
                part = member.joined(next.id(), next.joined());
            }
            sums = sums.plus(part, next);
            members.put(member.child().incidentId(), part);
            joined.add(member.child());
        }
        var names = first.stream().map(member -> member.child().name()).toList();
        tell(
                again ? EventType.REOPENED : EventType.OPENED,
                next,
                "failing at once: " + Names.of(names, names.size()) + (again ? " again" : ""),
                standings(sums));
    }

    /// Whether a failure that is heard of now belongs to what was closed, and reopens it (rule 3). What was hidden for long, as by
    /// maintenance, reopens nothing for ever.
    private boolean again(Outage last, Child latest) {
        var closedAt = last.times().closedAt();
        if (closedAt == null) {
            return false;
        }
        var until = closedAt.plus(latest.reopenWithin());
        return !latest.startedAt().isAfter(until)
                && !now.isAfter(until.plus(latest.reopenWithin()));
    }

    private Instant notBeforeItBegan(Outage last, @Nullable Instant ended) {
        var begun = last.times().failingSince();
        var end = ended == null ? now : ended;
        return end.isBefore(begun) ? begun : end;
    }

    private void keep(Outage last, @Nullable Member before, Member after) {
        var child = after.child();
        boolean was = before != null && before.active();
        if (after.active() && !was) {
            joined.add(child);
            pending = pending.joined(child.name());
        } else if (before != null && after.partOf(last)) {
            if (before.child().open() && !child.open()) {
                pending =
                        child.otherwise()
                                ? pending.changed(child.name() + child.gone())
                                : pending.recovered(child.name());
            } else if (was && !after.active()) {
                pending = pending.quiet(child.name());
            } else if (after.active()
                    && (child.kind() != before.child().kind()
                            || child.severity() != before.child().severity())) {
                pending =
                        pending.changed(
                                child.name() + " is now " + child.kind() + ", " + child.severity());
            }
        }
        var next = last.reaching(Extent.of(sums));
        if (was && !after.active()) {
            next = next.recovered(child.endedAt() == null ? now : child.endedAt());
        }
        outage = next;
        if (sums.checks().size() == 0) {
            close(next, child);
        } else {
            update(next);
        }
    }

    private void close(Outage last, Child latest) {
        var names = sums.children().stream().map(Child::name).toList();
        var ended = last.recoveredAt();
        boolean recovered = sums.otherwise() == 0;
        var why =
                latest.resolution() == null || sums.otherwise() < last.joined()
                        ? Resolution.RECOVERED
                        : latest.resolution();
        tell(
                EventType.CLOSED,
                last.closed(notBeforeItBegan(last, ended), now, why),
                (recovered
                                ? "all of it has recovered: "
                                : "nothing of it fails any more, %d of %d closed for another reason than a recovery: "
                                        .formatted(sums.otherwise(), last.joined()))
                        + Names.of(names, last.joined())
                        + (sums.open() == 0
                                ? ""
                                : "; "
                                        + sums.open()
                                        + " still open, flapping or explained otherwise"),
                after(last, recovered, List.of(latest)));
    }

    /// What is said of each region once it is over.
    ///
    /// @param parts those of it that say where it is fine
    private static Map<String, Standing> after(Outage last, boolean recovered, List<Child> parts) {
        var regions = new TreeMap<String, Standing>();
        // Where something was removed, nobody knows.
        var left = recovered ? Standing.PASSING : Standing.UNKNOWN;
        last.worst().failing().forEach(region -> regions.put(region, left));
        for (var part : parts) {
            part.regions()
                    .forEach((region, standing) ->
                            regions.put(
                                    region,
                                    part.failsIn(standing)
                                            ? Standing.UNKNOWN
                                            : standing.heard() ? Standing.PASSING : standing));
        }
        return regions;
    }

    /// Tells what has changed, if anything has, once enough time has passed.
    private void update(Outage last) {
        var reason = pending.reason(last.told(), Extent.of(sums));
        if (!reason.isEmpty() && !now.isBefore(last.toldAt().plus(EACH))) {
            tell(EventType.UPDATED, last, reason, standings(sums));
        }
    }

    private static Map<String, Standing> standings(Sums sums) {
        var all = new TreeMap<String, Standing>();
        sums.regions().forEach((region, sum) -> all.put(region, sum.standing()));
        return all;
    }

    private void tell(EventType type, Outage next, String reason, Map<String, Standing> regions) {
        var told = next.told(Extent.of(sums), now);
        outage = told;
        pending = Pending.NOTHING;
        events.add(new Told(type, told, sums, regions, now, Clip.to(REASON, reason), null));
    }
}
