package dev.tocsin.agent.schedule;

import dev.tocsin.agent.check.Check;
import dev.tocsin.agent.probe.ProbeTypes;
import dev.tocsin.agent.probe.run.Resolver;
import dev.tocsin.schemas.CheckDefinition;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Targets that are up whenever this agent's own network is: when all of them fail, what else fails says nothing of its
/// target. Asked when something fails, and by the heartbeat. Thread-safe.
public final class Canaries {
    private static final Logger LOG = LoggerFactory.getLogger(Canaries.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /// What was just found holds for so long: a hundred checks that fail at once ask once.
    private static final Duration FRESH = Duration.ofSeconds(1);

    /// Nobody waits longer for an answer.
    private static final Duration PATIENCE = TIMEOUT.plusSeconds(1);

    private final List<Check> checks;
    private final Resolver resolver;
    private @Nullable Asked asked;

    /// @param offline why; null where one was reached
    private record Answer(@Nullable String offline, long atNanos) {}

    private record Asked(CompletableFuture<Answer> answer, long atNanos) {
        boolean holds(long now) {
            var known = answer.isDone() ? answer.join() : null;
            return known == null
                    ? now - atNanos < PATIENCE.toNanos()
                    : now - known.atNanos() < FRESH.toNanos();
        }
    }

    /// @throws IllegalArgumentException for a url that no probe serves
    public Canaries(List<String> urls, UnaryOperator<String> secrets, Resolver resolver) {
        checks = urls.stream().map(url -> Check.of(definition(url), secrets)).toList();
        this.resolver = resolver;
    }

    /// @throws IllegalArgumentException for a url that no probe serves
    public static CheckDefinition definition(String url) {
        var type =
                ProbeTypes.forUrl(url)
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "canaries: \""
                                                + url
                                                + "\" has no scheme that a probe serves"));
        return Check.bare("canary", url, type, TIMEOUT);
    }

    /// Why this agent takes itself to be cut off; null when one of them is reached, and where there are none. Blocks for as
    /// long as they take, 3 s at most; whoever asks meanwhile gets the same answer, and an interruption ends only the waiting.
    public @Nullable String offline() {
        if (checks.isEmpty()) {
            return null;
        }
        try {
            return answer().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).offline();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException | TimeoutException e) {
            LOG.atDebug().setCause(e).log("canaries that say nothing say nothing");
            return null;
        }
    }

    private synchronized CompletableFuture<Answer> answer() {
        long now = System.nanoTime();
        var last = asked;
        if (last == null || !last.holds(now)) {
            last = new Asked(new CompletableFuture<>(), now);
            asked = last;
            ask(last.answer());
        }
        return last.answer();
    }

    /// All at once: the first that is reached is the answer.
    private void ask(CompletableFuture<Answer> answer) {
        var failures = new ConcurrentSkipListMap<Integer, String>();
        for (int i = 0; i < checks.size(); i++) {
            int place = i;
            Thread.ofVirtual()
                    .name("canary-" + place)
                    .start(() -> {
                        var failure = failure(checks.get(place));
                        if (failure == null) {
                            answer.complete(new Answer(null, System.nanoTime()));
                            return;
                        }
                        failures.put(place, failure);
                        if (failures.size() == checks.size()) {
                            answer.complete(
                                    new Answer(
                                            String.join(", ", failures.values()),
                                            System.nanoTime()));
                        }
                    });
        }
    }

    private @Nullable String failure(Check check) {
        var finding = check.run(resolver);
        var failure = finding.failure();
        return switch (finding.outcome()) {
            case PASS, DEGRADED -> null;
            case FAIL, ERROR, MISSED, UNKNOWN ->
                    check.definition().getUrl()
                            + (failure == null
                                    ? ""
                                    : " " + failure.getPhase() + " " + failure.getCode());
        };
    }
}
