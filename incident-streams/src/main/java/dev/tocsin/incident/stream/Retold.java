package dev.tocsin.incident.stream;

import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/// After a rebuild from nothing what was told to a group stands in the log, and is told once more by whoever decides on it anew: it is taken once. On the
/// heap alone, for as long as a rebuild may take; one that is cut off begins from nothing again.
final class Retold {
    private static final Duration LASTS = Duration.ofMinutes(30);

    /// An incident that moves is told to two groups by one event; and where one event less is told than before, what its number said is not the same.
    private record Taken(String group, String id, IncidentEventType type) {}

    private final Set<Taken> taken = new HashSet<>();
    private final Instant until;
    private boolean over;

    /// @param rebuilds whether nothing was kept
    /// @param startedAt by the clock of the one who reads
    Retold(boolean rebuilds, Instant startedAt) {
        over = !rebuilds;
        until = startedAt.plus(LASTS);
    }

    /// Whether what was told to a group has not been taken yet; from here on it has.
    boolean isNew(Signal told, Instant appendedAt) {
        if (!over && appendedAt.isAfter(until)) {
            over = true;
            taken.clear();
        }
        var incident = told.getIncident();
        return over
                || incident == null
                || taken.add(new Taken(told.getSubject(), told.getSignalId(), incident.getType()));
    }
}
