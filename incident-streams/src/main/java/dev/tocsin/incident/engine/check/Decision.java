package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The verdict on a check with the votes behind it (rules 2 and 9).
///
/// @param electorate regions that the quorum is counted from: those that vote, those that have had no chance to since the process
///     started, and those that voted when what is under way began. Silence and isolation cannot shrink it meanwhile
public record Decision(
        Map<String, Standing> standings,
        int configured,
        int voting,
        int failing,
        int degraded,
        int electorate,
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

    /// Why a region does not vote. None of them is up, and none is down.
    public enum Unknown {
        /// Nothing has come from there for longer than it should take.
        SILENT,
        /// What it sees says more of it than of the target.
        ISOLATED,
        /// It has had no chance to be heard yet since the process started, or since time stood still.
        UNHEARD
    }

    /// @param verdict by its last votes, whether they count now or not
    /// @param unknown why it does not vote; null when it does
    /// @param newest its newest vote that was kept, whatever its verdict; null for none
    public record Standing(
            Verdict verdict,
            @Nullable Unknown unknown,
            @Nullable Instant since,
            @Nullable Instant lastVoteAt,
            @Nullable Vote newest,
            String failure) {
        public boolean votes() {
            return unknown == null;
        }

        public boolean is(Verdict other) {
            return votes() && verdict == other;
        }

        /// Not heard yet, and passing when the process before this one heard it last.
        boolean wasFine() {
            return unknown == Unknown.UNHEARD && verdict == Verdict.PASSING;
        }

        /// Its vote speaks for an incident of this kind.
        boolean concerned(Kind kind) {
            return is(Verdict.FAILING) || (kind == Kind.DEGRADED && is(Verdict.DEGRADED));
        }

        public boolean newestFails() {
            return newest == Vote.DOWN;
        }

        /// It fails, and its newest vote does not speak for an incident of this kind.
        boolean failedBefore(Kind kind) {
            return verdict == Verdict.FAILING
                    && !newestFails()
                    && !(kind == Kind.DEGRADED && newest == Vote.DEGRADED);
        }

        /// Its newest vote is of now, and none of a backlog alone.
        boolean isFresh(Instant now, Policy policy) {
            return lastVoteAt != null && !now.isAfter(lastVoteAt.plus(policy.staleAfter()));
        }

        /// Seen up.
        boolean passes(Kind kind) {
            return is(Verdict.PASSING) || (is(Verdict.DEGRADED) && kind != Kind.DEGRADED);
        }

        /// Seen up, and not failing just now.
        boolean fine(Kind kind) {
            return !newestFails() && passes(kind);
        }
    }

    /// Judges at `now`.
    public static Decision of(CheckState state, Policy policy, Instant now) {
        var standings = new TreeMap<String, Standing>();
        int voting = 0;
        int failing = 0;
        int degraded = 0;
        int electorate = 0;
        Instant newest = Instant.MIN;
        boolean newestFails = false;
        for (var name : policy.regions()) {
            var region = state.region(name);
            var last = region.newestVote();
            var unknown = unknown(name, region, policy, now);
            standings.put(
                    name,
                    new Standing(
                            region.verdict(),
                            unknown,
                            region.since(),
                            last,
                            region.newest(),
                            region.failure()));
            if (unknown == null
                    || unknown == Unknown.UNHEARD
                    || state.electorate().contains(name)) {
                electorate++;
            }
            if (unknown != null || last == null) {
                continue;
            }
            voting++;
            if (region.verdict() == Verdict.FAILING) {
                failing++;
                if (last.isAfter(newest)) {
                    newest = last;
                    newestFails = region.newest() == Vote.DOWN;
                }
            } else if (region.verdict() == Verdict.DEGRADED) {
                degraded++;
            }
        }
        int need = policy.quorum().need(policy.regions().size(), electorate);
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
                electorate,
                need,
                policy.minRegions(),
                verdict);
    }

    private static @Nullable Unknown unknown(
            String name, Region region, Policy policy, Instant now) {
        if (policy.around().isolated().contains(name)) {
            return Unknown.ISOLATED;
        }
        var last = region.newestVote();
        if (last != null && Duration.between(last, now).compareTo(policy.staleAfter()) <= 0) {
            return null;
        }
        // What was stored of a region says what it was, and not that it was heard.
        boolean unheard = region.lastVoteAt() == null;
        if (policy.around().graces(policy.staleAfter(), now)) {
            return unheard ? Unknown.UNHEARD : null;
        }
        return unheard && policy.near().graces(policy.staleAfter(), now)
                ? Unknown.UNHEARD
                : Unknown.SILENT;
    }

    /// Whether no region is still to have its chance to be heard.
    boolean allHadTheirChance() {
        return count(Unknown.UNHEARD) == 0;
    }

    int count(Unknown why) {
        if (voting == configured) {
            return 0;
        }
        int count = 0;
        for (var standing : standings.values()) {
            count += standing.unknown() == why ? 1 : 0;
        }
        return count;
    }

    Set<String> regions(Predicate<Standing> which) {
        var names = new TreeSet<String>();
        standings.forEach((name, standing) -> {
            if (which.test(standing)) {
                names.add(name);
            }
        });
        return names;
    }

    /// Whether in some region that fails the newest vote is a failure, and of now.
    boolean failsNow(Instant now, Policy policy) {
        return standings.values().stream()
                .anyMatch(s -> s.is(Verdict.FAILING) && s.newestFails() && s.isFresh(now, policy));
    }

    /// Regions whose vote speaks for an incident of this kind.
    Set<String> concerned(Kind kind) {
        return regions(s -> s.concerned(kind));
    }

    /// The region that fails while every other that is heard sees the target up, and at least one does; or null.
    @Nullable String failsAlone() {
        String alone = null;
        int up = 0;
        for (var entry : standings.entrySet()) {
            var standing = entry.getValue();
            if (standing.verdict() == Verdict.FAILING && standing.unknown() != Unknown.SILENT) {
                if (alone != null) {
                    return null;
                }
                alone = entry.getKey();
            } else if (standing.votes() && standing.verdict() != Verdict.UNDECIDED) {
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
                        missing(),
                        failing,
                        degraded,
                        need,
                        minRegions,
                        configured == 1
                                ? "; with a single region its own loss cannot be told from an outage"
                                : "");
    }

    private String missing() {
        var why = new StringBuilder();
        add(why, count(Unknown.SILENT), "silent");
        add(why, count(Unknown.ISOLATED), "cut off");
        add(why, count(Unknown.UNHEARD), "not heard yet");
        return why.isEmpty() ? "" : " (" + why + ")";
    }

    private static void add(StringBuilder all, int count, String what) {
        if (count > 0) {
            all.append(all.isEmpty() ? "" : ", ").append(count).append(' ').append(what);
        }
    }
}
