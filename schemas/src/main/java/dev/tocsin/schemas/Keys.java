package dev.tocsin.schemas;

import java.util.Locale;

/// Keys that are made of several parts of a value: for whoever writes them, and whoever asks whether a record stands under its own.
public final class Keys {
    private Keys() {}

    /// Of `check-hours`.
    public static String of(CheckHour hour) {
        return String.join(
                "|",
                hour.getCheckId(),
                hour.getRegion(),
                hour.getAgentId(),
                Long.toString(hour.getBootEpoch()),
                hour.getHour().toString());
    }

    /// Of `catalog`, e.g. `service:shop`.
    public static String of(CatalogEntry entry) {
        return entry.getKind().name().toLowerCase(Locale.ROOT) + ":" + entry.getId();
    }
}
