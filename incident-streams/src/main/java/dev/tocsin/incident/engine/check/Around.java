package dev.tocsin.incident.engine.check;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is known of the agents as a whole (rules 1, 2 and 6).
///
/// @param isolated regions that do not vote now: what they see says more of them than of the targets
/// @param stalled nothing at all is heard: one incident says so, and none per check
/// @param resumedAt when time went on after a standstill: silence counts from there. [Instant#MAX] when it has not yet, null
///     when it never stood still
/// @param standstill the last time in which nobody could write anything; null when there was none
public record Around(
        Set<String> isolated,
        boolean stalled,
        @Nullable Instant resumedAt,
        @Nullable Standstill standstill) {
    public static final Around NOTHING = new Around(Set.of(), false, null, null);

    public Around {
        isolated = Set.copyOf(isolated);
    }

    public Around resumed(Instant at) {
        return new Around(isolated, stalled, at, standstill);
    }

    /// Whether a silence does not count yet.
    public boolean graces(Duration staleAfter, Instant now) {
        return resumedAt != null
                && (resumedAt.equals(Instant.MAX) || !now.isAfter(resumedAt.plus(staleAfter)));
    }
}
