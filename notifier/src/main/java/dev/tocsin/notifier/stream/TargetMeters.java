package dev.tocsin.notifier.stream;

import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.Mailbox;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// What can be watched of each target that this process tells. Thread-safe.
public final class TargetMeters {
    /// @param untold conversations that have something to tell, those on their way included
    /// @param oldest since when the first of them has; null when none has
    private record State(
            int untold, @Nullable Instant oldest, int underWay, boolean broken, boolean gone) {
        static final State NONE = new State(0, null, 0, false, false);
    }

    private static final class Watched {
        private final List<Meter> gauges = new ArrayList<>();
        private final Map<String, Counter> tries = new ConcurrentHashMap<>();
        private volatile State state = State.NONE;
    }

    private final MeterRegistry metrics;
    private final InstantSource clock;
    private final Map<String, Watched> all = new ConcurrentHashMap<>();

    /// @param clock of the mailboxes
    public TargetMeters(MeterRegistry metrics, InstantSource clock) {
        this.metrics = metrics;
        this.clock = clock;
    }

    private Watched of(String target) {
        return all.computeIfAbsent(target, this::watched);
    }

    private Watched watched(String target) {
        var watched = new Watched();
        gauge(watched, target, "tocsin_notifier_untold", State::untold);
        gauge(watched, target, "tocsin_notifier_under_way", State::underWay);
        gauge(watched, target, "tocsin_notifier_breaker_open", s -> s.broken() ? 1 : 0);
        gauge(watched, target, "tocsin_notifier_disabled", s -> s.gone() ? 1 : 0);
        gauge(watched, target, "tocsin_notifier_oldest_untold_seconds", this::age);
        return watched;
    }

    private double age(State state) {
        var oldest = state.oldest();
        return oldest == null
                ? 0
                : Math.max(0, Duration.between(oldest, clock.instant()).toMillis() / 1000.0);
    }

    private void gauge(Watched watched, String target, String name, ToDoubleFunction<State> value) {
        watched.gauges.add(
                Gauge.builder(name, watched, one -> value.applyAsDouble(one.state))
                        .tags("target", target)
                        .register(metrics));
    }

    /// How the mailbox is now.
    ///
    /// @param gone whether the target said that it wants nothing more
    void shows(String target, Mailbox mailbox, boolean gone) {
        of(target).state =
                new State(
                        mailbox.untold(),
                        mailbox.oldest(),
                        mailbox.underWay(),
                        mailbox.broken(),
                        gone);
    }

    /// @param outcome as in `delivery-attempts`
    void tried(String target, String outcome, DeliveryResult result) {
        var status = result.status() == null ? "none" : String.valueOf(result.status());
        of(target)
                .tries
                .computeIfAbsent(
                        outcome + " " + status,
                        _ ->
                                metrics.counter(
                                        "tocsin_notifier_tries_total",
                                        Tags.of(
                                                "target", target, "outcome", outcome, "status",
                                                status)))
                .increment();
    }

    /// Another process tells it from now on, or nobody.
    void forget(String target) {
        var watched = all.remove(target);
        if (watched != null) {
            watched.gauges.forEach(metrics::remove);
        }
    }

    /// Since when the first of all targets that take messages has not been told something; null when all know everything.
    @Nullable Instant oldest() {
        return all.values().stream()
                .map(watched -> watched.state)
                .filter(state -> !state.broken() && !state.gone())
                .map(State::oldest)
                .filter(java.util.Objects::nonNull)
                .min(Instant::compareTo)
                .orElse(null);
    }
}
