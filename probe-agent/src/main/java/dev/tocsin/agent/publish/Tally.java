package dev.tocsin.agent.publish;

import java.util.concurrent.atomic.AtomicLong;

/// Where each result is: every one is in exactly one of these. Thread-safe.
final class Tally {
    /// Of this run: given to be published, and not lost since.
    final AtomicLong taken = new AtomicLong();

    /// Of this run: a broker has them.
    final AtomicLong acknowledged = new AtomicLong();

    /// Of earlier runs, too.
    final AtomicLong lost = new AtomicLong();

    /// Of this run: taken with less text than was found.
    final AtomicLong clipped = new AtomicLong();

    /// @param ofThisRun whether it was taken by this run
    void lose(boolean ofThisRun) {
        lost.incrementAndGet();
        taken.addAndGet(ofThisRun ? -1 : 0);
    }
}
