package dev.tocsin.incident.wire;

import static dev.tocsin.incident.wire.OldCheckState.moment;
import static dev.tocsin.incident.wire.OldCheckState.text;
import static dev.tocsin.incident.wire.OldCheckState.time;
import static dev.tocsin.incident.wire.OldCheckState.times;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.incident.engine.Past;
import dev.tocsin.incident.engine.Turn;
import dev.tocsin.incident.engine.fleet.Agent;
import dev.tocsin.incident.engine.fleet.Evidence;
import dev.tocsin.incident.engine.fleet.Evidence.Silence;
import dev.tocsin.incident.engine.fleet.FleetIncident;
import dev.tocsin.incident.engine.fleet.FleetState;
import dev.tocsin.incident.engine.fleet.Watched;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What 0.1.0 stored of agents and regions: one JSON object.
final class OldFleetState {
    private OldFleetState() {}

    static FleetState read(byte[] bytes) {
        var state = StateCodec.tree(bytes);
        var checks = new TreeMap<Integer, Integer>();
        var regions = new TreeMap<String, Map<Integer, Evidence.Of>>();
        state.path("evidence")
                .properties()
                .forEach(partition -> {
                    int number = Integer.parseInt(partition.getKey());
                    checks.put(number, partition.getValue().path("checks").asInt());
                    partition
                            .getValue()
                            .path("regions")
                            .properties()
                            .forEach(of ->
                                    regions.computeIfAbsent(of.getKey(), _ -> new TreeMap<>())
                                            .put(number, of(of.getValue())));
                });
        var agents = new TreeMap<String, Agent>();
        state.path("agents")
                .properties()
                .forEach(agent -> {
                    var said = agent.getValue();
                    agents.put(
                            agent.getKey(),
                            new Agent(
                                    said.path("region").asText(),
                                    text(said, "offline"),
                                    moment(said, "at"),
                                    false));
                });
        var watched = new TreeMap<String, Watched>();
        state.path("watched")
                .properties()
                .forEach(of -> watched.put(of.getKey(), watched(of.getValue())));
        return new FleetState(checks, regions, agents, watched);
    }

    private static Evidence.Of of(JsonNode of) {
        var targets = new TreeSet<String>();
        of.path("targets").forEach(target -> targets.add(target.asText()));
        var quietSince = time(of, "quietSince");
        return new Evidence.Of(
                of.path("witnessed").asInt(),
                of.path("failingAlone").asInt(),
                time(of, "failingSince"),
                targets,
                of.path("heard").asBoolean(),
                quietSince == null ? null : Silence.quiet(quietSince),
                FleetWire.PATIENCE_UNSAID);
    }

    private static Watched watched(JsonNode of) {
        var turns = new ArrayList<Turn>();
        of.path("turns")
                .forEach(turn ->
                        turns.add(new Turn(moment(turn, "at"), turn.path("isNew").asBoolean())));
        var incident = of.path("incident");
        return new Watched(
                time(of, "since"), incident.isObject() ? incident(incident) : null, turns);
    }

    private static FleetIncident incident(JsonNode incident) {
        var past = incident.path("past");
        return new FleetIncident(
                incident.path("id").asText(),
                incident.path("seq").asLong(),
                times(incident.path("times")),
                new Past(
                        previous(past),
                        past.path("in7Days").asInt(),
                        past.path("in30Days").asInt()));
    }

    private static @Nullable String previous(JsonNode past) {
        return text(past, "previousId");
    }
}
