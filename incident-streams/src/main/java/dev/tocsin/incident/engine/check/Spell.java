package dev.tocsin.incident.engine.check;

import java.time.Instant;

/// A time in which a region failed.
///
/// @param since its first failure
/// @param failedAt the failure with which that was sure
/// @param until the first pass after it; as long as there is none, the last failure
/// @param failure for people
public record Spell(Instant since, Instant failedAt, Instant until, String failure) {
    boolean at(Instant time) {
        return !time.isBefore(failedAt) && !time.isAfter(until);
    }

    Spell until(Instant end) {
        return end.isAfter(until) ? new Spell(since, failedAt, end, failure) : this;
    }

    /// The two, and what is between.
    Spell and(Spell later) {
        return until(later.until);
    }
}
