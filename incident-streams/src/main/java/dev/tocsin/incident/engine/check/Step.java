package dev.tocsin.incident.engine.check;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an input led to.
///
/// @param stores whether anything has changed that a restart must know: last-seen times and countdowns it need not
/// @param judged whether the votes were looked at again; where not, `failsAlone` and `deadline` say nothing new
/// @param failsAlone the region that fails while all others that are heard see the target up (rule 1), or null
/// @param deadline when a tick is needed next if nothing else happens
/// @param aside for the check's group alone, after the events; or null
public record Step(
        CheckState next,
        List<Event> events,
        boolean stores,
        boolean judged,
        @Nullable String failsAlone,
        @Nullable Instant deadline,
        @Nullable Aside aside) {
    /// A vote that no verdict can change by.
    static Step unjudged(CheckState next, boolean stores) {
        return new Step(next, List.of(), stores, false, null, null, null);
    }
}
