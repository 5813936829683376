package dev.tocsin.incident.partition;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Whether partitions are catching up, as after a restart: each works off what waited for it at a pace of its own, so that what they
/// tell a group comes out of order by as much as was behind. One that was all read before another would end an outage that the
/// other's checks go on with. What is told late is therefore held until nothing late has come for a moment, and then taken in the
/// order of what was measured. Knows neither Kafka nor bytes. One thread.
public final class CatchUp {
    /// From what is decided to where it is read takes a second at most while nothing is behind.
    private static final Duration LATE = Duration.ofSeconds(5);

    private static final Duration QUIET = Duration.ofSeconds(3);

    /// The first word of an incident waits for its group for no more than 10 s.
    private static final Duration LONGEST = Duration.ofSeconds(8);

    private Instant now = Instant.EPOCH;
    private Instant lastLate = Instant.EPOCH;
    private @Nullable Instant since;

    /// Nothing was told since the task began with what its predecessor held.
    private boolean resumed;

    /// What was held when the task ended is held now.
    public void resume() {
        resumed = true;
    }

    /// Something was told to a group.
    ///
    /// @param decidedAt by the clock of what is measured
    /// @param toldAt when it was appended
    /// @return whether it is held; while anything is, all is, or it would be taken before what it follows
    public boolean holds(Instant decidedAt, Instant toldAt) {
        advance(toldAt);
        boolean late = toldAt.isAfter(decidedAt.plus(LATE));
        if (late || resumed) {
            since = resumed || since == null ? toldAt : since;
            lastLate = toldAt;
            resumed = false;
        }
        return since != null;
    }

    /// Time has passed, of a partition that may be behind itself.
    public void advance(Instant at) {
        now = at.isAfter(now) ? at : now;
        if (resumed && since == null) {
            since = now;
            lastLate = now;
        }
    }

    public boolean holding() {
        return resumed || since != null;
    }

    /// Whether all that is held is to be taken.
    public boolean over() {
        return since != null
                && !(now.isBefore(lastLate.plus(QUIET)) && now.isBefore(since.plus(LONGEST)));
    }

    /// Nothing is held any more.
    public void taken() {
        since = null;
        resumed = false;
    }
}
