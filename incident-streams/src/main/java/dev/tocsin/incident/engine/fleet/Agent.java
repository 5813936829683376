package dev.tocsin.incident.engine.fleet;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// An agent's own word of itself. Its id is bound to the region of its first heartbeat, for as long as it is heard.
///
/// @param offline why it takes itself to be cut off, or null
/// @param at when that was appended: the broker's clock, never its own
/// @param left it has said that it stops
public record Agent(String region, @Nullable String offline, Instant at, boolean left) {
    /// An agent that has not said for so long that it is fine has no say: three heartbeats. That it is cut off it may not be
    /// able to repeat.
    private static final Duration FINE_FOR = Duration.ofSeconds(30);

    private static final Duration OFFLINE_FOR = Duration.ofMinutes(10);

    /// After so long it may stand elsewhere.
    private static final Duration BOUND_FOR = Duration.ofMinutes(1);

    private static final Duration MEMORY = Duration.ofDays(1);

    boolean counts(Instant now) {
        return !left && now.isBefore(at.plus(offline == null ? FINE_FOR : OFFLINE_FOR));
    }

    /// Whether its id may be another region's with a word that came then.
    boolean mayMove(Instant then) {
        return then.isAfter(at.plus(BOUND_FOR));
    }

    boolean gone(Instant now) {
        return !now.isBefore(at.plus(MEMORY));
    }
}
