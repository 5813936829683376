package dev.tocsin.notifier.mailbox;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Scope;
import dev.tocsin.schemas.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What whoever was told knows: the parts of a snapshot that make a difference.
///
/// @param time which time that it is open, counted from 1
/// @param again whether it was closed before, as the engine says
/// @param failing names of regions, sorted
/// @param parts of an outage: how many incidents are or were part of it, as far as they concern the target
public record Said(
        int time,
        boolean open,
        boolean again,
        IncidentKind kind,
        Severity severity,
        Scope scope,
        List<String> failing,
        boolean flapping,
        @Nullable String acknowledgedBy,
        @Nullable String suppressedBy,
        @Nullable Instant snoozedUntil,
        int parts,
        int openParts) {
    public Said {
        failing = List.copyOf(failing);
    }

    static Said of(int time, boolean open, IncidentEvent event, int parts, int openParts) {
        var since = event.getFailingSince();
        return new Said(
                time,
                open,
                since != null && since.isAfter(event.getStartedAt()),
                event.getKind(),
                event.getSeverity(),
                event.getScope(),
                event.getRegions().stream()
                        .filter(region -> region.getVerdict() == RegionVerdict.FAILING)
                        .map(RegionStatus::getRegion)
                        .sorted()
                        .toList(),
                event.getFlapping(),
                event.getAcknowledgedBy(),
                event.getSuppressedBy(),
                event.getSnoozedUntil(),
                parts,
                openParts);
    }

    /// The same while it was open.
    Said opened() {
        return new Said(
                time,
                true,
                again,
                kind,
                severity,
                scope,
                failing,
                flapping,
                acknowledgedBy,
                suppressedBy,
                snoozedUntil,
                parts,
                openParts);
    }

    /// What a target that knows `told` has not heard of `now`.
    ///
    /// @param told null where it was told nothing
    /// @param rang whether it should have heard that it opened, or of what is no longer so, and may have
    /// @param notes whether there are notes that it has not seen
    static What between(@Nullable Said told, Said now, boolean rang, boolean notes) {
        if (told == null || !told.open) {
            if (now.open) {
                return now.suppressedBy != null || now.settles()
                        ? What.NOTHING
                        : now.again ? What.REOPENED : What.OPENED;
            }
            return rang ? What.MISSED : told != null && notes ? What.NOTE : What.NOTHING;
        }
        if (!now.open) {
            return What.CLOSED;
        }
        if (told.time != now.time) {
            return now.suppressedBy == null ? What.REOPENED : told.hidden(now, rang, notes);
        }
        if (told.flapping != now.flapping) {
            return now.flapping ? What.FLAPPING : What.SETTLED;
        }
        return told.handled(now, rang, notes);
    }

    /// It flaps, and fails nowhere now, as one that is left of an outage: to whom it was not told that it fails, there is nothing to tell before it does again.
    private boolean settles() {
        return flapping
                && failing.isEmpty()
                && (kind == IncidentKind.DOWN || kind == IncidentKind.PARTIAL);
    }

    /// Of two times that it is open, the end of the first untold: what hides the second keeps it from ringing.
    private What hidden(Said now, boolean rang, boolean notes) {
        if (!Objects.equals(suppressedBy, now.suppressedBy)) {
            return What.SUPPRESSED;
        }
        return notes ? What.NOTE : rang ? What.CHANGED : What.NOTHING;
    }

    /// Of two that are open.
    private What handled(Said now, boolean rang, boolean notes) {
        if (!Objects.equals(acknowledgedBy, now.acknowledgedBy)) {
            return now.acknowledgedBy != null ? What.ACKNOWLEDGED : What.UNACKNOWLEDGED;
        }
        if (now.snoozedUntil != null && !now.snoozedUntil.equals(snoozedUntil)) {
            return What.SNOOZED;
        }
        if (!Objects.equals(suppressedBy, now.suppressedBy)) {
            return now.suppressedBy != null ? What.SUPPRESSED : What.UNSUPPRESSED;
        }
        if (notes) {
            return What.NOTE;
        }
        if (now.suppressedBy != null || now.flapping) {
            return rang ? What.CHANGED : What.NOTHING;
        }
        if (now.severity.compareTo(severity) > 0) {
            return What.WORSE;
        }
        return measured(now) && !rang ? What.NOTHING : What.CHANGED;
    }

    /// Whether the same was measured.
    private boolean measured(Said now) {
        return kind == now.kind
                && severity == now.severity
                && scope == now.scope
                && failing.equals(now.failing)
                && parts == now.parts
                && openParts == now.openParts;
    }
}
