package dev.tocsin.incident.engine;

public enum Verdict {
    PASSING,
    DEGRADED,
    FAILING
}
