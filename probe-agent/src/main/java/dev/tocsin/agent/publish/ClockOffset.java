package dev.tocsin.agent.publish;

import java.time.Duration;

/// How far the broker's clock is ahead of ours, learned from the append times in acknowledgements as NTP does: the sample
/// with the shortest round trip is the best, and grows old slowly so that a drift is followed. Thread-safe.
final class ClockOffset {
    /// A round trip counts as this much longer for each sample after it.
    private static final double AGING = 1.02;

    private double bestRoundTripMs = Double.MAX_VALUE;
    private long offsetMs;

    /// @param sentAtMs and `ackedAtMs` by our wall clock
    /// @param appendedAtMs by the broker's
    synchronized void sample(long sentAtMs, long appendedAtMs, long ackedAtMs) {
        double roundTrip = Math.max(1, ackedAtMs - sentAtMs);
        bestRoundTripMs *= AGING;
        if (roundTrip <= bestRoundTripMs) {
            bestRoundTripMs = roundTrip;
            offsetMs = appendedAtMs - (sentAtMs + ackedAtMs) / 2;
        }
    }

    synchronized Duration value() {
        return Duration.ofMillis(offsetMs);
    }
}
