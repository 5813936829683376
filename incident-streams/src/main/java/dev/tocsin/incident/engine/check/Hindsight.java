package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Verdict;
import dev.tocsin.incident.engine.check.Decision.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Rule 5 after a standstill: what was measured meanwhile comes a region at a time, beside what is measured now, so that an outage that
/// began and ended in it is in no two regions at the same time by the order of the log. When the regions have come it is looked at in the
/// order of what was measured: where as many failed at one time as a quorum needs, it is told, and that it is over.
///
/// Counted from all configured regions: which of them could not be heard for another reason is not known any more. Only what is DOWN is
/// seen so, and of each region its last four spells of failing.
final class Hindsight {
    /// A check's results come within this of each other, also where an agent has much to fill in.
    private static final Duration QUIET = Duration.ofSeconds(15);

    private Hindsight() {}

    /// A time in which a quorum failed.
    ///
    /// @param spells by region
    record Outage(Map<String, Spell> spells) {
        Instant from() {
            return spells.values().stream().map(Spell::since).min(Instant::compareTo).orElseThrow();
        }

        Instant to() {
            return spells.values().stream().map(Spell::until).max(Instant::compareTo).orElseThrow();
        }

        Set<String> regions() {
            return new TreeSet<>(spells.keySet());
        }

        String said() {
            return "late_evidence: measured while nothing could be written, %s failed between %s and %s"
                    .formatted(String.join(", ", regions()), from(), to());
        }
    }

    /// The standstill in which a vote was measured, if it is to be looked at so and may still open something; or null.
    static @Nullable Standstill delayedBy(Sample sample, Instant now, Policy policy) {
        var last = policy.around().standstill();
        return last != null
                        && last.delayed(sample.at(), now)
                        && Duration.between(sample.at(), now).compareTo(policy.maxResultAge()) <= 0
                ? last
                : null;
    }

    /// Takes in one such vote, in the order of what was measured in its region.
    ///
    /// @param seen the region as it is without it
    static CheckState heard(
            CheckState state,
            String name,
            Region seen,
            Sample sample,
            Instant now,
            Policy policy,
            Standstill standstill) {
        var late = state.late(name).of(sample.at(), policy);
        var before = late;
        var newest = seen.newestVote();
        if (before.quiet() && newest != null && newest.isBefore(sample.at())) {
            before = seen.with(before.spells()); // what began before the standstill
        }
        var voted = before.vote(sample, policy);
        if (before.quiet() && voted.quiet()) {
            return state;
        }
        var after = voted.spelled(late.verdict() == Verdict.FAILING, standstill.from());
        var looksAt = latest(standstill.to().plus(Standstill.SETTLES), quiet(now));
        // What it depends on is to be told first.
        var at = policy.dependsOn().isEmpty() ? looksAt : looksAt.plus(policy.hold());
        return state.withLate(name, after).looksBackAt(at);
    }

    /// In steps, so that not each of many results moves it.
    private static Instant quiet(Instant now) {
        return Instant.ofEpochSecond(Math.ceilDiv(now.plus(QUIET).toEpochMilli(), 5000) * 5);
    }

    private static Instant latest(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    static void look(Draft draft) {
        draft.state =
                draft.state
                        .withoutSpells(draft.now.minus(draft.policy.maxResultAge()))
                        .looksBackAt(null);
        var outages = outages(draft.state.late(), draft.policy);
        draft.past = true;
        outages.forEach(outage -> take(draft, outage));
    }

    private static void take(Draft draft, Outage outage) {
        var known = draft.state.incident();
        if (known == null || isAfter(outage, known)) {
            new Opening(draft, "standstill/" + outage.from(), null).open(outage);
            new OpenIncident(draft).keep(draft.incident(), Opening.target(draft));
        } else if (outage.to().isBefore(known.times().startedAt())) {
            before(draft, known, outage);
        } else {
            correct(draft, known, outage);
        }
    }

    /// It is told already, as far as it was known.
    private static void correct(Draft draft, Incident known, Outage outage) {
        var corrected = wasDown(known, draft.policy);
        if (outage.from().isBefore(known.times().startedAt())) {
            corrected = corrected.began(outage.from());
        }
        if (!known.places().failed().containsAll(outage.regions())) {
            corrected = corrected.failedIn(outage.regions());
        }
        if (!corrected.equals(known)) {
            draft.tell(EventType.UPDATED, corrected, outage.said());
        }
    }

    /// What is open is now as it is now.
    private static Incident wasDown(Incident known, Policy policy) {
        return known.open()
                ? known.wasOnce(Kind.DOWN, policy.severity())
                : known.kind() == Kind.DOWN ? known : known.as(Kind.DOWN, policy.severity());
    }

    private static boolean isAfter(Outage outage, Incident known) {
        var times = known.times();
        var end = times.endedAt() == null ? times.closedAt() : times.endedAt();
        return !known.open() && end != null && outage.from().isAfter(end);
    }

    /// What came after it is told already: of one incident, if one would have reopened the other (rule 3).
    private static void before(Draft draft, Incident known, Outage outage) {
        var times = known.times();
        boolean one = !times.startedAt().isAfter(outage.to().plus(draft.policy.reopenWithin()));
        draft.tell(
                EventType.UPDATED,
                one
                        ? wasDown(known, draft.policy)
                                .failedBefore(outage.from(), outage.to())
                                .failedIn(outage.regions())
                        : known, // on record, at least
                outage.said());
    }

    /// In the order of time.
    static List<Outage> outages(Map<String, Region> late, Policy policy) {
        var spells = new TreeMap<String, List<Spell>>();
        late.forEach((name, region) -> {
            if (policy.regions().contains(name)
                    && !policy.around().isolated().contains(name)
                    && !region.spells().isEmpty()) {
                spells.put(name, region.spells());
            }
        });
        int need = need(policy);
        if (spells.size() < need) {
            return List.of();
        }
        var outages = new ArrayList<Outage>();
        spells.values().stream()
                .flatMap(List::stream)
                .map(Spell::failedAt)
                .sorted()
                .forEach(at -> {
                    var failing = new TreeMap<String, Spell>();
                    spells.forEach((name, of) ->
                            of.stream()
                                    .filter(spell -> spell.at(at))
                                    .findFirst()
                                    .ifPresent(spell -> failing.put(name, spell)));
                    if (failing.size() >= need) {
                        add(outages, failing, at);
                    }
                });
        return outages;
    }

    private static void add(List<Outage> outages, Map<String, Spell> failing, Instant at) {
        if (outages.isEmpty() || at.isAfter(outages.getLast().to())) {
            outages.add(new Outage(failing));
        } else {
            var all = new TreeMap<>(outages.removeLast().spells());
            failing.forEach((name, spell) -> all.merge(name, spell, Spell::and));
            outages.add(new Outage(all));
        }
    }

    static int need(Policy policy) {
        int configured = policy.regions().size();
        return Math.max(policy.quorum().need(configured, configured), policy.minRegions());
    }

    /// As it was then, as far as it is known: who is heard now and did not fail was fine.
    static Decision then(Draft draft, Outage outage) {
        var now = draft.decision;
        var standings = new TreeMap<>(now.standings());
        outage.spells()
                .forEach((name, spell) ->
                        standings.put(
                                name,
                                new Standing(
                                        Verdict.FAILING,
                                        null,
                                        spell.since(),
                                        spell.until(),
                                        Vote.DOWN,
                                        spell.failure())));
        int voting = (int) standings.values().stream().filter(Standing::votes).count();
        return new Decision(
                standings,
                now.configured(),
                voting,
                outage.spells().size(),
                0,
                now.configured(),
                need(draft.policy),
                now.minRegions(),
                Decision.State.DOWN);
    }

    /// Why nobody is told (rule 7): what was announced for that time, or what it depends on and failed then, too.
    static @Nullable Suppression suppression(Policy policy, Outage outage) {
        for (var window : policy.near().windows()) {
            if (window.explains(outage.regions(), outage.from())) {
                return new Suppression("maintenance:" + window.id(), null);
            }
        }
        for (var id : policy.dependsOn()) {
            var parent = policy.near().parents().get(id);
            if (parent != null
                    && parent.covers(outage.regions())
                    && (parent.open() || parent.at().isAfter(outage.to()))) {
                return Suppression.explainedBy(parent);
            }
        }
        return null;
    }
}
