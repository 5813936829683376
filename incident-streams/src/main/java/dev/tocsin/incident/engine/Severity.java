package dev.tocsin.incident.engine;

/// Ordered: later is worse.
public enum Severity {
    INFO,
    WARNING,
    ERROR,
    CRITICAL;

    public Severity raised() {
        return switch (this) {
            case INFO -> WARNING;
            case WARNING -> ERROR;
            case ERROR, CRITICAL -> CRITICAL;
        };
    }
}
