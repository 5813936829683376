package dev.tocsin.incident.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// An opening or reopening, kept for 30 days: for the recurrence, and for flapping.
///
/// @param isNew an incident of its own, not a reopening
public record Turn(Instant at, boolean isNew) {
    private static final Duration MEMORY = Duration.ofDays(30);

    /// With this one more, and without what is too old.
    public static List<Turn> add(List<Turn> turns, Turn latest) {
        var all = new ArrayList<>(turns);
        all.removeIf(turn -> turn.at().isBefore(latest.at().minus(MEMORY)));
        all.add(latest);
        return all;
    }

    public static Past past(
            @org.jspecify.annotations.Nullable String previousId, List<Turn> turns, Instant now) {
        return new Past(
                previousId,
                opened(turns, now.minus(Duration.ofDays(7))),
                opened(turns, now.minus(MEMORY)));
    }

    private static int opened(List<Turn> turns, Instant since) {
        return (int) turns.stream().filter(t -> t.isNew() && !t.at().isBefore(since)).count();
    }
}
