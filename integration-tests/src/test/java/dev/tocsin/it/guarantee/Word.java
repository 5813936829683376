package dev.tocsin.it.guarantee;

import org.jspecify.annotations.Nullable;

/// What people at a target heard of one incident in one message.
///
/// @param seq of the event that it tells; null where a digest is not on record, for a digest does not say
/// @param what as `opened`; null where a digest does not name the incident
/// @param open null where neither the message nor the record says so
public record Word(
        Request request,
        String incident,
        @Nullable Long seq,
        @Nullable String what,
        @Nullable Boolean open) {
    @Override
    public String toString() {
        return "%s: %s seq=%s open=%s".formatted(request, what, seq, open);
    }
}
