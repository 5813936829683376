package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Command;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What can happen to a check. `now` is always the broker's append time.
public sealed interface Input {
    Instant now();

    record Voted(Instant now, String region, Sample sample, @Nullable String traceparent)
            implements Input {}

    /// Time has passed, or something around the check has changed.
    ///
    /// @param id of the tick, for an incident that it opens
    record Tick(Instant now, String id) implements Input {}

    /// The check's incident is part of an outage (rule 8), or of none any more.
    ///
    /// @param outageId null for none
    /// @param decidedAt when that was so: of a time before it was reopened it says nothing
    record Joined(Instant now, String incidentId, @Nullable String outageId, Instant decidedAt)
            implements Input {}

    /// The check's incident has opened, and is part of no outage for now (rule 8).
    ///
    /// @param askedAt when that was told which this answers: of a later opening it says nothing
    record Alone(Instant now, String incidentId, Instant askedAt) implements Input {}

    /// A person's command on the check's incident (rule 7).
    record Commanded(Instant now, Command command) implements Input {}

    /// The definition was taken away (rule 11).
    record Removed(Instant now) implements Input {}
}
