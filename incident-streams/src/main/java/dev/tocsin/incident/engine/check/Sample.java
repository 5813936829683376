package dev.tocsin.incident.engine.check;

import java.time.Instant;

/// One vote of one region.
///
/// @param at event time, by the broker's clock
/// @param id of the result; the same id is the same result
/// @param failure for people; empty for a vote up
public record Sample(Instant at, Vote vote, String id, String failure) {
    /// A clock that is ahead says no more than that it happened before it was heard.
    public Sample notAfter(Instant heard) {
        return at.isAfter(heard) ? new Sample(heard, vote, id, failure) : this;
    }
}
