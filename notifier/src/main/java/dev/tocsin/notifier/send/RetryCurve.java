package dev.tocsin.notifier.send;

import dev.tocsin.notifier.channel.DeliveryResult.Rejected;
import dev.tocsin.notifier.channel.DeliveryResult.Retry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// When to try again: dense for a minute, long for a day (DESIGN section 7). Pure.
final class RetryCurve {
    private static final List<Duration> STEPS =
            Stream.of(
                            2, 5, 10, 20, 40, 60, 120, 180, 300, 600, 1200, 2400, 3600, 7200, 14400,
                            28800)
                    .map(Duration::ofSeconds)
                    .toList();

    /// A 4xx is mostly final, but a receiver may be in the middle of a deployment: three tries in ten minutes.
    private static final List<Duration> REJECTED =
            List.of(Duration.ofMinutes(2), Duration.ofMinutes(8));

    private RetryCurve() {}

    /// @param attempts made so far, at least 1
    /// @param jitter from -1 to 1; a fifth of the step at most
    /// @return empty when it is time to give up
    static Optional<Duration> next(Retry retry, int attempts, double jitter) {
        return step(STEPS, attempts, jitter)
                .map(step -> retry.after() == null ? step : retry.after());
    }

    static Optional<Duration> next(Rejected rejected, int attempts, double jitter) {
        return rejected.targetGone() ? Optional.empty() : step(REJECTED, attempts, jitter);
    }

    private static Optional<Duration> step(List<Duration> steps, int attempts, double jitter) {
        return attempts > steps.size()
                ? Optional.empty()
                : Optional.of(
                        Duration.ofMillis(
                                (long) (steps.get(attempts - 1).toMillis() * (1 + jitter / 5))));
    }
}
