package dev.tocsin.incident.engine.check;

import java.util.List;

/// What of a policy is needed to see that a result says nothing new. Most checks share theirs, so that a million results a second find it
/// in the processor's cache.
///
/// @param regions of the policy, in its order
public record Patience(
        List<String> regions, long windowMs, long staleAfterMs, long maxResultAgeMs) {}
