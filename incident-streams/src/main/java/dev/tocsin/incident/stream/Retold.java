package dev.tocsin.incident.stream;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/// After a rebuild from nothing what was told to a group stands in the log, and is told once more by whoever decides on it anew: it is taken once. On the
/// heap alone, for as long as a rebuild may take; one that is cut off begins from nothing again.
final class Retold {
    private static final Duration LASTS = Duration.ofMinutes(30);

    private record Taken(String group, String id) {}

    private final Set<Taken> taken = new HashSet<>();
    private final Instant until;
    private boolean over;

    /// @param rebuilds whether nothing was kept
    /// @param startedAt by the clock of the one who reads
    Retold(boolean rebuilds, Instant startedAt) {
        over = !rebuilds;
        until = startedAt.plus(LASTS);
    }

    /// Whether a signal of this id has not been taken yet for that group; from here on it has. An incident that moves is told to both by one event.
    boolean isNew(String group, String id, Instant appendedAt) {
        if (!over && appendedAt.isAfter(until)) {
            over = true;
            taken.clear();
        }
        return over || taken.add(new Taken(group, id));
    }
}
