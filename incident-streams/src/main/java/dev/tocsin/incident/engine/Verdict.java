package dev.tocsin.incident.engine;

/// What a region's votes say of a check.
public enum Verdict {
    PASSING,
    DEGRADED,
    FAILING,
    /// It failed, then nothing was heard of it, and too little since: neither of both is proven.
    UNDECIDED
}
