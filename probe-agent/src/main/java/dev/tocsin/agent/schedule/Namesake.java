package dev.tocsin.agent.schedule;

import dev.tocsin.schemas.AgentStatus;
import org.jspecify.annotations.Nullable;

/// Finds another process that goes by this agent's id: both would run every check of theirs, as one. Of the two the one that was started later
/// ends, and where both are told of each other exactly one goes on. One thread.
final class Namesake {
    /// One that is read after this agent's own first may have been under way from the process before it.
    private static final int SURE = 2;

    private final Origin origin;
    private boolean ownSeen;
    private int heard;

    Namesake(Origin origin) {
        this.origin = origin;
    }

    /// A heartbeat was read.
    ///
    /// @return why this process is to end, or null
    @Nullable String heard(AgentStatus status) {
        if (!status.getAgentId().equals(origin.agentId()) || status.getLeaving()) {
            return null;
        }
        if (status.getBootEpoch() == origin.bootEpoch()) {
            ownSeen = true;
            return null;
        }
        if (!ownSeen || status.getBootEpoch() > origin.bootEpoch() || ++heard < SURE) {
            return null;
        }
        return "another agent with the id %s runs, in region %s: each needs an id of its own (agent.id)"
                .formatted(origin.agentId(), status.getRegion());
    }
}
