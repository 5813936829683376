package dev.tocsin.agent.check;

import org.jspecify.annotations.Nullable;

/// The id of a region: an agent's folder, its host's name and its topics' keys have it.
public final class RegionName {
    private RegionName() {}

    /// Why it is none, or null.
    public static @Nullable String wrong(String region) {
        return region.matches("[a-z0-9][a-z0-9-]{0,49}")
                ? null
                : "\"" + region + "\" must be 1 to 50 of a-z 0-9 -, e.g. eu-west";
    }
}
