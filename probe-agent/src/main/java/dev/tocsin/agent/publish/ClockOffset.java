package dev.tocsin.agent.publish;

import java.time.Duration;

/// How far the broker's clock is ahead of ours, learned from the append times in acknowledgements as NTP does: the sample
/// with the shortest round trip is the best, and grows old slowly so that a drift is followed. When our clock was set, what was learned
/// is worth nothing. Thread-safe.
final class ClockOffset {
    /// A round trip counts as this much longer for each sample after it.
    private static final double AGING = 1.02;

    /// No clock is slewed by so much between two samples.
    private static final double STEP_MS = 500;

    private double bestRoundTripMs = Double.MAX_VALUE;
    private double wallMinusSteadyMs = Double.NaN;
    private long offsetMs;

    /// @param sentAtMs by our wall clock
    /// @param appendedAtMs by the broker's
    /// @param sentNanos and `ackedNanos` by the monotonic one
    synchronized void sample(long sentAtMs, long appendedAtMs, long sentNanos, long ackedNanos) {
        double wallMinusSteady = sentAtMs - sentNanos / 1e6;
        if (Math.abs(wallMinusSteady - wallMinusSteadyMs) > STEP_MS) {
            bestRoundTripMs = Double.MAX_VALUE;
        }
        wallMinusSteadyMs = wallMinusSteady;
        double roundTrip = Math.max(1, (ackedNanos - sentNanos) / 1e6);
        bestRoundTripMs *= AGING;
        if (roundTrip <= bestRoundTripMs) {
            bestRoundTripMs = roundTrip;
            offsetMs = appendedAtMs - sentAtMs - Math.round(roundTrip / 2);
        }
    }

    synchronized Duration value() {
        return Duration.ofMillis(offsetMs);
    }
}
