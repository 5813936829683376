package dev.tocsin.notifier.mailbox;

import dev.tocsin.schemas.IncidentKind;

/// An incident that is part of an outage, and that its target is concerned with.
public record Part(String incidentId, String name, IncidentKind kind, boolean open) {
    private static final int NAME_AT_MOST = 200;

    public Part {
        name = Text.clipped(name, NAME_AT_MOST);
    }
}
