package dev.tocsin.incident.partition;

import dev.tocsin.incident.engine.check.Schedule;
import dev.tocsin.schemas.Occurrences;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Maintenance that comes again.
record Recurring(Occurrences times) implements Schedule {
    @Override
    public boolean covers(Instant now) {
        var next = times.endingAfter(now);
        return next != null && next.covers(now);
    }

    @Override
    public @Nullable Instant nextChange(Instant now) {
        var next = times.endingAfter(now);
        if (next == null) {
            return null;
        }
        return next.startsAt().isAfter(now) ? next.startsAt() : next.endsAt();
    }
}
