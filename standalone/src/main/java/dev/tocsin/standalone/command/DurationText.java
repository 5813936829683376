package dev.tocsin.standalone.command;

import dev.tocsin.service.ConfigException;
import dev.tocsin.service.Durations;
import java.time.Duration;

/// Durations on the command line, as the configuration writes them.
final class DurationText {
    private DurationText() {}

    /// @param option that an error names, e.g. `--for`
    /// @throws ConfigException for what is no duration
    static Duration of(String option, String text) {
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(option + ": " + e.getMessage());
        }
    }
}
