package dev.tocsin.service;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;

/// Durations as people write them: `500ms`, `30s`, `5m`, `1h30m`, `90d`.
public final class Durations {
    private static final Pattern WHOLE = Pattern.compile("(\\d+(ms|s|m|h|d))+");
    private static final Pattern PART = Pattern.compile("(\\d+)(ms|s|m|h|d)");

    private Durations() {}

    /// For every mapper that binds what a user wrote.
    public static SimpleModule jackson() {
        return new SimpleModule().addDeserializer(Duration.class, new DurationDeserializer());
    }

    /// @throws IllegalArgumentException with a message that says how a duration is written
    public static Duration parse(String text) {
        if (!WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a duration; write it as 500ms, 30s, 5m, 1h30m or 90d");
        }
        try {
            return sum(text);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("\"" + text + "\" is longer than can be counted", e);
        }
    }

    private static Duration sum(String text) {
        var total = Duration.ZERO;
        for (var parts = PART.matcher(text); parts.find(); ) {
            long amount = Long.parseLong(parts.group(1));
            total =
                    total.plus(
                            switch (parts.group(2)) {
                                case "ms" -> Duration.ofMillis(amount);
                                case "s" -> Duration.ofSeconds(amount);
                                case "m" -> Duration.ofMinutes(amount);
                                case "h" -> Duration.ofHours(amount);
                                default -> Duration.ofDays(amount);
                            });
        }
        var _ = total.toMillis(); // throws where that is too many
        return total;
    }

    /// For people, two units at most: `90 s`, `14 min`, `2 h 30 min`, `5 days`.
    public static String words(Duration duration) {
        long seconds = duration.toSeconds();
        return seconds < 120
                ? seconds + " s"
                : seconds < 7200
                        ? seconds / 60 + " min"
                        : seconds < 172_800
                                ? "%d h %d min".formatted(seconds / 3600, seconds % 3600 / 60)
                                : seconds / 86_400 + " days";
    }

    /// For people, how long something failed that began and ended then: without its healthy times in between.
    ///
    /// @param failing how long it failed in all; zero where nobody counted
    public static String failed(Instant began, Instant ended, Duration failing) {
        var whole = words(Duration.between(began, ended));
        var all = words(failing);
        return failing.isZero() || all.equals(whole) ? whole : "failing " + all + " in all";
    }

    private static final class DurationDeserializer extends StdDeserializer<Duration> {
        DurationDeserializer() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context)
                throws IOException {
            try {
                return Durations.parse(parser.getText());
            } catch (IllegalArgumentException e) {
                throw JsonMappingException.from(parser, String.valueOf(e.getMessage()), e);
            }
        }
    }
}
