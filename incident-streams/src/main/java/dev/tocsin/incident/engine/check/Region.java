package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What is known of a check in one region (rule 1). A region that passes keeps no samples: `lastVoteAt` is all that moves,
/// and that alone is never stored.
///
/// @param samples by event time, oldest first, from the oldest failure within the window on
/// @param since the first failure of the streak that made it fail or degrade
/// @param passingSince the first pass of the streak that ended the last failure
/// @param settledAt votes at or before this time can change nothing any more
/// @param lastVoteAt event time of the newest vote; null when none was seen since this process started
/// @param spells of what was measured in a standstill, oldest first ([Hindsight]); of late results alone
public record Region(
        List<Sample> samples,
        Verdict verdict,
        @Nullable Instant since,
        @Nullable Instant passingSince,
        @Nullable Instant settledAt,
        @Nullable Instant lastVoteAt,
        List<Spell> spells) {
    /// More turns of one region in one standstill are rare, and cost more to keep than they say.
    private static final int SPELLS_AT_MOST = 4;

    private static final String SEEN = "seen";

    public static final Region NEW = new Region(List.of(), Verdict.PASSING, null, null, null, null);

    public Region {
        samples = List.copyOf(samples);
        spells = List.copyOf(spells);
    }

    public Region(
            List<Sample> samples,
            Verdict verdict,
            @Nullable Instant since,
            @Nullable Instant passingSince,
            @Nullable Instant settledAt,
            @Nullable Instant lastVoteAt) {
        this(samples, verdict, since, passingSince, settledAt, lastVoteAt, List.of());
    }

    /// Whether a restart may take this for that: a verdict that the newest vote only confirms needs no further vote to be
    /// remembered.
    public boolean remembersAs(Region before) {
        return verdict == before.verdict
                && Objects.equals(since, before.since)
                && Objects.equals(passingSince, before.passingSince)
                && Objects.equals(settledAt, before.settledAt)
                && spells.equals(before.spells)
                && (samples.equals(before.samples) || (confirmed() && before.confirmed()));
    }

    /// The newest vote says what the verdict says, and one more that does would say nothing new.
    boolean confirmed() {
        return !samples.isEmpty()
                && switch (verdict) {
                    case FAILING -> samples.getLast().vote() == Vote.DOWN;
                    case DEGRADED -> samples.getLast().vote() == Vote.DEGRADED;
                    case PASSING, UNDECIDED -> false;
                };
    }

    public boolean quiet() {
        return samples.isEmpty() && verdict == Verdict.PASSING;
    }

    /// Without the time at which it was last heard.
    public Region unseen() {
        return new Region(samples, verdict, since, passingSince, settledAt, null, spells);
    }

    public Region seen(Instant at) {
        return lastVoteAt != null && !at.isAfter(lastVoteAt)
                ? this
                : new Region(samples, verdict, since, passingSince, settledAt, at, spells);
    }

    /// Whether a vote comes too late to be judged in its order: what it would change is settled, or out of the window.
    public boolean tooLate(Instant at, Policy policy) {
        return (settledAt != null && !at.isAfter(settledAt))
                || (lastVoteAt != null && at.isBefore(lastVoteAt.minus(policy.window())));
    }

    /// Takes in one vote, in whatever order it comes; a vote seen before changes nothing.
    Region vote(Sample sample, Policy policy) {
        boolean nothing = settledAt != null && !sample.at().isAfter(settledAt);
        boolean doubled = false;
        for (var known : samples) {
            nothing |= known.id().equals(sample.id());
            doubled |= known.doubles(sample, policy.slot());
        }
        if (nothing) {
            return this;
        }
        if (doubled || (quiet() && sample.vote() == Vote.UP)) {
            return seen(sample.at());
        }
        var votes = new ArrayList<>(samples);
        unkept(sample.at(), votes);
        int position = votes.size();
        while (position > 0 && votes.get(position - 1).at().isAfter(sample.at())) {
            position--;
        }
        votes.add(position, sample);
        var edge = votes.getLast().at().minus(policy.window());
        votes.removeIf(s -> s.at().isBefore(edge));
        if (votes.size() > policy.votes()) {
            votes.subList(0, votes.size() - policy.votes()).clear();
        }
        return seen(sample.at()).judge(votes, policy);
    }

    /// The newest vote, where it said no more than was known and so was not kept, came after this one.
    private void unkept(Instant at, List<Sample> votes) {
        var newest = votes.isEmpty() ? Instant.MIN : votes.getLast().at();
        if (lastVoteAt != null && lastVoteAt.isAfter(at) && lastVoteAt.isAfter(newest)) {
            if (quiet()) {
                votes.add(new Sample(lastVoteAt, Vote.UP, SEEN, ""));
            } else if (confirmed()) {
                votes.add(new Sample(lastVoteAt, votes.getLast().vote(), SEEN, failure()));
            }
        }
    }

    /// Whether nothing is known of the time before a vote at `at`: the region was silent for longer than may be. A process that
    /// has just started, or time that stood still, is no silence of the region's.
    boolean lapsed(Instant at, Instant now, Policy policy) {
        if (lastVoteAt == null) {
            return !policy.around().graces(policy.staleAfter(), now);
        }
        var resumedAt = policy.around().resumedAt();
        var from =
                resumedAt == null || resumedAt.equals(Instant.MAX) || resumedAt.isBefore(lastVoteAt)
                        ? lastVoteAt
                        : resumedAt;
        return at.isAfter(from.plus(policy.staleAfter()));
    }

    /// After a silence no streak goes on, and what it failed of is not over before it passes again.
    Region anew() {
        var next = verdict == Verdict.PASSING ? Verdict.PASSING : Verdict.UNDECIDED;
        return new Region(List.of(), next, null, passingSince, settledAt, lastVoteAt, spells);
    }

    /// For a late result of that time: what is known of another time says nothing of its streak.
    Region of(Instant at, Policy policy) {
        var newest = newestVote();
        return newest != null && at.isAfter(newest.plus(policy.window())) ? NEW.with(spells) : this;
    }

    Region with(List<Spell> known) {
        return new Region(samples, verdict, since, passingSince, settledAt, lastVoteAt, known);
    }

    /// With the spell of failing that a vote began, went on with or ended.
    ///
    /// @param failed whether its late results had it fail without that vote
    /// @param from what ended before is of another standstill
    Region spelled(boolean failed, Instant from) {
        var known = new ArrayList<>(spells);
        known.removeIf(spell -> spell.until().isBefore(from));
        if (verdict == Verdict.FAILING && since != null) {
            var last = Objects.requireNonNull(newestVote());
            if (failed && !known.isEmpty()) {
                known.add(known.removeLast().until(last));
            } else {
                known.add(new Spell(since, last, last, failure()));
            }
        } else if (failed && !known.isEmpty()) {
            var end = verdict == Verdict.PASSING ? passingSince : newestVote();
            known.add(known.removeLast().until(Objects.requireNonNull(end)));
        }
        int over = Math.max(0, known.size() - SPELLS_AT_MOST);
        return with(known.subList(over, known.size()));
    }

    private Region judge(List<Sample> votes, Policy policy) {
        int up =
                switch (verdict) {
                    case FAILING, UNDECIDED -> trailing(votes, Vote.UP, Vote.DEGRADED);
                    case DEGRADED -> trailing(votes, Vote.UP, Vote.UP);
                    case PASSING -> 0;
                };
        if (up >= policy.successThreshold()) {
            return new Region(
                    List.of(),
                    Verdict.PASSING,
                    null,
                    votes.get(votes.size() - up).at(),
                    votes.getLast().at(),
                    lastVoteAt,
                    spells);
        }
        int down = trailing(votes, Vote.DOWN, Vote.DOWN);
        boolean failing = policy.of() > 0 ? mOfN(votes, policy) : down >= policy.failureThreshold();
        if (verdict != Verdict.FAILING && failing) {
            return becomes(
                    Verdict.FAILING,
                    policy.of() > 0
                            ? firstOfLast(votes, policy.of())
                            : votes.get(votes.size() - down).at(),
                    votes);
        }
        int notFine = trailing(votes, Vote.DEGRADED, Vote.DOWN);
        if ((verdict == Verdict.PASSING || verdict == Verdict.UNDECIDED)
                && notFine >= policy.failureThreshold()) {
            return becomes(Verdict.DEGRADED, votes.get(votes.size() - notFine).at(), votes);
        }
        if (verdict == Verdict.PASSING) {
            while (!votes.isEmpty() && votes.getFirst().vote() == Vote.UP) {
                votes.removeFirst();
            }
        }
        return becomes(verdict, since, votes);
    }

    private Region becomes(Verdict next, @Nullable Instant from, List<Sample> votes) {
        return new Region(votes, next, from, passingSince, settledAt, lastVoteAt, spells);
    }

    private static boolean mOfN(List<Sample> votes, Policy policy) {
        return last(votes, policy.of()).stream().filter(s -> s.vote() == Vote.DOWN).count()
                >= policy.failures();
    }

    private static Instant firstOfLast(List<Sample> votes, int of) {
        return last(votes, of).stream()
                .filter(s -> s.vote() == Vote.DOWN)
                .findFirst()
                .orElseThrow()
                .at();
    }

    private static List<Sample> last(List<Sample> votes, int count) {
        return votes.subList(Math.max(0, votes.size() - count), votes.size());
    }

    /// How many votes at the end are one of the two.
    private static int trailing(List<Sample> votes, Vote one, Vote other) {
        int count = 0;
        for (var sample : votes.reversed()) {
            if (sample.vote() != one && sample.vote() != other) {
                break;
            }
            count++;
        }
        return count;
    }

    /// The newest vote is kept also when the process that saw it is gone, as long as it was no pass.
    public @Nullable Instant newestVote() {
        return lastVoteAt != null || samples.isEmpty() ? lastVoteAt : samples.getLast().at();
    }

    /// It fails, and its newest vote says so.
    boolean fails() {
        return verdict == Verdict.FAILING && confirmed();
    }

    /// The newest vote that was kept: passes of a region that is well are not.
    @Nullable Vote newest() {
        return samples.isEmpty() ? null : samples.getLast().vote();
    }

    public String failure() {
        for (var sample : samples.reversed()) {
            if (!sample.failure().isEmpty()) {
                return sample.failure();
            }
        }
        return "";
    }
}
