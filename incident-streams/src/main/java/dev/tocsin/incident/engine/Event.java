package dev.tocsin.incident.engine;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Something to tell.
///
/// @param incident as it is after the event; `incident.seq()` is the event's
/// @param resolution only of a close
/// @param commandId of the command that it answers, or null
public record Event(
        Type type,
        Incident incident,
        Decision decision,
        Instant at,
        String reason,
        @Nullable String resolution,
        @Nullable String commandId) {
    public enum Type {
        OPENED,
        UPDATED,
        REOPENED,
        ACKNOWLEDGED,
        UNACKNOWLEDGED,
        SNOOZED,
        SUPPRESSED,
        UNSUPPRESSED,
        FLAPPING_STARTED,
        FLAPPING_STOPPED,
        ANNOTATED,
        CLOSED
    }

    public String id() {
        return Ids.of(incident.id(), Long.toString(incident.seq()));
    }
}
