package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Past;
import dev.tocsin.incident.engine.Severity;
import dev.tocsin.incident.engine.Times;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An incident of one check.
///
/// @param seq of the last event told
/// @param kind and `severity`: as it is now; once it is closed, the worst it was
/// @param toldAt when something was told of it last
/// @param otherScopeSince since when its scope is another than was told; null while it is as told
/// @param heard what its group knows of what is heard of it
public record Incident(
        String id,
        long seq,
        Instant toldAt,
        @Nullable Instant otherScopeSince,
        Kind kind,
        Severity severity,
        Worst worst,
        Times times,
        Places places,
        boolean flapping,
        Past past,
        Context context,
        @Nullable String traceparent,
        Heard heard) {
    /// What it is told under.
    ///
    /// @param group it was opened in: the one that decides on its outage, also when the check has moved to another since
    /// @param suppression why nobody new is told (rule 7); null when everybody may be
    /// @param outageId the outage it is part of (rule 8)
    /// @param grouped whether it is known, this time that it is open, that it is part of that outage, or of none for now
    /// @param handling what people have done about it
    /// @param reportedBy users at most who said so at once (rule 10)
    public record Context(
            String group,
            @Nullable Suppression suppression,
            @Nullable String outageId,
            boolean grouped,
            Handling handling,
            int reportedBy) {
        public @Nullable String suppressedBy() {
            return suppression == null ? null : suppression.by();
        }

        /// The incident that explains it, or null.
        public @Nullable String rootIncidentId() {
            return suppression == null ? null : suppression.rootIncidentId();
        }
    }

    public boolean open() {
        return times.open();
    }

    /// Whether no region is fine: as it is now, or once it is closed, as it was at its worst.
    public boolean everywhere() {
        return open() ? places.everywhere() : worst.everywhere();
    }

    Incident told(Instant now) {
        return new Incident(
                id,
                seq + 1,
                now,
                null,
                kind,
                severity,
                open() ? worst.and(kind, severity, places.everywhere()) : worst,
                times,
                places,
                flapping,
                past,
                context,
                traceparent,
                heard);
    }

    /// It is known now that it was once that bad.
    Incident wasOnce(Kind once, Severity grade) {
        return graded(kind, severity, worst.and(once, grade, false));
    }

    Incident as(Kind now, Severity grade) {
        return graded(now, grade, worst.and(now, grade, false));
    }

    private Incident graded(Kind now, Severity grade, Worst ever) {
        return new Incident(
                id,
                seq,
                toldAt,
                otherScopeSince,
                now,
                grade,
                ever,
                times,
                places,
                flapping,
                past,
                context,
                traceparent,
                heard);
    }

    /// It is known now that it also failed in a time before, and was fine in between.
    Incident failedBefore(Instant from, Instant to) {
        return at(times.failedBefore(from, to));
    }

    /// It is known now that these failed, too.
    Incident failedIn(Set<String> regions) {
        return at(
                new Places(
                        Places.plus(places.failed(), regions),
                        places.failing(),
                        places.fine(),
                        places.lost()));
    }

    Incident at(Places now) {
        return with(otherScopeSince, times, now, context);
    }

    /// As it is now, and not told yet.
    Incident untold(Places where, Instant now) {
        boolean asTold = where.everywhere() == toldEverywhere();
        var since = otherScopeSince == null ? now : otherScopeSince;
        return with(asTold ? null : since, times, where, context);
    }

    /// Whether the last event of it, while it is open, says that no region is fine.
    boolean toldEverywhere() {
        return places.everywhere() == (otherScopeSince == null);
    }

    Incident flapping(boolean now) {
        return new Incident(
                id,
                seq,
                toldAt,
                otherScopeSince,
                kind,
                severity,
                worst,
                times,
                places,
                now,
                past,
                context,
                traceparent,
                heard);
    }

    /// Fine since `ended`, or failing (null).
    Incident ended(@Nullable Instant ended, Instant now) {
        return at(times.ended(ended, now));
    }

    /// Earlier than was known when it opened.
    Incident began(Instant earlier) {
        return at(times.began(earlier));
    }

    Incident closed(Instant now) {
        return as(worst.kind(), worst.severity()).at(times.closed(times.endedAt(), now));
    }

    /// @param since when it failed again
    Incident reopened(Instant since, Instant now) {
        return at(times.reopened(since, now))
                .in(
                        new Context(
                                context.group,
                                context.suppression,
                                null,
                                false,
                                context.handling.again(),
                                0));
    }

    Incident suppressed(@Nullable Suppression by) {
        return in(
                new Context(
                        context.group,
                        by,
                        context.outageId,
                        context.grouped,
                        context.handling,
                        context.reportedBy));
    }

    /// @param outage null for none any more
    Incident partOf(@Nullable String outage) {
        return in(
                new Context(
                        context.group,
                        context.suppression,
                        outage,
                        outage != null || context.grouped,
                        context.handling,
                        context.reportedBy));
    }

    /// It is known what it is part of.
    Incident grouped() {
        return in(
                new Context(
                        context.group,
                        context.suppression,
                        context.outageId,
                        true,
                        context.handling,
                        context.reportedBy));
    }

    Incident handled(Handling handling) {
        return in(
                new Context(
                        context.group,
                        context.suppression,
                        context.outageId,
                        context.grouped,
                        handling,
                        context.reportedBy));
    }

    Incident reportedBy(int users) {
        return in(
                new Context(
                        context.group,
                        context.suppression,
                        context.outageId,
                        context.grouped,
                        context.handling,
                        users));
    }

    private Incident in(Context next) {
        return with(otherScopeSince, times, places, next);
    }

    private Incident at(Times next) {
        return with(otherScopeSince, next, places, context);
    }

    private Incident with(@Nullable Instant scopeSince, Times when, Places where, Context under) {
        return new Incident(
                id,
                seq,
                toldAt,
                scopeSince,
                kind,
                severity,
                worst,
                when,
                where,
                flapping,
                past,
                under,
                traceparent,
                heard);
    }

    /// Its group knows that.
    public Incident heard(Heard now) {
        return new Incident(
                id,
                seq,
                toldAt,
                otherScopeSince,
                kind,
                severity,
                worst,
                times,
                places,
                flapping,
                past,
                context,
                traceparent,
                now);
    }
}
