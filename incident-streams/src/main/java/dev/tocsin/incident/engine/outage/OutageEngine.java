package dev.tocsin.incident.engine.outage;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Ids;
import dev.tocsin.incident.engine.Times;
import dev.tocsin.incident.engine.Turn;
import dev.tocsin.incident.engine.Verdict;
import dev.tocsin.incident.engine.check.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Rule 8: two checks of a group that fail at once are one outage; it grows with every further one, and ends with the
/// last. Pure.
public final class OutageEngine {
    private static final int CHECKS = 2;

    /// All that is known of a group.
    ///
    /// @param children its open incidents, and the closed ones of an open outage, by incident id
    /// @param outage the open one, or the last one
    public record State(Map<String, Child> children, @Nullable Outage outage, List<Turn> turns) {
        public static final State EMPTY = new State(Map.of(), null, List.of());

        public State {
            children = new TreeMap<>(children);
            turns = List.copyOf(turns);
        }
    }

    /// Something to tell; `outage.seq()` is the event's.
    public record Told(EventType type, Outage outage, Instant at, String reason) {
        public String id() {
            return Ids.of(outage.id(), Long.toString(outage.seq()));
        }
    }

    public record Step(State next, List<Told> events) {}

    private final Instant now;
    private final List<Told> events = new ArrayList<>();
    private State state;

    private OutageEngine(State state, Instant now) {
        this.state = state;
        this.now = now;
    }

    /// Takes in what was told of one incident. The same again changes nothing.
    public static Step step(State state, String group, Child child, Instant now) {
        var engine = new OutageEngine(state, now);
        engine.take(group, child);
        return new Step(engine.state, engine.events);
    }

    private void take(String group, Child child) {
        var outage = state.outage();
        boolean open = outage != null && outage.open();
        var before = state.children().get(child.incidentId());
        var children = new TreeMap<>(state.children());
        if (child.open() || (open && before != null)) {
            children.put(child.incidentId(), child);
        } else {
            children.remove(child.incidentId());
        }
        state = new State(children, outage, state.turns());
        if (outage != null && open) {
            keep(outage, child);
        } else if (distinctChecks(children) >= CHECKS) {
            open(group, outage, child);
        }
    }

    private static long distinctChecks(Map<String, Child> children) {
        return children.values().stream()
                .filter(Child::counts)
                .map(Child::checkId)
                .distinct()
                .count();
    }

    private void open(String group, @Nullable Outage last, Child latest) {
        var members = members(Set.of());
        boolean again =
                last != null && last.times().again(latest.startedAt(), now, latest.reopenWithin());
        var turns = Turn.add(state.turns(), new Turn(now, !again));
        state = new State(state.children(), last, turns);
        var startedAt =
                members.values().stream().map(Child::startedAt).min(Instant::compareTo).orElse(now);
        var reason = "failing at once: " + names(members);
        if (last != null && again) {
            var all = new TreeMap<>(last.children());
            all.putAll(members);
            var times = last.times().reopened(latest.startedAt(), now);
            tell(EventType.REOPENED, last.at(times).of(all, failing(all)), reason + " again");
            return;
        }
        var fresh =
                new Outage(
                        Ids.of("outage:" + group, latest.incidentId(), now.toString()),
                        0,
                        Times.opened(startedAt, now),
                        members,
                        failing(members),
                        Turn.past(last == null ? null : last.id(), turns, now),
                        latest.traceparent());
        tell(EventType.OPENED, fresh, reason);
    }

    private void keep(Outage outage, Child child) {
        var members = members(outage.children().keySet());
        var next = outage.of(members, failing(members));
        if (members.values().stream().noneMatch(Child::open)) {
            var endedAt =
                    members.values().stream()
                            .map(Child::endedAt)
                            .filter(java.util.Objects::nonNull)
                            .max(Instant::compareTo)
                            .orElse(now);
            tell(
                    EventType.CLOSED,
                    next.at(next.times().closed(endedAt, now)),
                    "all of it has recovered: " + names(members));
            state = new State(Map.of(), state.outage(), state.turns());
            return;
        }
        var before = outage.children().get(child.incidentId());
        var reasons = new ArrayList<String>();
        if (members.containsKey(child.incidentId())) {
            if (before == null || (child.open() && !before.open())) {
                reasons.add("also failing: " + child.name());
            } else if (!child.open() && before.open()) {
                reasons.add("recovered: " + child.name());
            } else if (!child.kind().equals(before.kind())
                    || child.severity().compareTo(before.severity()) > 0) {
                reasons.add(child.name() + " is now " + child.kind() + ", " + child.severity());
            }
        }
        var joined = new TreeSet<>(next.failing());
        joined.removeAll(outage.failing());
        if (!joined.isEmpty()) {
            reasons.add("also in " + String.join(", ", joined));
        }
        if (reasons.isEmpty()) {
            state = new State(state.children(), next, state.turns());
        } else {
            tell(EventType.UPDATED, next, String.join("; ", reasons));
        }
    }

    /// What counts now, and what was part of it before.
    private Map<String, Child> members(Set<String> before) {
        var members = new TreeMap<String, Child>();
        state.children()
                .forEach((id, child) -> {
                    if (child.counts() || before.contains(id)) {
                        members.put(id, child);
                    }
                });
        return members;
    }

    private static Set<String> failing(Map<String, Child> members) {
        return members.values().stream()
                .filter(Child::open)
                .flatMap(child -> child.regions().entrySet().stream())
                .filter(entry -> entry.getValue() != Verdict.PASSING)
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String names(Map<String, Child> members) {
        return members.values().stream()
                .map(Child::name)
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private void tell(EventType type, Outage outage, String reason) {
        var told = outage.told();
        state = new State(state.children(), told, state.turns());
        events.add(new Told(type, told, now, reason));
    }
}
