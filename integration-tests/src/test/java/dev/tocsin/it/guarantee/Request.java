package dev.tocsin.it.guarantee;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;

/// What a target was sent, and what it made of that.
///
/// @param sender which start of which notifier
/// @param id the `webhook-id`
/// @param signedAt when the sender says that it sent it, to the second
/// @param at when it had arrived
/// @param taken whether people at the target have it
/// @param answered whether a 2xx was written back
/// @param delay from its arrival to the answer
public record Request(
        String target,
        String sender,
        String id,
        Instant signedAt,
        Instant at,
        JsonNode body,
        boolean taken,
        boolean answered,
        Duration delay) {
    /// Longer than a request takes from the signature to the target's socket, however busy the machine is; shorter than a session.
    private static final Duration ON_ITS_WAY = Duration.ofSeconds(7);

    /// Its sender was stopped when it had asked whether it may send and had not yet sent, and went on when it no longer might. No sender can know that;
    /// a receiver can, by the signed time.
    boolean late() {
        return at.isAfter(signedAt.plus(ON_ITS_WAY));
    }

    boolean digest() {
        return body.path("type").asText().equals("incidents.digest");
    }

    @Override
    public String toString() {
        return "%s %s from %s %s%s"
                .formatted(at, id, sender, taken ? "taken" : "refused", digest() ? " digest" : "");
    }
}
