package dev.tocsin.agent.schedule;

import dev.tocsin.schemas.AgentStatus;
import org.jspecify.annotations.Nullable;

/// Finds another process that goes by this agent's id: both run every check of theirs, as one. It is said, and nobody ends by it: whoever may write a
/// heartbeat could else silence a region, and where one of the two is cut off the other would be gone when it is needed. One thread.
final class Namesake {
    /// One that is read after this agent's own first may have been under way from the process before it.
    private static final int SURE = 2;

    private final Origin origin;
    private boolean ownSeen;
    private long epoch;
    private String region = "";
    private int heard;
    private long lastNanos;

    Namesake(Origin origin) {
        this.origin = origin;
    }

    /// A heartbeat was read.
    ///
    /// @param nanos now, monotonic
    void heard(AgentStatus status, long nanos) {
        if (!status.getAgentId().equals(origin.agentId())) {
            return;
        }
        if (status.getBootEpoch() == origin.bootEpoch()) {
            ownSeen = true;
        } else if (ownSeen) {
            boolean goesOn = status.getBootEpoch() == epoch && there(nanos);
            heard = status.getLeaving() ? 0 : goesOn ? heard + 1 : 1;
            epoch = status.getBootEpoch();
            region = status.getRegion();
            lastNanos = nanos;
        }
    }

    private boolean there(long nanos) {
        return nanos - lastNanos <= Roster.ALIVE_FOR.toNanos();
    }

    /// What there is to say of it now, or null.
    @Nullable String why(long nanos) {
        return heard < SURE || !there(nanos)
                ? null
                : "another agent with the id %s runs, in region %s, and both run the same checks: each needs an id of its own (agent.id)"
                        .formatted(origin.agentId(), region);
    }
}
