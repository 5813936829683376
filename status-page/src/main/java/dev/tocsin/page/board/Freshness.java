package dev.tocsin.page.board;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When the pipeline was last heard. Who measures is heard by results, who decides by ticks: these come each second in each partition while brokers and streams are
/// alive. Ages are by this machine's clock, corrected by the smallest lag of late between a record's stamp and its arrival, so that a clock that is off makes
/// nothing old or young, and one that is set right is believed. Not thread-safe.
public final class Freshness {
    /// No tick for so long, and nobody decides there.
    private static final Duration STALE = Duration.ofSeconds(20);

    /// A lag is forgotten after one to two of these.
    private static final Duration LAG_KEPT = Duration.ofMinutes(1);

    /// By partition.
    private final Map<Integer, Instant> ticks = new HashMap<>();

    private @Nullable Instant last;
    private @Nullable Duration lag;
    private @Nullable Duration lagBefore;
    private Instant lagSince = Instant.EPOCH;

    /// @param stamped by the broker
    /// @param received by this machine
    void heard(Instant stamped, Instant received) {
        var now = Duration.between(stamped, received);
        if (received.isAfter(lagSince.plus(LAG_KEPT))) {
            lagBefore = lag;
            lag = null;
            lagSince = received;
        }
        lag = smaller(lag, now);
        last = later(last, stamped);
    }

    void ticked(int partition, Instant stamped) {
        ticks.merge(partition, stamped, Freshness::later);
    }

    private static Duration smaller(@Nullable Duration a, Duration b) {
        return a != null && a.compareTo(b) < 0 ? a : b;
    }

    private static Instant later(@Nullable Instant a, Instant b) {
        return a != null && a.isAfter(b) ? a : b;
    }

    /// This machine's time as the broker would say it.
    public Instant brokerTime(Instant now) {
        if (lag == null) {
            return now;
        }
        return now.minus(lagBefore == null ? lag : smaller(lagBefore, lag));
    }

    /// The newest stamp of all.
    public Optional<Instant> last() {
        return Optional.ofNullable(last);
    }

    /// The newest tick of all.
    public Optional<Instant> decided() {
        return ticks.values().stream().max(Comparator.naturalOrder());
    }

    /// Whether nobody decides in a partition.
    public boolean stale(int partition, Instant now) {
        return old(ticks.get(partition), now);
    }

    /// Whether nobody decides anywhere.
    public boolean stale(Instant now) {
        return old(decided().orElse(null), now);
    }

    private boolean old(@Nullable Instant tick, Instant now) {
        return tick == null || Duration.between(tick, brokerTime(now)).compareTo(STALE) > 0;
    }
}
