package dev.tocsin.incident.engine.check;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// When announced work goes on. Pure, and quick also when it began years ago.
public interface Schedule {
    boolean covers(Instant now);

    /// The next time after `now` at which `covers` may change; null when it never will.
    @Nullable Instant nextChange(Instant now);

    /// Once, from a time on until before another.
    static Schedule once(Instant startsAt, Instant endsAt) {
        return new Once(startsAt, endsAt);
    }

    record Once(Instant startsAt, Instant endsAt) implements Schedule {
        public Once {
            if (!startsAt.isBefore(endsAt)) {
                throw new IllegalArgumentException(
                        "a window ends at " + endsAt + ", not after its start");
            }
        }

        @Override
        public boolean covers(Instant now) {
            return !now.isBefore(startsAt) && now.isBefore(endsAt);
        }

        @Override
        public @Nullable Instant nextChange(Instant now) {
            return now.isBefore(startsAt) ? startsAt : now.isBefore(endsAt) ? endsAt : null;
        }
    }
}
