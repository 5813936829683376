package dev.tocsin.page.board;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When the pipeline was last heard, ticks included: they come each second while broker and streams are alive. Ages are by
/// this machine's clock, corrected by the smallest lag ever seen between a record's stamp and its arrival, so that a clock that is off
/// makes nothing old or young. Not thread-safe.
public final class Freshness {
    /// Nothing for so long and the page is grey (the ticks come every second).
    private static final Duration STALE = Duration.ofSeconds(20);

    private @Nullable Instant last;
    private @Nullable Duration smallestLag;

    /// @param stamped by the broker
    /// @param received by this machine
    void heard(Instant stamped, Instant received) {
        var lag = Duration.between(stamped, received);
        if (smallestLag == null || lag.compareTo(smallestLag) < 0) {
            smallestLag = lag;
        }
        if (last == null || stamped.isAfter(last)) {
            last = stamped;
        }
    }

    /// This machine's time as the broker would say it.
    public Instant brokerTime(Instant now) {
        return smallestLag == null ? now : now.minus(smallestLag);
    }

    /// The newest stamp of all.
    public Optional<Instant> last() {
        return Optional.ofNullable(last);
    }

    public boolean stale(Instant now) {
        return last == null || Duration.between(last, brokerTime(now)).compareTo(STALE) > 0;
    }
}
