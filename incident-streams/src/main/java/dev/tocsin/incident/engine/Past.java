package dev.tocsin.incident.engine;

import org.jspecify.annotations.Nullable;

/// Earlier incidents of the same check.
///
/// @param in7Days and `in30Days`: how many, this one included
public record Past(@Nullable String previousId, int in7Days, int in30Days) {}
