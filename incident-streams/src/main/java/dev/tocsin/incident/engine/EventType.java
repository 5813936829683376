package dev.tocsin.incident.engine;

public enum EventType {
    OPENED,
    UPDATED,
    REOPENED,
    ACKNOWLEDGED,
    UNACKNOWLEDGED,
    SNOOZED,
    SUPPRESSED,
    UNSUPPRESSED,
    FLAPPING_STARTED,
    FLAPPING_STOPPED,
    ANNOTATED,
    CLOSED
}
