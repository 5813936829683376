package dev.tocsin.incident.engine.check;

/// What a check's group is to know of its incident, and nobody is told: that nothing of it that is heard fails any more, or that something
/// does again.
///
/// @param id the same at a replay
/// @param known all that there is to say of the incident now; no event
public record Aside(String id, Event known) {}
