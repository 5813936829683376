package dev.tocsin.incident.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.check.Vote;
import dev.tocsin.incident.partition.Rehearsal.Told;
import dev.tocsin.schemas.CheckDefinition;
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

    @Test
    void rule8AnOpeningIsAnsweredAsOfACheckThatIsAlone() {
        var rehearsal = new Rehearsal(checks, START);
        rehearsal.tick(START, true);
        rounds(rehearsal, 0, 100, "us", "eu", "ap");
        for (int second = 100; second < 140; second += 10) {
            for (var region : List.of("us", "eu", "ap")) {
                var now = START.plusSeconds(second);
                rehearsal.vote("c0", region, 1, now, Vote.DOWN, "x", id++, now);
            }
        }
        var reasons =
                rehearsal.told().stream()
                        .map(told -> ((Told.OfCheck) told).event())
                        .map(event -> event.type() + " " + event.reason())
                        .toList();
        assertThat(reasons)
                .hasSize(3)
                .first()
                .satisfies(reason -> assertThat(reason).startsWith("OPENED DOWN"));
        assertThat(reasons)
                .endsWith("UPDATED alone in its group for now", "UPDATED also failing: ap");
    }
}
