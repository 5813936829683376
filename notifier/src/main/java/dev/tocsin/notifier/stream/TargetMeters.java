package dev.tocsin.notifier.stream;

import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.Line;
import dev.tocsin.notifier.mailbox.Mailbox;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// What can be watched of each target that this process tells. Thread-safe.
public final class TargetMeters {
    /// @param untold conversations that have something to tell, those on their way included
    /// @param oldest since when the first of them has; null when none has
    /// @param dueSince since when something is due at a target that takes messages; null when nothing is
    private record State(
            int untold,
            @Nullable Instant oldest,
            @Nullable Instant dueSince,
            int underWay,
            int failures,
            boolean gone) {
        static final State NONE = new State(0, null, null, 0, 0, false);
    }

    private static final class Watched {
        private final List<Meter> gauges = new ArrayList<>();
        private final Map<String, Counter> tries = new ConcurrentHashMap<>();
        private volatile State state = State.NONE;
    }

    /// Whoever has many to tell (a digest each twelve seconds) is done by then.
    private static final Duration TOO_LONG = Duration.ofMinutes(2);

    private final MeterRegistry metrics;
    private final Set<String> targets;
    private final InstantSource clock;
    private final Map<String, Watched> all = new ConcurrentHashMap<>();

    /// @param targets ids of those that there are
    /// @param clock of the mailboxes
    public TargetMeters(MeterRegistry metrics, Set<String> targets, InstantSource clock) {
        this.metrics = metrics;
        this.targets = Set.copyOf(targets);
        this.clock = clock;
        Gauge.builder("tocsin_notifier_targets", this.targets, Set::size)
                .description("Targets that the configuration names, each recipient for itself.")
                .register(metrics);
        Gauge.builder("tocsin_notifier_targets_told_here", all, Map::size)
                .description(
                        "Targets that this process tells now; others of its like tell the rest.")
                .register(metrics);
    }

    private Watched of(String target) {
        return all.computeIfAbsent(target, this::watched);
    }

    private Watched watched(String target) {
        var watched = new Watched();
        gauge(
                watched,
                target,
                "tocsin_notifier_untold",
                "Conversations that have something to tell the target, those under way included.",
                State::untold);
        gauge(
                watched,
                target,
                "tocsin_notifier_under_way",
                "Messages that are under way to the target.",
                State::underWay);
        gauge(
                watched,
                target,
                "tocsin_notifier_failures_in_a_row",
                "Tries that failed since the target last took a message.",
                State::failures);
        gauge(
                watched,
                target,
                "tocsin_notifier_breaker_open",
                "1 while the target is tried with one message at a time, as it fails.",
                s -> s.failures() >= Line.OPEN_AT ? 1 : 0);
        gauge(
                watched,
                target,
                "tocsin_notifier_disabled",
                "1 while the target wants nothing more (it answered 410).",
                s -> s.gone() ? 1 : 0);
        gauge(
                watched,
                target,
                "tocsin_notifier_oldest_untold_seconds",
                "For how long the oldest that the target should hear of has waited; 0 where nothing does.",
                this::age);
        return watched;
    }

    private double age(State state) {
        var oldest = state.oldest();
        return oldest == null
                ? 0
                : Math.max(0, Duration.between(oldest, clock.instant()).toMillis() / 1000.0);
    }

    private void gauge(
            Watched watched,
            String target,
            String name,
            String description,
            ToDoubleFunction<State> value) {
        watched.gauges.add(
                Gauge.builder(name, watched, one -> value.applyAsDouble(one.state))
                        .description(description)
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
                        mailbox.dueSince(clock.instant()),
                        mailbox.underWay(),
                        mailbox.failures(),
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
                                Counter.builder("tocsin_notifier_tries_total")
                                        .description(
                                                "Tries to tell the target, by what came of them and the status that it answered.")
                                        .tags(
                                                "target", target, "outcome", outcome, "status",
                                                status)
                                        .register(metrics))
                .increment();
    }

    /// Decided on before: offsets were set back.
    void history(String topic) {
        Counter.builder("tocsin_notifier_history_total")
                .description(
                        "Records that were decided on before, read again since offsets were set back.")
                .tag("topic", topic)
                .register(metrics)
                .increment();
    }

    /// Another process tells it from now on, or nobody.
    void forget(String target) {
        var watched = all.remove(target);
        if (watched != null) {
            watched.gauges.forEach(metrics::remove);
        }
    }

    /// Why people are not told by this process; null when they are, as far as their targets take messages.
    public @Nullable String trouble() {
        var now = clock.instant();
        boolean late =
                targets.stream()
                        .map(all::get)
                        .filter(Objects::nonNull)
                        .map(watched -> watched.state.dueSince())
                        .filter(Objects::nonNull)
                        .anyMatch(since -> Duration.between(since, now).compareTo(TOO_LONG) > 0);
        if (late) {
            return "a target that takes messages has not been told what it should be for "
                    + TOO_LONG.toMinutes()
                    + " minutes";
        }
        boolean nobody =
                !targets.isEmpty() && targets.stream().allMatch(target -> fails(all.get(target)));
        return nobody ? "no target takes messages" : null;
    }

    private static boolean fails(@Nullable Watched watched) {
        return watched != null && (watched.state.failures() > 0 || watched.state.gone());
    }
}
