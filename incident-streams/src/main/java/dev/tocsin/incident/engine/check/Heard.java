package dev.tocsin.incident.engine.check;

/// What the group of an incident knows of what is heard of it, beside what was told.
public enum Heard {
    /// Something of it fails, as was told or since.
    FAILS,
    /// Nothing of it that is heard fails any more, and something passes: no outage is said to fail because of it.
    PASSES,
    /// By what was told last nothing of it was heard to fail, as after a start: when something does, nothing need be told, and the group is to know.
    NOTHING
}
