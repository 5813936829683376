package dev.tocsin.incident.engine;

/// Why something was closed, as events have it.
public final class Resolution {
    public static final String RECOVERED = "recovered";

    /// The check, or its region, is measured no more.
    public static final String CONFIG_REMOVED = "config_removed";

    public static final String CLOSED_BY_HAND = "closed_by_hand";

    private Resolution() {}
}
