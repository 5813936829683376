package dev.tocsin.incident.engine.check;

import java.time.Instant;

/// Users who say that a check's service fails for them (rule 10).
///
/// @param users different ones within the last five minutes
/// @param until from then on they say nothing any more
public record Reports(int users, Instant until) {
    public static final Reports NONE = new Reports(0, Instant.EPOCH);

    boolean count(Instant now) {
        return users > 0 && now.isBefore(until);
    }
}
