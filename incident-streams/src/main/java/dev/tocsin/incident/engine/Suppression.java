package dev.tocsin.incident.engine;

import org.jspecify.annotations.Nullable;

/// Why nobody new is told of an incident (rule 7).
///
/// @param by a kind and a name: `maintenance:db-upgrade`, `snooze:ana`, `depends-on:edge-dns`
/// @param rootIncidentId of `depends-on`: the incident that explains it; null while its parents' verdicts are waited for
public record Suppression(String by, @Nullable String rootIncidentId) {}
