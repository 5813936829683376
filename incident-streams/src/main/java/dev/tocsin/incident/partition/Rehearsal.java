package dev.tocsin.incident.partition;

import dev.tocsin.incident.engine.Turn;
import dev.tocsin.incident.engine.check.Aside;
import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.Event;
import dev.tocsin.incident.engine.check.Input;
import dev.tocsin.incident.engine.check.Policy;
import dev.tocsin.incident.engine.check.Sample;
import dev.tocsin.incident.engine.check.Standstill;
import dev.tocsin.incident.engine.check.Vote;
import dev.tocsin.incident.engine.fleet.FleetEngine;
import dev.tocsin.incident.engine.fleet.FleetState;
import dev.tocsin.incident.engine.outage.Child;
import dev.tocsin.incident.engine.outage.Group;
import dev.tocsin.incident.engine.outage.Member;
import dev.tocsin.incident.engine.outage.OutageEngine;
import dev.tocsin.incident.wire.CheckEntries;
import dev.tocsin.incident.wire.Fitting;
import dev.tocsin.incident.wire.FleetEntries;
import dev.tocsin.incident.wire.FleetWire;
import dev.tocsin.incident.wire.OutageWire;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Signal;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The whole of one partition outside of Kafka, for simulations: its checks, their groups, what they say of the agents, and what is decided
/// on that; and restarts, after which there is only what was stored. What one says to another is heard at once. One thread.
public final class Rehearsal {
    /// What was told, of a check, of a group or of the agents.
    public sealed interface Told {
        /// When.
        Instant at();

        /// As it is on `incidents`.
        IncidentEvent written();

        record OfCheck(Instant at, IncidentEvent written, String check, Event event)
                implements Told {}

        record OfGroup(Instant at, IncidentEvent written, OutageEngine.Told told) implements Told {}

        record OfAgents(Instant at, IncidentEvent written, FleetEngine.Told told) implements Told {}
    }

    private final Map<String, CheckDefinition> definitions = new HashMap<>();
    private final Map<String, byte[]> stored = new HashMap<>();
    private final Map<String, StoredGroup> storedGroups = new HashMap<>();
    private final List<Told> told = new ArrayList<>();

    /// From checks, for the owners of their groups.
    private final Deque<Signal> openings = new ArrayDeque<>();

    /// From those, for checks.
    private final Deque<Answer> answers = new ArrayDeque<>();

    private FleetState fleet = FleetState.EMPTY;
    private final Set<String> isolated = new TreeSet<>();
    private boolean stalled;
    private @Nullable Standstill standstill;
    private Facts facts = new Facts();
    private Partition partition;
    private Groups groups = new Groups(new GroupConsequences());
    private Instant now;

    private record Answer(String check, Signal signal) {}

    private static final class StoredGroup {
        private Group.Head head = Group.Head.EMPTY;
        private List<Turn> turns = List.of();
        private final Map<String, Member> members = new HashMap<>();
    }

    /// @throws IllegalArgumentException when a definition is none that `tocsin validate` lets pass
    public Rehearsal(Collection<CheckDefinition> checks, Instant now) {
        this.now = now;
        checks.forEach(check -> definitions.put(check.getCheckId(), check));
        partition = start();
    }

    private Partition start() {
        facts = new Facts();
        isolated.forEach(region -> facts.isolated(region, true));
        facts.stalled(stalled);
        if (standstill != null) {
            facts.stoodStill(standstill);
        }
        var fresh = new Partition(facts, new CheckConsequences());
        definitions.forEach((_, check) -> fresh.define(check, null, now));
        return fresh;
    }

    private final class CheckConsequences implements Partition.Consequences {
        @Override
        public void told(String check, Policy policy, List<Event> events) {
            for (var event : events) {
                var written = Wire.event(event, definition(check));
                told.add(new Told.OfCheck(now, Fitting.fit(written), check, event));
                if (event.news()) {
                    openings.add(
                            OutageWire.incident(written, event.incident(), policy.reopenWithin()));
                }
            }
        }

        @Override
        public void aside(String check, Policy policy, Aside aside) {
            openings.add(OutageWire.aside(aside, definition(check), policy.reopenWithin()));
        }

        @Override
        public void store(String check, CheckState before, CheckState after) {
            CheckEntries.write(
                    check,
                    before,
                    after,
                    (key, bytes) -> {
                        if (bytes == null) {
                            stored.remove(key);
                        } else {
                            stored.put(key, bytes);
                        }
                    });
        }

        @Override
        public CheckDefinition definition(String check) {
            var definition = definitions.get(check);
            if (definition == null) {
                throw new IllegalArgumentException("there is no " + check);
            }
            return definition;
        }

        @Override
        public void failed(String check, RuntimeException cause) {
            throw cause;
        }
    }

    private final class GroupConsequences implements Groups.Consequences {
        @Override
        public void told(String group, OutageEngine.Told of) {
            told.add(new Told.OfGroup(now, OutageWire.event(of, group), of));
        }

        @Override
        public void membership(Child child, String outageId, boolean part, Instant at) {
            answers.add(
                    new Answer(
                            child.checkId(),
                            OutageWire.membership(outageId, child.incidentId(), part, at)));
        }

        @Override
        public void alone(String group, Child child, Instant at) {
            answers.add(
                    new Answer(child.checkId(), OutageWire.alone(group, child.incidentId(), at)));
        }

        private StoredGroup of(String group) {
            return storedGroups.computeIfAbsent(group, _ -> new StoredGroup());
        }

        @Override
        public void store(String group, Group.Head head) {
            of(group).head = head;
        }

        @Override
        public void store(String group, List<Turn> turns) {
            of(group).turns = turns;
        }

        @Override
        public void store(String group, String incidentId, @Nullable Member member) {
            if (member == null) {
                of(group).members.remove(incidentId);
            } else {
                of(group).members.put(incidentId, member);
            }
        }
    }

    /// The process ends and another goes on with what was stored.
    public void restart(Instant at) {
        now = at;
        partition = start();
        var entries = new CheckEntries();
        stored.forEach(entries::read);
        entries.states().forEach(partition::restore);
        fleet = FleetEngine.resumed(stored(fleet));
        groups = new Groups(new GroupConsequences());
        storedGroups.forEach((id, of) ->
                groups.restore(
                        id,
                        Group.of(of.head, of.members.values(), of.turns),
                        new HashMap<>(of.members)));
    }

    /// Nobody could write anything in between.
    public void stoodStill(Instant from, Instant to) {
        standstill = facts.stoodStill(new Standstill(from, to));
    }

    private static FleetState stored(FleetState state) {
        var entries = new FleetEntries();
        FleetEntries.write(
                FleetState.EMPTY,
                state,
                (key, bytes) -> entries.read(key, Objects.requireNonNull(bytes)));
        return entries.state((_, _) -> {});
    }

    /// @param agent of the region, where there are several
    /// @param id of the result
    public void vote(
            String check,
            String region,
            int agent,
            Instant measured,
            Vote vote,
            String failure,
            long id,
            Instant at) {
        now = at;
        var name = region + "-" + agent;
        if (partition.heard(check, region, name, vote, failure, measured.toEpochMilli(), now)
                == Partition.Heard.NEW) {
            var sample = new Sample(measured, vote, name + "/1/" + id, failure);
            partition.apply(check, new Input.Voted(now, region, sample, null));
            settle();
        }
    }

    /// Until nobody has anything to say to another.
    private void settle() {
        while (!openings.isEmpty() || !answers.isEmpty()) {
            while (!openings.isEmpty()) {
                var signal = openings.remove();
                take(signal, OutageWire.child(signal));
            }
            while (!answers.isEmpty()) {
                var answer = answers.remove();
                OutageWire.inputs(answer.signal(), now)
                        .forEach(input -> partition.apply(answer.check(), input));
            }
        }
    }

    private void take(Signal signal, Child child) {
        var group = signal.getSubject();
        if (OutageWire.isAside(signal)) {
            groups.heard(group, child, signal.getAt());
        } else {
            groups.take(group, child, signal.getAt());
        }
    }

    /// @param resumed time stood still before it
    public void tick(Instant at, boolean resumed) {
        now = at;
        partition.tick(new Input.Tick(now, "tick/" + now.toEpochMilli()), resumed);
        groups.tick(now);
        settle();
        partition.news(now).forEach(evidence -> take(FleetEngine.heard(fleet, 0, evidence, now)));
    }

    private void take(FleetEngine.Step step) {
        fleet = step.next();
        for (var event : step.events()) {
            told.add(new Told.OfAgents(now, FleetWire.event(event), event));
            boolean open = event.incident().times().closedAt() == null;
            if (event.region() == null) {
                stalled = open;
                facts.stalled(open);
            } else {
                facts.isolated(event.region(), open);
                if (open) {
                    isolated.add(event.region());
                } else {
                    isolated.remove(event.region());
                }
            }
            partition.factChanged(now);
        }
    }

    /// All that was told so far, in order.
    public List<Told> told() {
        return List.copyOf(told);
    }
}
