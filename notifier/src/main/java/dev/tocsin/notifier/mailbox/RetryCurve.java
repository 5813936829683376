package dev.tocsin.notifier.mailbox;

import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// How long after a try the next is made: dense for a minute, long for a day (DESIGN section 7).
final class RetryCurve {
    private static final List<Duration> STEPS =
            Stream.of(
                            2, 5, 10, 20, 40, 60, 120, 180, 300, 600, 1200, 2400, 3600, 7200, 14400,
                            28800)
                    .map(Duration::ofSeconds)
                    .toList();

    /// A 3xx or another 4xx says that the receiver is set up wrong: people mend that, not time.
    private static final List<Duration> REJECTED =
            Stream.of(2, 10, 30, 60).map(Duration::ofMinutes).toList();

    /// A target that says 429 and not for how long.
    private static final Duration SLOW_DOWN = Duration.ofSeconds(30);

    private static final int TOO_MANY_REQUESTS = 429;

    private RetryCurve() {}

    /// @param made tries so far, at least 1
    /// @param jitter from -1 to 1; a fifth of the step at most
    static Duration pause(DeliveryResult result, int made, double jitter) {
        var steps = result instanceof Retry ? STEPS : REJECTED;
        var step = steps.get(Math.min(made, steps.size()) - 1);
        var own = Duration.ofMillis((long) (step.toMillis() * (1 + jitter / 5)));
        var asked = asked(result);
        return asked.compareTo(own) > 0 ? asked : own;
    }

    /// What the target asked for, whatever is sent to it; zero when it asked for nothing.
    static Duration asked(DeliveryResult result) {
        if (!(result instanceof Retry retry)) {
            return Duration.ZERO;
        }
        if (retry.after() != null) {
            return retry.after();
        }
        return retry.status() != null && retry.status() == TOO_MANY_REQUESTS
                ? SLOW_DOWN
                : Duration.ZERO;
    }
}
