package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Past;
import dev.tocsin.incident.engine.Severity;
import dev.tocsin.incident.engine.Times;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// An incident of one check.
///
/// @param seq of the last event told
/// @param failed regions that failed in it: all of them must pass before it closes
/// @param lost those of them that fell silent, once told
public record Incident(
        String id,
        long seq,
        Kind kind,
        Severity severity,
        Times times,
        Set<String> failed,
        Set<String> lost,
        boolean flapping,
        Past past,
        Context context,
        @Nullable String traceparent) {

    /// What it is told under.
    ///
    /// @param group it was opened in: the one that decides on its outage, also when the check has moved to another since
    /// @param suppression why nobody new is told (rule 7); null when everybody may be
    /// @param outageId the outage it is part of (rule 8)
    /// @param handling what people have done about it
    /// @param reportedBy users at most who said so at once (rule 10)
    public record Context(
            String group,
            @Nullable Suppression suppression,
            @Nullable String outageId,
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

    public Incident {
        failed = new TreeSet<>(failed);
        lost = new TreeSet<>(lost);
    }

    public boolean open() {
        return times.closedAt() == null;
    }

    public Incident told() {
        return new Incident(
                id,
                seq + 1,
                kind,
                severity,
                times,
                failed,
                lost,
                flapping,
                past,
                context,
                traceparent);
    }

    public Incident as(Kind worse, Severity now) {
        return new Incident(
                id, seq, worse, now, times, failed, lost, flapping, past, context, traceparent);
    }

    public Incident regions(Set<String> allFailed, Set<String> allLost) {
        return new Incident(
                id,
                seq,
                kind,
                severity,
                times,
                allFailed,
                allLost,
                flapping,
                past,
                context,
                traceparent);
    }

    public Incident flapping(boolean now) {
        return new Incident(
                id, seq, kind, severity, times, failed, lost, now, past, context, traceparent);
    }

    /// Fine since `ended`, or failing (null).
    public Incident ended(@Nullable Instant ended, Instant now) {
        return at(new Times(times.startedAt(), times.openedAt(), ended, times.closedAt(), now));
    }

    /// Earlier than was known when it opened.
    public Incident began(Instant earlier) {
        return at(
                new Times(
                        earlier,
                        times.openedAt(),
                        times.endedAt(),
                        times.closedAt(),
                        times.changedAt()));
    }

    public Incident closed(Instant now) {
        return at(times.closed(times.endedAt(), now));
    }

    public Incident reopened(Instant now) {
        return at(times.reopened(now)).handled(context.handling().again()).reportedBy(0);
    }

    public Incident suppressed(@Nullable Suppression by) {
        return in(
                new Context(
                        context.group, by, context.outageId, context.handling, context.reportedBy));
    }

    public Incident partOf(@Nullable String outage) {
        return in(
                new Context(
                        context.group,
                        context.suppression,
                        outage,
                        context.handling,
                        context.reportedBy));
    }

    public Incident handled(Handling handling) {
        return in(
                new Context(
                        context.group,
                        context.suppression,
                        context.outageId,
                        handling,
                        context.reportedBy));
    }

    public Incident reportedBy(int users) {
        return in(
                new Context(
                        context.group,
                        context.suppression,
                        context.outageId,
                        context.handling,
                        users));
    }

    private Incident in(Context next) {
        return new Incident(
                id, seq, kind, severity, times, failed, lost, flapping, past, next, traceparent);
    }

    private Incident at(Times next) {
        return new Incident(
                id, seq, kind, severity, next, failed, lost, flapping, past, context, traceparent);
    }
}
