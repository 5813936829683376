package dev.tocsin.page.board;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When the pipeline was last heard. Who measures is heard by results, who decides by ticks: these come each second in each partition while brokers and streams are
/// alive. Ages are by a steady clock, corrected by the smallest lag of late between a record's stamp and its arrival, so that a clock that is off, or
/// set right, makes nothing old or young. Not thread-safe.
public final class Freshness {
    /// No tick for so long, and nobody decides there.
    private static final Duration STALE = Duration.ofSeconds(20);

    /// The smallest lag grows by one part in so many of the time that passes: faster than a [dev.tocsin.service.SteadyClock] follows the machine's, and so slowly
    /// that a reader that has fallen behind does not make the past look fresh.
    private static final int AGES = 50;

    /// By partition.
    private final Map<Integer, Instant> ticks = new HashMap<>();

    private @Nullable Instant last;
    private @Nullable Duration lag;
    private Instant lagAt = Instant.MAX;

    /// @param stamped by the broker
    /// @param received by this machine's steady clock
    void heard(Instant stamped, Instant received) {
        var now = Duration.between(stamped, received);
        if (lag != null && received.isAfter(lagAt)) {
            lag = lag.plus(Duration.between(lagAt, received).dividedBy(AGES));
        }
        lagAt = received;
        lag = lag != null && lag.compareTo(now) < 0 ? lag : now;
        last = later(last, stamped);
    }

    void ticked(int partition, Instant stamped) {
        ticks.merge(partition, stamped, Freshness::later);
    }

    private static Instant later(@Nullable Instant a, Instant b) {
        return a != null && a.isAfter(b) ? a : b;
    }

    /// This machine's time as the broker would say it.
    public Instant brokerTime(Instant now) {
        return lag == null ? now : now.minus(lag);
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
