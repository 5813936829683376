package dev.tocsin.standalone.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;

/// Waits for what a step of the day should bring, and not for ever: something that disturbs it is said with what was waited for.
final class Waits {
    private static final Duration LOOKS = Duration.ofMillis(100);

    /// Lets time pass.
    interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    /// A step did not bring what it should.
    static final class DisturbedException extends Exception {
        DisturbedException(String message) {
            super(message);
        }
    }

    private final Instant end;
    private final Duration limit;
    private final InstantSource clock;
    private final Pause pause;

    /// @param end of the whole day
    /// @param limit of each step
    Waits(Instant end, Duration limit, InstantSource clock, Pause pause) {
        this.end = end;
        this.limit = limit;
        this.clock = clock;
        this.pause = pause;
    }

    /// Returns when it is so, or when the day has ended.
    ///
    /// @param what for whoever reads why it failed
    /// @throws DisturbedException when it is not so within the limit
    void until(String what, BooleanSupplier so) throws InterruptedException, DisturbedException {
        var patience = clock.instant().plus(limit);
        while (!so.getAsBoolean()) {
            var now = clock.instant();
            if (!now.isBefore(end)) {
                return;
            }
            if (now.isAfter(patience)) {
                throw new DisturbedException(
                        "waited " + limit.toSeconds() + " s in vain for " + what);
            }
            pause.sleep(LOOKS);
        }
    }

    /// Returns after this time, or when the day has ended.
    void pause(Duration time) throws InterruptedException {
        var over = clock.instant().plus(time);
        while (clock.instant().isBefore(over) && clock.instant().isBefore(end)) {
            pause.sleep(LOOKS);
        }
    }

    /// Returns when the day has ended.
    void toTheEnd() throws InterruptedException {
        while (clock.instant().isBefore(end)) {
            pause.sleep(LOOKS);
        }
    }
}
