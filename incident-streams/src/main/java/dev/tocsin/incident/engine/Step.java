package dev.tocsin.incident.engine;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an input led to.
///
/// @param touched whether anything but a last-seen time may have changed: only then is there something to store
/// @param deadline when a tick is needed next if nothing else happens
public record Step(
        CheckState next, List<Event> events, boolean touched, @Nullable Instant deadline) {}
