package dev.tocsin.incident.engine;

/// Ordered: a later one replaces an earlier one in the same incident.
public enum Kind {
    NO_DATA,
    DEGRADED,
    PARTIAL,
    DOWN
}
