package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.Clip;
import dev.tocsin.incident.engine.fleet.Agent;
import dev.tocsin.incident.engine.fleet.FleetEngine;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// Tells [Fleet] at each heartbeat where an agent stands, and whether it takes itself to be cut off: only where all of a region do,
/// the region is. What its own clock says is left out.
public final class AgentSource implements Announcer.Source<AgentStatus> {
    private static final String REGION = "region";
    private static final String OFFLINE = "offline";
    private static final String LEAVING = "leaving";

    /// For people; an agent with many canaries fails with all of them.
    private static final int OFFLINE_AT_MOST = 300;

    private static final int NAME_AT_MOST = 100;

    @Override
    public @Nullable Signal signal(String key, @Nullable AgentStatus status, Instant now) {
        if (status == null) {
            return null;
        }
        if (!status.getAgentId().equals(key)) {
            throw new SerializationException(
                    "key %s is not the agent's id %s".formatted(key, status.getAgentId()));
        }
        name("an agent's id", key);
        name("the region of agent " + key, status.getRegion());
        var attributes = new HashMap<String, String>();
        attributes.put(REGION, status.getRegion());
        var offline = status.getOffline();
        if (offline != null) {
            attributes.put(OFFLINE, Clip.to(OFFLINE_AT_MOST, offline));
        }
        if (status.getLeaving()) {
            attributes.put(LEAVING, "true");
        }
        return Wire.signal(
                        "agent/" + key + "/" + now.toEpochMilli(),
                        SignalKind.AGENT,
                        key,
                        offline != null,
                        now)
                .setAttributes(attributes)
                .build();
    }

    private static void name(String what, String name) {
        if (name.isBlank() || name.length() > NAME_AT_MOST) {
            throw new SerializationException(
                    Clip.to(2 * NAME_AT_MOST, what) + " has 1 to " + NAME_AT_MOST + " characters");
        }
    }

    /// @param appended when the signal was: the only clock that counts
    /// @throws SerializationException when the signal lacks what it must have
    static Agent agent(Signal signal, Instant appended) {
        var attributes = signal.getAttributes();
        return new Agent(
                region(signal),
                attributes.get(OFFLINE),
                appended,
                Boolean.parseBoolean(attributes.get(LEAVING)));
    }

    /// @throws SerializationException when the signal lacks what it must have
    static String region(Signal signal) {
        var region = signal.getAttributes().get(REGION);
        if (region == null) {
            throw new SerializationException(
                    "an " + signal.getKind() + " signal without its region");
        }
        return region;
    }

    /// Tells every partition where an agent belongs.
    static Signal bound(FleetEngine.Bound bound, Instant now) {
        var region = bound.region();
        return Wire.signal(
                        "bound/" + bound.agentId() + "/" + now.toEpochMilli(),
                        SignalKind.AGENT_REGION,
                        bound.agentId(),
                        region != null,
                        now)
                .setAttributes(region == null ? Map.of() : Map.of(REGION, region))
                .build();
    }
}
