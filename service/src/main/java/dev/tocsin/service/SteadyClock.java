package dev.tocsin.service;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// The machine's clock without its leaps: it begins where that is, goes on with the monotonic one, and follows the machine's by a hundredth of the time that
/// passes. Never steps back. Thread-safe.
public final class SteadyClock implements InstantSource {
    private static final int FOLLOWS = 100;

    private final InstantSource wall;
    private final LongSupplier nanos;
    private long lastNanos;
    private Instant last;

    public SteadyClock() {
        this(InstantSource.system(), System::nanoTime);
    }

    SteadyClock(InstantSource wall, LongSupplier nanos) {
        this.wall = wall;
        this.nanos = nanos;
        lastNanos = nanos.getAsLong();
        last = wall.instant();
    }

    @Override
    public synchronized Instant instant() {
        long at = nanos.getAsLong();
        var passed = Duration.ofNanos(Math.max(0, at - lastNanos));
        var next = last.plus(passed);
        var most = passed.dividedBy(FOLLOWS);
        var ahead = Duration.between(next, wall.instant());
        var step =
                ahead.compareTo(most) > 0
                        ? most
                        : ahead.compareTo(most.negated()) < 0 ? most.negated() : ahead;
        lastNanos = at;
        last = next.plus(step);
        return last;
    }
}
