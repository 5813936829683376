package dev.tocsin.incident.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.check.Vote;
import dev.tocsin.incident.partition.Rehearsal.Told;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Scope;
import dev.tocsin.schemas.TrustedRecords;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A partition and what is decided on it, over restarts.
class RehearsalTest {
    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");

    private final List<CheckDefinition> checks = new ArrayList<>();
    private long id;

    RehearsalTest() {
        TrustedRecords.trust();
        for (int check = 0; check < 10; check++) {
            checks.add(HearingTest.check("c" + check, 10, "us", "eu", "ap"));
        }
    }

    private void rounds(Rehearsal rehearsal, int from, int to, String... regions) {
        for (int second = from; second < to; second += 10) {
            var now = START.plusSeconds(second);
            for (int check = 0; check < 10; check++) {
                for (var region : regions) {
                    rehearsal.vote("c" + check, region, 1, now, Vote.UP, "", id++, now);
                }
            }
            for (int passed = 0; passed < 10; passed++) {
                rehearsal.tick(START.plusSeconds(second + passed), false);
            }
        }
    }

    private static List<String> told(Rehearsal rehearsal) {
        return rehearsal.told().stream()
                .map(t ->
                        switch (t) {
                            case Told.OfCheck check -> check.event().type() + " " + check.check();
                            case Told.OfGroup group ->
                                    group.told().type() + " " + group.written().getKey();
                            case Told.OfAgents agents ->
                                    agents.told().type()
                                            + " "
                                            + agents.told().key()
                                            + " at "
                                            + (agents.told().at().getEpochSecond()
                                                    - START.getEpochSecond());
                        })
                .toList();
    }

    @Test
    void aRegionThatDiesTogetherWithStreamsIsTold() {
        var rehearsal = new Rehearsal(checks, START);
        rehearsal.tick(START, true);
        rounds(rehearsal, 0, 100, "us", "eu", "ap");
        rehearsal.restart(START.plusSeconds(100));
        rehearsal.tick(START.plusSeconds(101), true);
        rounds(rehearsal, 110, 600, "eu", "ap");
        assertThat(told(rehearsal)).containsExactly("OPENED region:us at 146");
    }

    @Test
    void aDailyCheckInARegionOfItsOwnBlindsNobody() {
        checks.add(HearingTest.check("certificate", 86_400, "lab"));
        var rehearsal = new Rehearsal(checks, START);
        rehearsal.tick(START, true);
        rounds(rehearsal, 0, 100, "us", "eu", "ap");
        rounds(rehearsal, 100, 600, "eu", "ap");
        assertThat(told(rehearsal)).containsExactly("OPENED region:us at 135");
        rounds(rehearsal, 600, 1200);
        assertThat(told(rehearsal)).contains("OPENED pipeline:stalled at 635");
    }

    @Test
    void aRestartTellsNothingOfRegionsThatAreHeardAgain() {
        var rehearsal = new Rehearsal(checks, START);
        rehearsal.tick(START, true);
        for (int restart = 0; restart < 5; restart++) {
            rounds(rehearsal, restart * 100, restart * 100 + 100, "us", "eu", "ap");
            rehearsal.restart(START.plusSeconds(restart * 100 + 100));
            rehearsal.tick(START.plusSeconds(restart * 100 + 100), true);
        }
        assertThat(told(rehearsal)).isEmpty();
    }

    private void fails(Rehearsal rehearsal, int check, int from, int to) {
        for (int second = from; second < to; second += 10) {
            for (var region : List.of("us", "eu", "ap")) {
                var now = START.plusSeconds(second);
                rehearsal.vote("c" + check, region, 1, now, Vote.DOWN, "x", id++, now);
            }
        }
    }

    private static List<String> reasons(Rehearsal rehearsal) {
        return rehearsal.told().stream()
                .map(told -> told.written().getType() + " " + told.written().getReason())
                .toList();
    }

    @Test
    void rule8AnOpeningIsAnsweredAsOfACheckThatIsAlone() {
        var rehearsal = new Rehearsal(checks, START);
        rehearsal.tick(START, true);
        rounds(rehearsal, 0, 100, "us", "eu", "ap");
        fails(rehearsal, 0, 100, 140);
        assertThat(reasons(rehearsal))
                .hasSize(3)
                .first()
                .satisfies(reason -> assertThat(reason).startsWith("OPENED DOWN"));
        assertThat(reasons(rehearsal))
                .endsWith("UPDATED alone in its group for now", "UPDATED also failing: ap");
    }

    @Test
    void rule8TwoChecksOfAGroupThatFailAtOnceAreOneOutageAlsoAfterARestart() {
        var rehearsal = new Rehearsal(checks, START);
        rehearsal.tick(START, true);
        rounds(rehearsal, 0, 100, "us", "eu", "ap");
        fails(rehearsal, 0, 100, 140);
        rehearsal.restart(START.plusSeconds(140));
        rehearsal.tick(START.plusSeconds(140), true);
        fails(rehearsal, 1, 140, 180);
        assertThat(told(rehearsal)).containsOnlyOnce("OPENED outage:all");
        assertThat(rehearsal.told().getLast().written().getOutageId()).isNotNull();
        assertThat(reasons(rehearsal)).contains("OPENED failing at once: c0, c1");
        rehearsal.restart(START.plusSeconds(180));
        rehearsal.tick(START.plusSeconds(180), true);
        rounds(rehearsal, 180, 300, "us", "eu", "ap");
        assertThat(told(rehearsal)).containsOnlyOnce("CLOSED outage:all");
    }

    /// In seconds; the others say nothing.
    private void votes(Rehearsal rehearsal, int second, Vote vote, String... regions) {
        var now = START.plusSeconds(second);
        for (int check = 0; check < 2; check++) {
            for (var region : regions) {
                rehearsal.vote("c" + check, region, 1, now, vote, "x", id++, now);
            }
        }
        rehearsal.tick(now, false);
    }

    @Test
    void afterARestartTheOutageIsOfTheScopeOfItsChecks() {
        var regions = new String[] {"a", "b", "c", "d", "e"};
        checks.clear();
        checks.add(HearingTest.check("c0", 10, regions));
        checks.add(HearingTest.check("c1", 10, regions));
        var rehearsal = new Rehearsal(checks, START);
        rehearsal.tick(START, true);
        for (int second = 0; second < 100; second += 10) {
            votes(rehearsal, second, Vote.UP, regions);
        }
        rehearsal.restart(START.plusSeconds(100));
        rehearsal.tick(START.plusSeconds(100), true);
        for (int second = 101; second < 107; second += 2) {
            votes(rehearsal, second, Vote.DOWN, "a", "b", "c");
        }
        assertThat(told(rehearsal)).contains("OPENED c0", "OPENED c1", "OPENED outage:all");
        assertThat(scopes(rehearsal)).containsOnly(Scope.REGIONAL);
        for (int second = 110; second < 170; second += 10) {
            votes(rehearsal, second, Vote.UP, "d", "e");
            votes(rehearsal, second, Vote.DOWN, "a", "b", "c");
        }
        assertThat(scopes(rehearsal)).containsOnly(Scope.REGIONAL);
    }

    private static List<Scope> scopes(Rehearsal rehearsal) {
        return rehearsal.told().stream().map(told -> told.written().getScope()).toList();
    }
}
