package dev.tocsin.page.view;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

/// Statuspage's words, ordered: later is worse, but for UNKNOWN, which is said only where nothing worse is known.
public enum Status {
    OPERATIONAL("operational"),
    UNKNOWN("no current data"),
    UNDER_MAINTENANCE("under maintenance"),
    DEGRADED_PERFORMANCE("degraded"),
    PARTIAL_OUTAGE("partial outage"),
    MAJOR_OUTAGE("major outage");

    private final String words;

    Status(String words) {
        this.words = words;
    }

    /// For people.
    public String words() {
        return words;
    }

    /// For programs, and the class name in the page's style sheet.
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether something is wrong, as far as is known: then it is said since when.
    boolean fails() {
        return compareTo(UNDER_MAINTENANCE) > 0;
    }

    Status worse(Status other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /// Of several that make up one thing: where some of it works, it is not all out.
    static Status ofAll(List<Status> parts) {
        var worst = parts.stream().reduce(Status::worse).orElse(UNKNOWN);
        return worst == MAJOR_OUTAGE && parts.contains(OPERATIONAL) ? PARTIAL_OUTAGE : worst;
    }
}
