package dev.tocsin.incident.engine.check;

import java.time.Duration;
import java.time.Instant;

/// One vote of one region.
///
/// @param at event time, by the broker's clock
/// @param id of the result, `agent/boot/sequence`; the same id is the same result
/// @param failure for people; empty for a vote up
public record Sample(Instant at, Vote vote, String id, String failure) {
    /// A clock that is ahead says no more than that it happened before it was heard.
    Sample notAfter(Instant heard) {
        return at.isAfter(heard) ? new Sample(heard, vote, id, failure) : this;
    }

    /// Whether two agents of a region ran the same slot, as they may while one takes over from the other: one look at the target, and
    /// one vote.
    boolean doubles(Sample other, Duration slot) {
        return vote == other.vote
                && Duration.between(at, other.at).abs().compareTo(slot) < 0
                && !agent().equals(other.agent());
    }

    private String agent() {
        int boot = id.lastIndexOf('/', id.lastIndexOf('/') - 1);
        return boot < 0 ? "" : id.substring(0, boot);
    }
}
