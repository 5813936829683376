package dev.tocsin.notifier.rehearsal;

import dev.tocsin.schemas.IncidentEvent;
import java.time.Instant;

/// An event of the engine's.
///
/// @param at when the notifier is told
public record Fed(Instant at, IncidentEvent event) {}
