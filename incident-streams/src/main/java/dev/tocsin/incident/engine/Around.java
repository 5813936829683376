package dev.tocsin.incident.engine;

import java.util.Set;

/// What is known of the agents as a whole, decided elsewhere (rules 1 and 2).
///
/// @param isolated regions that do not vote now: what they see says more of them than of the targets
/// @param stalled nothing at all is heard: one incident says so, and none per check
public record Around(Set<String> isolated, boolean stalled) {
    public static final Around NOTHING = new Around(Set.of(), false);

    public Around {
        isolated = Set.copyOf(isolated);
    }
}
