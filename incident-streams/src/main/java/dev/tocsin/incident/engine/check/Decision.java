package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Verdict;
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
    /// @param isolated it does not vote, whatever its verdict
    public record Standing(
            @Nullable Verdict verdict,
            boolean isolated,
            @Nullable Instant since,
            @Nullable Instant lastVoteAt,
            String failure) {
        boolean votes() {
            return verdict != null && !isolated;
        }

        boolean is(Verdict other) {
            return votes() && verdict == other;
        }
    }

    /// Judges at `now`. Silent and isolated regions do not vote; a region counts as silent until it is heard.
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
                    last == null
                            || (Duration.between(last, now).compareTo(policy.staleAfter()) > 0
                                    && !policy.around().graces(policy.staleAfter(), now));
            boolean isolated = policy.around().isolated().contains(name);
            standings.put(
                    name,
                    new Standing(
                            silent ? null : region.verdict(),
                            isolated,
                            region.since(),
                            last,
                            region.failure()));
            if (silent || last == null || isolated) {
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

    public int isolated() {
        return (int) standings.values().stream().filter(Standing::isolated).count();
    }

    /// The region that fails while every other that is heard sees the target up, and at least one does; or null.
    public @Nullable String failsAlone() {
        String alone = null;
        int up = 0;
        for (var entry : standings.entrySet()) {
            var standing = entry.getValue();
            if (standing.verdict() == Verdict.FAILING) {
                if (alone != null) {
                    return null;
                }
                alone = entry.getKey();
            } else if (standing.votes()) {
                up++;
            }
        }
        return up > 0 ? alone : null;
    }

    /// In a sentence.
    public String explanation() {
        return "%s: %d of %d regions vote%s, %d fail, %d degraded; %d failing of at least %d voting are needed%s"
                .formatted(
                        state,
                        voting,
                        configured,
                        isolated() == 0 ? "" : " (" + isolated() + " cut off)",
                        failing,
                        degraded,
                        need,
                        minRegions,
                        configured == 1
                                ? "; with a single region its own loss cannot be told from an outage"
                                : "");
    }
}
