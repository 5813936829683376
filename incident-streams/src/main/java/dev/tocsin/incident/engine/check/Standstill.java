package dev.tocsin.incident.engine.check;

import java.time.Duration;
import java.time.Instant;

/// A time in which nobody could write anything, as while Kafka was away: agents went on measuring, and what they measured comes afterwards, a
/// region at a time (rule 5).
///
/// @param from the last append before it, and `to` the first one after it, by the broker's clock
public record Standstill(Instant from, Instant to) {
    /// What took longer than this to be written had to wait.
    private static final Duration LATE = Duration.ofSeconds(5);

    /// Within which agents find the way back.
    static final Duration SETTLES = Duration.ofSeconds(30);

    /// Two of them with less between are one: what waits comes after the second.
    private static final Duration APART = Duration.ofMinutes(1);

    /// Whether what was measured then had to wait for its end.
    public boolean delayed(Instant measuredAt, Instant appendedAt) {
        return delayed(measuredAt.toEpochMilli(), appendedAt.toEpochMilli());
    }

    /// The same in ms since 1970. Allocates nothing.
    public boolean delayed(long measuredMs, long appendedMs) {
        return measuredMs >= from.toEpochMilli()
                && measuredMs <= to.toEpochMilli() + SETTLES.toMillis()
                && appendedMs - measuredMs > LATE.toMillis();
    }

    public Standstill and(Standstill later) {
        return later.from.isAfter(to.plus(APART)) ? later : new Standstill(from, later.to);
    }
}
