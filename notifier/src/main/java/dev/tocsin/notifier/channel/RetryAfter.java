package dev.tocsin.notifier.channel;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/// HTTP's `Retry-After`: seconds or a date (RFC 9110, 10.2.3).
final class RetryAfter {
    private RetryAfter() {}

    /// Null where there is none that can be read, and then the retry curve holds.
    static @Nullable Duration parse(@Nullable String header, Instant now, Duration cap) {
        if (header == null) {
            return null;
        }
        Duration asked;
        try {
            asked =
                    header.strip().matches("\\d{1,9}")
                            ? Duration.ofSeconds(Long.parseLong(header.strip()))
                            : Duration.between(
                                    now,
                                    ZonedDateTime.parse(
                                            header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME));
        } catch (DateTimeException e) {
            return null;
        }
        return asked.isNegative() ? Duration.ZERO : asked.compareTo(cap) > 0 ? cap : asked;
    }
}
