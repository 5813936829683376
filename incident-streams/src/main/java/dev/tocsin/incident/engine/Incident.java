package dev.tocsin.incident.engine;

import dev.tocsin.incident.engine.Policy.Severity;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// An incident of one check; open while `closedAt` is null.
///
/// @param seq of the last event told
/// @param failed regions that failed in it: all of them must pass before it closes
/// @param lost those of them that fell silent, once told
/// @param changedAt when it last turned between failing and fine; the quiet of flapping counts from here
public record Incident(
        String id,
        long seq,
        Kind kind,
        Severity severity,
        Instant startedAt,
        Instant openedAt,
        @Nullable Instant endedAt,
        @Nullable Instant closedAt,
        Set<String> failed,
        Set<String> lost,
        boolean flapping,
        Instant changedAt,
        @Nullable String previousId,
        int in7Days,
        int in30Days,
        @Nullable String traceparent) {
    /// Ordered: a later one replaces an earlier one in the same incident.
    public enum Kind {
        NO_DATA,
        DEGRADED,
        PARTIAL,
        DOWN
    }

    public Incident {
        failed = new TreeSet<>(failed);
        lost = new TreeSet<>(lost);
    }

    boolean open() {
        return closedAt == null;
    }

    Incident told() {
        return new Incident(
                id,
                seq + 1,
                kind,
                severity,
                startedAt,
                openedAt,
                endedAt,
                closedAt,
                failed,
                lost,
                flapping,
                changedAt,
                previousId,
                in7Days,
                in30Days,
                traceparent);
    }

    Incident as(Kind worse, Severity now) {
        return new Incident(
                id,
                seq,
                worse,
                now,
                startedAt,
                openedAt,
                endedAt,
                closedAt,
                failed,
                lost,
                flapping,
                changedAt,
                previousId,
                in7Days,
                in30Days,
                traceparent);
    }

    Incident regions(Set<String> allFailed, Set<String> allLost) {
        return new Incident(
                id,
                seq,
                kind,
                severity,
                startedAt,
                openedAt,
                endedAt,
                closedAt,
                allFailed,
                allLost,
                flapping,
                changedAt,
                previousId,
                in7Days,
                in30Days,
                traceparent);
    }

    /// Fine since `ended`, or failing (null).
    Incident ended(@Nullable Instant ended, Instant now) {
        return new Incident(
                id,
                seq,
                kind,
                severity,
                startedAt,
                openedAt,
                ended,
                closedAt,
                failed,
                lost,
                flapping,
                now,
                previousId,
                in7Days,
                in30Days,
                traceparent);
    }

    Incident closed(@Nullable Instant at) {
        return new Incident(
                id,
                seq,
                kind,
                severity,
                startedAt,
                openedAt,
                at == null ? null : endedAt,
                at,
                failed,
                lost,
                flapping,
                at == null ? changedAt : at,
                previousId,
                in7Days,
                in30Days,
                traceparent);
    }

    Incident flapping(boolean now) {
        return new Incident(
                id,
                seq,
                kind,
                severity,
                startedAt,
                openedAt,
                endedAt,
                closedAt,
                failed,
                lost,
                now,
                changedAt,
                previousId,
                in7Days,
                in30Days,
                traceparent);
    }
}
