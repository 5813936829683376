package dev.tocsin.incident.engine.fleet;

import dev.tocsin.incident.engine.Turn;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A region or the pipeline.
///
/// @param since from when on what is wrong with it has lasted; null while nothing is
/// @param turns its openings of the last 30 days, a hundred at most
public record Watched(@Nullable Instant since, @Nullable FleetIncident incident, List<Turn> turns) {
    static final Watched FINE = new Watched(null, null, List.of());

    public Watched {
        turns = List.copyOf(turns);
    }

    boolean open() {
        return incident != null && incident.open();
    }

    Watched since(@Nullable Instant next) {
        return new Watched(next, incident, turns);
    }
}
