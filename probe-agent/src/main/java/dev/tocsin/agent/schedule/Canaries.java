package dev.tocsin.agent.schedule;

import dev.tocsin.agent.check.Check;
import dev.tocsin.agent.probe.ProbeTypes;
import dev.tocsin.agent.probe.run.Resolver;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Targets that are up whenever this agent's own network is: when all of them fail, what else fails says nothing of its
/// target. Asked when something fails, and by the heartbeat. Thread-safe.
public final class Canaries {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /// What was just found holds for so long: a hundred checks that fail at once ask once.
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final List<Check> checks;
    private final Resolver resolver;
    private final InstantSource clock;
    private Instant askedAt = Instant.EPOCH;
    private @Nullable String offline;

    /// @throws IllegalArgumentException for a url that no probe serves
    public Canaries(
            List<String> urls,
            UnaryOperator<String> secrets,
            Resolver resolver,
            InstantSource clock) {
        checks = urls.stream().map(url -> Check.of(definition(url), secrets)).toList();
        this.resolver = resolver;
        this.clock = clock;
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
    /// long as they take, 2 s each at most.
    public synchronized @Nullable String offline() {
        if (checks.isEmpty()) {
            return null;
        }
        if (!clock.instant().isBefore(askedAt.plus(FRESH))) {
            offline = ask();
            askedAt = clock.instant();
        }
        return offline;
    }

    private @Nullable String ask() {
        var failures = new ArrayList<String>();
        for (var check : checks) {
            var finding = check.run(resolver);
            if (finding.outcome() == Outcome.PASS || finding.outcome() == Outcome.DEGRADED) {
                return null;
            }
            var failure = finding.failure();
            failures.add(
                    check.definition().getUrl()
                            + (failure == null
                                    ? ""
                                    : " " + failure.getPhase() + " " + failure.getCode()));
        }
        return String.join(", ", failures);
    }
}
