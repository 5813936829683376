package dev.tocsin.incident.engine;

import dev.tocsin.incident.engine.Region.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The verdict on a check with the votes behind it (rules 2 and 9).
public record Decision(
        Map<String, Standing> standings,
        int configured,
        int voting,
        int failing,
        int degraded,
        int need,
        int minRegions,
        State state) {
    public enum State {
        UP,
        DEGRADED,
        PARTIAL,
        DOWN,
        UNKNOWN
    }

    /// @param verdict null when the region is silent
    public record Standing(
            @Nullable Verdict verdict,
            @Nullable Instant since,
            @Nullable Instant lastVoteAt,
            String failure) {
        boolean silent() {
            return verdict == null;
        }
    }

    /// Judges at `now`. Silent regions do not vote: a region counts as silent until it is heard.
    public static Decision of(CheckState state, Policy policy, Instant now) {
        var standings = new TreeMap<String, Standing>();
        int voting = 0;
        int failing = 0;
        int degraded = 0;
        Instant newest = Instant.MIN;
        boolean newestFails = false;
        for (var name : policy.regions()) {
            var region = state.region(name);
            var last = region.newestVote();
            boolean silent =
                    last == null || Duration.between(last, now).compareTo(policy.staleAfter()) > 0;
            standings.put(
                    name,
                    new Standing(
                            silent ? null : region.verdict(),
                            region.since(),
                            last,
                            region.failure()));
            if (silent || last == null) {
                continue;
            }
            voting++;
            if (region.verdict() == Verdict.FAILING) {
                failing++;
                if (last.isAfter(newest)) {
                    newest = last;
                    newestFails = region.newestIsFailure();
                }
            } else if (region.verdict() == Verdict.DEGRADED) {
                degraded++;
            }
        }
        int need = policy.quorum().need(policy.regions().size(), voting);
        State verdict;
        if (voting >= policy.minRegions() && failing >= need && newestFails) {
            verdict = State.DOWN;
        } else if (failing > 0) {
            verdict = State.PARTIAL;
        } else if (voting < policy.minRegions()) {
            verdict = State.UNKNOWN;
        } else {
            verdict = degraded >= need ? State.DEGRADED : State.UP;
        }
        return new Decision(
                standings,
                policy.regions().size(),
                voting,
                failing,
                degraded,
                need,
                policy.minRegions(),
                verdict);
    }

    /// In a sentence.
    public String explanation() {
        return "%s: %d of %d regions vote, %d fail, %d degraded; %d failing of at least %d voting are needed%s"
                .formatted(
                        state,
                        voting,
                        configured,
                        failing,
                        degraded,
                        need,
                        minRegions,
                        configured == 1
                                ? "; with a single region its own loss cannot be told from an outage"
                                : "");
    }
}
