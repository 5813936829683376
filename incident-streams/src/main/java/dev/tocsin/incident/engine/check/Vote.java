package dev.tocsin.incident.engine.check;

/// What a result says of the target; results that say nothing of it are not votes.
public enum Vote {
    UP,
    DEGRADED,
    DOWN
}
