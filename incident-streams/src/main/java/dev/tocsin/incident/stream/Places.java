package dev.tocsin.incident.stream;

import dev.tocsin.incident.wire.CheckEntries;
import dev.tocsin.incident.wire.FleetWire;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.streams.Place;
import dev.tocsin.service.streams.Place.Everywhere;
import dev.tocsin.service.streams.Place.Nowhere;
import dev.tocsin.service.streams.Place.Store;
import dev.tocsin.service.streams.Place.Undecided;
import dev.tocsin.service.streams.Place.Which;
import dev.tocsin.service.streams.Place.WithKey;
import java.util.Map;

/// To which partition each entry of each store belongs: to that of the records by which it is decided, since all that are joined have the same
/// number of partitions.
public final class Places {
    /// A store that is always empty.
    public static final String ANCHOR = "process-id-anchor";

    private static final Place OFFSETS =
            new Nowhere("offsets of the topics of before mean nothing in others");

    /// By store.
    public static final Map<String, Store> ALL =
            Map.ofEntries(
                    joined(CheckTask.STATES, (key, _) -> new WithKey(CheckEntries.check(key))),
                    joined(CheckTask.DEFINITIONS, (key, _) -> new WithKey(key)),
                    // Facts that hold are told to all; a parent's to the one partition of a child
                    // that has begun to depend on it, and then it is the newest.
                    joined(FactStore.STORE, (_, _) -> new Everywhere(Which.NEWEST)),
                    joined(Dependents.STORE, (key, _) -> new WithKey(Dependents.parent(key))),
                    // Nothing may be decided before what was.
                    joined(TaskClock.STORE, (_, _) -> new Everywhere(Which.GREATEST)),
                    joined(
                            ClosedIncidents.STORE,
                            (_, noted) -> new WithKey(ClosedIncidents.key(noted))),
                    joined(Waiting.STORE, (_, _) -> new Undecided()),
                    joined(IncidentProcessor.DECIDED, (_, _) -> OFFSETS),
                    joined(
                            Outages.STORE,
                            (key, _) -> new WithKey(Outages.key(OutageStore.group(key)))),
                    // What each of the partitions of before has said stands until the one of that
                    // number speaks, which it does with its first tick: fewer never would.
                    joined(Fleet.STORE, (_, _) -> new WithKey(FleetWire.KEY)),
                    joined(DependencyGraph.STORE, (_, _) -> new WithKey(DependencyGraph.KEY)),
                    joined(UserReportDesk.STORE, (key, _) -> UserReportDesk.place(key)),
                    joined(
                            SignalProcessor.CLOSED,
                            (_, noted) ->
                                    new WithKey(
                                            SignalProcessor.decidedBy(ClosedIncidents.key(noted)))),
                    joined(SignalProcessor.LATE, (_, _) -> new Undecided()),
                    joined(ANCHOR, (_, _) -> new Nowhere("it is empty")),
                    announced(Topics.MAINTENANCE),
                    announced(Topics.AGENTS),
                    announced(Topics.USER_REPORTS));

    private Places() {}

    private static Map.Entry<String, Store> joined(String store, Place.Rule rule) {
        return Map.entry(store, new Store(Topics.CHECKS.name(), rule));
    }

    private static Map.Entry<String, Store> announced(Topic<?> topic) {
        return Map.entry(Announcer.store(topic), new Store(topic.name(), (_, _) -> OFFSETS));
    }
}
