package dev.tocsin.incident.engine.outage;

/// What an incident says of a region.
public enum Standing {
    PASSING,
    DEGRADED,
    FAILING,
    SILENT,
    ISOLATED,
    UNKNOWN;

    public boolean heard() {
        return this == PASSING || this == DEGRADED || this == FAILING;
    }
}
