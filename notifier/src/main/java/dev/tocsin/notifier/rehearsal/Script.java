package dev.tocsin.notifier.rehearsal;

import dev.tocsin.schemas.IncidentEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/// What the notifier is told of.
///
/// @param span about as long as it lasts
/// @param hasOthers whether other checks are in the event's group
public record Script(
        Instant start, Duration span, List<Fed> story, Predicate<IncidentEvent> hasOthers) {
    public Script {
        story = List.copyOf(story);
    }
}
