package dev.tocsin.incident.partition;

import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.Event;
import dev.tocsin.incident.engine.check.Input;
import dev.tocsin.incident.engine.check.Policy;
import dev.tocsin.incident.engine.check.Sample;
import dev.tocsin.incident.engine.check.Vote;
import dev.tocsin.incident.engine.fleet.FleetEngine;
import dev.tocsin.incident.engine.fleet.FleetState;
import dev.tocsin.incident.wire.CheckEntries;
import dev.tocsin.incident.wire.FleetEntries;
import dev.tocsin.schemas.CheckDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/// The whole of one partition outside of Kafka, for simulations: its checks, what they say of the agents, and what is decided
/// on that; and restarts, after which there is only what was stored. Groups it knows none: each opening is answered as of a check that is alone. One thread.
public final class Rehearsal {
    /// What was told, of a check or of the agents.
    public sealed interface Told {
        record OfCheck(String check, Event event) implements Told {}

        record OfAgents(FleetEngine.Told told) implements Told {}
    }

    private final Map<String, CheckDefinition> definitions = new HashMap<>();
    private final Map<String, byte[]> stored = new HashMap<>();
    private final List<Told> told = new ArrayList<>();

    /// What the owner of a group would answer.
    private final List<Told.OfCheck> asked = new ArrayList<>();

    private FleetState fleet = FleetState.EMPTY;
    private final Set<String> isolated = new TreeSet<>();
    private boolean stalled;
    private Facts facts = new Facts();
    private Partition partition;

    /// @throws IllegalArgumentException when a definition is none that `tocsin validate` lets pass
    public Rehearsal(Collection<CheckDefinition> checks, Instant now) {
        checks.forEach(check -> definitions.put(check.getCheckId(), check));
        partition = start(now);
    }

    private Partition start(Instant now) {
        facts = new Facts();
        isolated.forEach(region -> facts.isolated(region, true));
        facts.stalled(stalled);
        var fresh = new Partition(facts, new Consequences());
        definitions.forEach((_, check) -> fresh.define(check, null, now));
        return fresh;
    }

    private final class Consequences implements Partition.Consequences {
        @Override
        public void told(String check, Policy policy, List<Event> events) {
            for (var event : events) {
                var of = new Told.OfCheck(check, event);
                told.add(of);
                var context = event.incident().context();
                if (event.news() && event.incident().open() && !context.grouped()) {
                    asked.add(of);
                }
            }
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

    /// The process ends and another goes on with what was stored.
    public void restart(Instant now) {
        partition = start(now);
        var entries = new CheckEntries();
        stored.forEach(entries::read);
        entries.states().forEach(partition::restore);
        fleet = FleetEngine.resumed(stored(fleet));
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
            Instant at,
            Vote vote,
            String failure,
            long id,
            Instant now) {
        var name = region + "-" + agent;
        if (partition.heard(check, region, name, vote, failure, at.toEpochMilli(), now)
                == Partition.Heard.NEW) {
            var sample = new Sample(at, vote, name + "/1/" + id, failure);
            partition.apply(check, new Input.Voted(now, region, sample, null));
            answer(now);
        }
    }

    private void answer(Instant now) {
        for (var of : List.copyOf(asked)) {
            var event = of.event();
            partition.apply(of.check(), new Input.Alone(now, event.incident().id(), event.at()));
        }
        asked.clear();
    }

    /// @param resumed time stood still before it
    public void tick(Instant now, boolean resumed) {
        partition.tick(new Input.Tick(now, "tick/" + now.toEpochMilli()), resumed);
        answer(now);
        partition
                .news(now)
                .forEach(evidence -> take(FleetEngine.heard(fleet, 0, evidence, now), now));
    }

    private void take(FleetEngine.Step step, Instant now) {
        fleet = step.next();
        for (var event : step.events()) {
            told.add(new Told.OfAgents(event));
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
