package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.fleet.FleetEngine;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// Tells [Fleet] at each heartbeat whether an agent takes itself to be cut off: only where all of a region do, the region is.
public final class AgentSource implements Announcer.Source<AgentStatus> {
    private static final String REGION = "region";
    private static final String OFFLINE = "offline";

    @Override
    public @Nullable Signal signal(String key, @Nullable AgentStatus status, Instant now) {
        if (status == null) {
            return null;
        }
        var offline = status.getOffline();
        return Wire.signal(
                        "agent/" + key + "/" + now.toEpochMilli(),
                        SignalKind.AGENT,
                        key,
                        offline != null,
                        now)
                .setAttributes(
                        offline == null
                                ? Map.of(REGION, status.getRegion())
                                : Map.of(REGION, status.getRegion(), OFFLINE, offline))
                .build();
    }

    /// @throws SerializationException when the signal lacks what it must have
    static FleetEngine.Agent agent(Signal signal) {
        var region = signal.getAttributes().get(REGION);
        if (region == null) {
            throw new SerializationException("an AGENT signal without its region");
        }
        return new FleetEngine.Agent(region, signal.getAttributes().get(OFFLINE), signal.getAt());
    }
}
