package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Command;
import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Ids;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Something to tell.
///
/// @param incident as it is after the event; `incident.seq()` is the event's
/// @param resolution only of a close
/// @param answered the command that it answers, or null
/// @param news whether its group judges by anything that has changed
public record Event(
        EventType type,
        Incident incident,
        Decision decision,
        Instant at,
        String reason,
        @Nullable String resolution,
        @Nullable Command answered,
        boolean news) {

    public String id() {
        return Ids.of(incident.id(), Long.toString(incident.seq()));
    }

    /// What was told last of a check's incident, as it is now; nothing where it never had one.
    public static Optional<Event> last(CheckState state, Policy policy, Instant now) {
        var incident = state.incident();
        return incident == null
                ? Optional.empty()
                : Optional.of(
                        new Event(
                                EventType.UPDATED,
                                incident,
                                Decision.of(state, policy, now),
                                now,
                                "",
                                null,
                                null,
                                false));
    }
}
