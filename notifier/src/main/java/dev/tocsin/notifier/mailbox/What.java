package dev.tocsin.notifier.mailbox;

/// What a target has not heard yet of a conversation, the weightiest first.
public enum What {
    OPENED,
    REOPENED,

    /// It opened and ended while the target could not be told.
    MISSED,
    CLOSED,
    FLAPPING,

    /// It flaps no more.
    SETTLED,
    ACKNOWLEDGED,
    UNACKNOWLEDGED,
    SNOOZED,
    SUPPRESSED,
    UNSUPPRESSED,
    NOTE,

    /// More severe than it was told.
    WORSE,

    /// Something else about it, as where it fails.
    CHANGED,
    NOTHING;

    public boolean begins() {
        return this == OPENED || this == REOPENED;
    }
}
