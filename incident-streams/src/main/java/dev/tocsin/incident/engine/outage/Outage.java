package dev.tocsin.incident.engine.outage;

import dev.tocsin.incident.engine.Command;
import dev.tocsin.incident.engine.Past;
import dev.tocsin.incident.engine.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Incidents of one group that overlap in time, as one (rule 8): of it what does not follow from its members.
///
/// @param seq of the last event told
/// @param toldAt when it was last told how it is
/// @param joined how many incidents are or were part of it
/// @param told its extent as told last, `worst` all that it ever had
/// @param recoveredAt when the last of those recovered that have; null where none has this time
/// @param resolution why it was closed; null while it is open
/// @param reopenWithin the longest of its members
/// @param commands ids of the last ones that were said of it
public record Outage(
        String id,
        long seq,
        Instant toldAt,
        Times times,
        int joined,
        Extent told,
        Extent worst,
        @Nullable Instant recoveredAt,
        @Nullable String resolution,
        Duration reopenWithin,
        Past past,
        @Nullable String traceparent,
        List<String> commands) {

    public Outage {
        commands =
                commands == null
                        ? List.of()
                        : List.copyOf(commands); // not in what older builds stored
    }

    public boolean open() {
        return times.open();
    }

    /// Until then a failure may reopen it, and what it was made of is remembered; null while it is open.
    public @Nullable Instant rememberedUntil() {
        var closedAt = times.closedAt();
        return closedAt == null ? null : closedAt.plus(reopenWithin);
    }

    Outage told(Extent extent, Instant now) {
        return new Outage(
                id,
                seq + 1,
                now,
                times,
                joined,
                extent,
                worst.or(extent),
                recoveredAt,
                resolution,
                reopenWithin,
                past,
                traceparent,
                commands);
    }

    /// Something was said of it that is no news of how it is.
    Outage noted(Command note) {
        return new Outage(
                id,
                seq + 1,
                toldAt,
                times,
                joined,
                told,
                worst,
                recoveredAt,
                resolution,
                reopenWithin,
                past,
                traceparent,
                note.after(commands));
    }

    /// It fails again.
    Outage reopened(Instant since, Instant now) {
        return with(times.reopened(since, now), null, null);
    }

    /// @param ended when the last of it did
    Outage closed(Instant ended, Instant now, String why) {
        return with(times.closed(ended, now), ended, why);
    }

    private Outage with(Times next, @Nullable Instant recovered, @Nullable String why) {
        return new Outage(
                id,
                seq,
                toldAt,
                next,
                joined,
                told,
                worst,
                recovered,
                why,
                reopenWithin,
                past,
                traceparent,
                commands);
    }

    /// One more is part of it.
    Outage join(Child child) {
        return new Outage(
                id,
                seq,
                toldAt,
                times,
                joined + 1,
                told,
                worst,
                recoveredAt,
                resolution,
                child.reopenWithin().compareTo(reopenWithin) > 0
                        ? child.reopenWithin()
                        : reopenWithin,
                past,
                traceparent,
                commands);
    }

    Outage reaching(Extent extent) {
        return new Outage(
                id,
                seq,
                toldAt,
                times,
                joined,
                told,
                worst.or(extent),
                recoveredAt,
                resolution,
                reopenWithin,
                past,
                traceparent,
                commands);
    }

    Outage recovered(Instant at) {
        return with(times, recoveredAt == null || at.isAfter(recoveredAt) ? at : recoveredAt, null);
    }
}
