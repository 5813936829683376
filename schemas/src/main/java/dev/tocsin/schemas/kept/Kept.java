package dev.tocsin.schemas.kept;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A topic as Kafka describes it.
///
/// @param settings null where they may not be looked at
public record Kept(int partitions, int replicas, @Nullable Map<String, String> settings) {}
