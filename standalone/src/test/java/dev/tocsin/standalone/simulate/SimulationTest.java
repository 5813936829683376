package dev.tocsin.standalone.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.schemas.TrustedRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The simulator itself: that it repeats, and that its oracle sees what it is there to see.
class SimulationTest {
    @BeforeAll
    static void trust() {
        TrustedRecords.trust();
    }

    private static List<Fact> facts(long seed) {
        return Simulation.run(Universe.of(seed)).stream().map(Fact::of).toList();
    }

    private static List<String> wrong(long seed, List<Fact> facts) {
        return Oracle.judge(Universe.of(seed), facts).violations();
    }

    @Test
    void aSeedPlaysTheSameDayAgain() {
        assertThat(facts(7)).isEqualTo(facts(7)).isNotEmpty().isNotEqualTo(facts(8));
    }

    @Test
    void tenDaysAreToldRight() {
        for (long seed = 5_000; seed < 5_010; seed++) {
            assertThat(wrong(seed, facts(seed))).isEmpty();
        }
    }

    /// The first day with an outage that comes alone.
    private static long dayWithAnOutage() {
        for (long seed = 1; seed < 100; seed++) {
            var judged = Oracle.judge(Universe.of(seed), facts(seed)).judged();
            if (judged.containsKey(Trouble.Kind.OUTAGE)) {
                return seed;
            }
        }
        throw new AssertionError("no outage in a hundred days");
    }

    @Test
    void theOracleSeesWhatIsMissingWhatIsTooMuchAndWhatIsOutOfOrder() {
        long seed = dayWithAnOutage();
        var right = facts(seed);
        var first =
                right.stream()
                        .filter(fact -> fact.opens() && fact.kind().equals("DOWN"))
                        .findFirst()
                        .orElseThrow();
        var incident = first.incident();
        assertThat(wrong(seed, right)).isEmpty();
        assertThat(wrong(seed, without(right, fact -> fact.incident().equals(incident))))
                .isNotEmpty()
                .allMatch(wrong -> wrong.contains("missed"));
        assertThat(
                        wrong(
                                seed,
                                without(
                                        right,
                                        fact ->
                                                fact.incident().equals(incident)
                                                        && fact.type() == EventType.CLOSED)))
                .anyMatch(wrong -> wrong.contains("did not end with"))
                .anyMatch(
                        wrong -> // whichever comes first: another of the check, or the end
                        wrong.contains("opened while open")
                                        || wrong.contains("still open in the end"));
        var twice = new ArrayList<>(right);
        twice.add(right.indexOf(first), first);
        assertThat(wrong(seed, twice)).anyMatch(wrong -> wrong.contains("opened while open"));
    }

    @Test
    void theOracleSeesAnIncidentOfNothing() {
        long seed = 1;
        while (Universe.of(seed).lossPercent() > 0) {
            seed++;
        }
        var made =
                new Fact(
                        "check-0",
                        "made-up",
                        1,
                        EventType.OPENED,
                        "DOWN",
                        true,
                        1000,
                        0,
                        -1,
                        Set.of("region-0"),
                        Set.of("region-0"),
                        true,
                        "made up");
        var more = new ArrayList<>(facts(seed));
        more.addFirst(made);
        assertThat(wrong(seed, more))
                .anyMatch(wrong -> wrong.contains("nothing was down"))
                .anyMatch(wrong -> wrong.contains("region-0 is fine, and said to fail"))
                .anyMatch(wrong -> wrong.contains("region-1 is fine, and it is everywhere"));
    }

    /// Two of three regions fail while nothing is heard of the third, which is back and fine long before they are.
    @Test
    void theOracleSeesAScopeThatIsNoLongerSo() {
        long minute = Universe.MINUTE;
        var universe =
                new Universe(
                        1,
                        List.of(0, 1),
                        3,
                        0,
                        List.of(20L, 50L, 120L),
                        List.of(
                                new Trouble(
                                        Trouble.Kind.AGENT_DOWN, -1, 2, 50 * minute, 70 * minute),
                                new Trouble(Trouble.Kind.REGIONAL, 0, 0, 60 * minute, 120 * minute),
                                new Trouble(
                                        Trouble.Kind.REGIONAL, 0, 1, 60 * minute, 120 * minute)));
        var facts = Simulation.run(universe).stream().map(Fact::of).toList();
        assertThat(facts).anyMatch(fact -> fact.opens() && fact.everywhere());
        assertThat(Oracle.judge(universe, facts).violations()).isEmpty();
        var unsaid =
                facts.stream().filter(fact -> !fact.reason().startsWith("not in every")).toList();
        assertThat(Oracle.judge(universe, unsaid).violations())
                .anyMatch(wrong -> wrong.contains("region-2 is fine, and it is everywhere at"));
    }

    /// Rule 5: an agent that was cut off for an hour delivers its spool.
    @Test
    void rule5AnHourOnAnAgentsDiskCorrectsHistoryVisiblyAndPagesNobody() {
        long minute = Universe.MINUTE;
        var universe =
                new Universe(
                        1,
                        List.of(0, 1, 2),
                        3,
                        0,
                        List.of(20L, 50L, 120L),
                        List.of(
                                new Trouble(Trouble.Kind.UPLINK, -1, 0, 60 * minute, 120 * minute),
                                new Trouble(Trouble.Kind.OUTAGE, 0, -1, 70 * minute, 80 * minute),
                                new Trouble(
                                        Trouble.Kind.REGIONAL, 1, 0, 75 * minute, 85 * minute)));
        var facts = Simulation.run(universe).stream().map(Fact::of).toList();
        var outage = facts.stream().filter(fact -> fact.key().equals("check-0")).toList();
        assertThat(outage)
                .extracting(Fact::type)
                .containsExactly(
                        EventType.OPENED, EventType.UPDATED, EventType.CLOSED, EventType.UPDATED);
        assertThat(outage.get(1).reason()).isEqualTo("alone in its group for now");
        var correction = outage.getLast();
        assertThat(correction.at()).isGreaterThanOrEqualTo(120 * minute);
        assertThat(correction.reason()).startsWith("late_evidence: region-0 failed, too");
        assertThat(correction.failed()).contains("region-0");
        assertThat(correction.open()).isFalse();
        // What only the absent agent saw is over, and opens nothing.
        assertThat(facts).noneMatch(fact -> fact.key().equals("check-1"));
        assertThat(facts).noneMatch(fact -> fact.opens() && fact.at() >= 120 * minute);
        assertThat(Oracle.judge(universe, facts).violations()).isEmpty();
    }

    private static List<Fact> without(List<Fact> facts, java.util.function.Predicate<Fact> which) {
        return facts.stream().filter(which.negate()).toList();
    }
}
