package dev.tocsin.incident.engine.check;

import static dev.tocsin.incident.engine.check.Vote.DOWN;
import static dev.tocsin.incident.engine.check.Vote.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.Command;
import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Severity;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// An incident is told as it is now: it shrinks as it grows, and at its end it is called what it was at its worst (rules 2 to 4).
class ShrinkingTest {

    private static World twoOfThree() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP);
        return world.fails(30, 100, "us", "eu");
    }

    @Test
    void twoOfThreeFailAndOneRecovers() {
        var world = twoOfThree().fails(100, 300, "us");
        assertThat(world.told()).containsExactly("OPENED DOWN", "UPDATED PARTIAL");
        var told = world.events.getLast();
        assertThat(told.reason()).isEqualTo("now PARTIAL, WARNING; recovered: eu");
        assertThat(told.incident().severity()).isEqualTo(Severity.WARNING);
        assertThat(told.incident().places().failing()).containsExactly("us");
        assertThat(told.incident().places().failed()).containsExactly("eu", "us");
        assertThat(told.incident().everywhere()).isFalse();
        // When the recovery, from the first pass at 100 on, has outlasted what the others may need
        // for theirs.
        assertThat(told.at()).isEqualTo(World.START.plusSeconds(130));
    }

    @Test
    void itGrowsAgainAtOnceAndEndsAsTheWorstItWas() {
        var world = twoOfThree().fails(100, 200, "us").fails(200, 230, "us", "eu");
        assertThat(world.told()).containsExactly("OPENED DOWN", "UPDATED PARTIAL", "UPDATED DOWN");
        assertThat(world.events.getLast().reason())
                .isEqualTo("now DOWN, CRITICAL; also failing: eu");
        world.fails(230, 300, "us");
        world.fails(300, 340);
        var closed = world.events.getLast();
        assertThat(closed.type()).isEqualTo(EventType.CLOSED);
        assertThat(closed.incident().kind()).isEqualTo(Kind.DOWN);
        assertThat(closed.incident().severity()).isEqualTo(Severity.CRITICAL);
        assertThat(closed.incident().times().endedAt()).isEqualTo(World.START.plusSeconds(300));
    }

    @Test
    void whatWasEverywhereOnceEndsAsWhatWasEverywhere() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP).rounds(30, 100, DOWN);
        assertThat(world.incident().everywhere()).isTrue();
        world.fails(100, 200, "us");
        assertThat(world.incident().everywhere()).isFalse();
        world.fails(200, 250);
        assertThat(world.events.getLast().type()).isEqualTo(EventType.CLOSED);
        assertThat(world.events.getLast().incident().everywhere()).isTrue();
    }

    @Test
    void silenceShrinksNothing() {
        var world = twoOfThree();
        for (int second = 100; second < 300; second += 10) {
            world.vote(second, "us", DOWN).vote(second, "ap", UP).tick(second);
        }
        assertThat(world.told()).containsExactly("OPENED DOWN", "UPDATED DOWN");
        assertThat(world.events.getLast().reason())
                .isEqualTo("evidence_lost: nothing is known any more from eu");
    }

    @Test
    void aRecoveryOfAMomentIsNoShrinking() {
        var world = twoOfThree();
        world.fails(100, 120, "us");
        world.fails(115, 200, "us", "eu");
        assertThat(world.told()).containsExactly("OPENED DOWN");
    }

    @Test
    void whoRecoversLastIsToldByTheCloseAlone() {
        var world = twoOfThree().fails(100, 150, "us").fails(150, 200);
        assertThat(world.told()).containsExactly("OPENED DOWN", "UPDATED PARTIAL", "CLOSED DOWN");
    }

    @Test
    void whileItFlapsWhatIsMeasuredGoesOnToBeTold() {
        var world = World.of("us", "eu").rounds(0, 30, UP);
        int second = 30;
        for (int turn = 0; turn < 3; turn++, second += 80) {
            world.rounds(second, second + 30, DOWN).rounds(second + 30, second + 80, UP);
        }
        assertThat(world.told()).contains("FLAPPING_STARTED DOWN");
        var last = world.events.getLast();
        assertThat(last.type()).isEqualTo(EventType.UPDATED);
        assertThat(last.reason())
                .isEqualTo("recovered: eu, us; passing everywhere, and open until it settles");
        assertThat(last.incident().flapping()).isTrue();
        assertThat(last.incident().places().failing()).isEmpty();
        world.rounds(second, second + 30, DOWN);
        var again = world.events.subList(world.events.size() - 2, world.events.size());
        assertThat(again).allMatch(event -> event.incident().flapping());
        assertThat(again.getFirst().reason()).contains("also failing: us");
        assertThat(again.getLast().reason()).contains("also failing: eu");
    }

    @Test
    void aReopeningSaysSinceWhenItFailsAgainAndHowLongItFailedInAll() {
        var world = World.of("us").rounds(0, 30, UP).rounds(30, 70, DOWN).rounds(70, 130, UP);
        world.rounds(130, 330, DOWN);
        var reopened = world.events.getLast();
        assertThat(reopened.type()).isEqualTo(EventType.REOPENED);
        var times = reopened.incident().times();
        assertThat(times.startedAt()).isEqualTo(World.START.plusSeconds(30));
        assertThat(times.failingSince()).isEqualTo(World.START.plusSeconds(130));
        assertThat(times.failedBefore()).isEqualTo(Duration.ofSeconds(40));
        assertThat(times.failedFor(reopened.at())).isEqualTo(Duration.ofMinutes(1));
        world.rounds(330, 380, UP);
        var closed = world.events.getLast();
        assertThat(closed.type()).isEqualTo(EventType.CLOSED);
        assertThat(closed.incident().times().failedFor(closed.at()))
                .isEqualTo(Duration.ofMinutes(4));
    }

    @Test
    void whatReopensIsPartOfNoOutageAnyMore() {
        var world = World.of("us").rounds(0, 30, UP).rounds(30, 70, DOWN);
        var incident = world.incident();
        world.apply(
                new Input.Joined(
                        World.START.plusSeconds(71),
                        incident.id(),
                        "o1",
                        World.START.plusSeconds(71)));
        assertThat(world.events.getLast().incident().context().outageId()).isEqualTo("o1");
        world.rounds(80, 130, UP).rounds(130, 160, DOWN);
        assertThat(world.events.getLast().type()).isEqualTo(EventType.REOPENED);
        assertThat(world.events.getLast().incident().context().outageId()).isNull();
    }

    @Test
    void aRegionWhoseNewestVoteFailsIsNotFine() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP);
        for (int second = 30; second <= 50; second += 10) {
            world.vote(second, "us", DOWN).vote(second, "eu", DOWN);
        }
        world.vote(50, "ap", DOWN);
        world.fails(60, 70, "us", "eu", "ap");
        assertThat(world.incident().everywhere()).isTrue();
        assertThat(world.incident().places().failing()).containsExactly("eu", "us");
    }

    /// ap fails once, just before the two others have failed for long enough.
    private static World oneFailureOfTheThird() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP);
        for (int second = 30; second <= 40; second += 10) {
            world.vote(second, "ap", UP).vote(second, "us", DOWN).vote(second, "eu", DOWN);
        }
        return world.vote(50, "ap", DOWN).vote(50, "us", DOWN).vote(50, "eu", DOWN);
    }

    @Test
    void thatARegionIsFineIsToldThoughItNeverFailed() {
        var world = oneFailureOfTheThird();
        assertThat(world.events.getLast().incident().everywhere()).isTrue();
        world.fails(60, 300, "us", "eu");
        assertThat(world.told()).containsExactly("OPENED DOWN", "UPDATED DOWN");
        var told = world.events.getLast();
        assertThat(told.reason()).isEqualTo("not in every region: fine in ap");
        assertThat(told.incident().everywhere()).isFalse();
        assertThat(told.news()).as("the outage is to know").isTrue();
        // As long after its first pass as a recovery is waited for.
        assertThat(told.at()).isEqualTo(World.START.plusSeconds(90));
    }

    @Test
    void aRegionThatFailsNowAndThenChangesNoScope() {
        var world = oneFailureOfTheThird();
        for (int second = 60; second < 300; second += 20) {
            world.fails(second, second + 10, "us", "eu");
            world.fails(second + 10, second + 20, "us", "eu", "ap");
        }
        assertThat(world.told()).containsExactly("OPENED DOWN");
    }

    @Test
    void theScopeIsNotToldOfWhatIsAboutToEnd() {
        var world = oneFailureOfTheThird().fails(60, 75, "us", "eu").fails(75, 150);
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
    }

    @Test
    void whatIsSaidMeanwhileSaysTheScopeToo() {
        var world = oneFailureOfTheThird().fails(60, 80, "us", "eu");
        world.command(81, "c1", Command.Kind.ACK, 0).fails(90, 200, "us", "eu");
        assertThat(world.told()).containsExactly("OPENED DOWN", "ACKNOWLEDGED DOWN");
        assertThat(world.events.getLast().incident().everywhere()).isFalse();
        assertThat(world.events.getLast().news()).isTrue();
    }

    @Test
    void thatNoRegionIsFineAnyMoreIsToldThoughNoMoreFail() {
        var world = twoOfThree();
        world.policy = World.of("us", "eu").policy;
        world.fails(100, 300, "us", "eu");
        assertThat(world.told()).containsExactly("OPENED DOWN", "UPDATED DOWN");
        assertThat(world.events.getLast().reason()).isEqualTo("no region is fine any more");
        assertThat(world.events.getLast().incident().everywhere()).isTrue();
    }

    @Test
    void silenceAfterOneFailureTellsNoWiderScope() {
        var world = twoOfThree().vote(101, "ap", DOWN);
        for (int second = 110; second < 300; second += 10) {
            world.vote(second, "us", DOWN).vote(second, "eu", DOWN).tick(second);
        }
        assertThat(world.told()).containsExactly("OPENED DOWN");
    }

    @Test
    void aRegionThatIsHeardOnlyAfterTheOpeningMakesItRegional() {
        var world = World.of("us", "eu", "ap");
        for (int second = 0; second < 100; second += 10) {
            world.vote(second, "us", DOWN).vote(second, "eu", DOWN).tick(second);
        }
        assertThat(world.told()).containsExactly("OPENED DOWN");
        world.fails(100, 300, "us", "eu");
        assertThat(world.told()).containsExactly("OPENED DOWN", "UPDATED DOWN");
        assertThat(world.events.getLast().incident().everywhere()).isFalse();
    }

    @Test
    void twoAgentsOfARegionThatRunTheSameSlotAreOneVote() {
        var world = World.of("us").rounds(0, 30, UP);
        for (int slot = 0; slot < 2; slot++) {
            int second = 30 + slot * 10;
            world.vote(second, second, "us", DOWN, "agent-1/1/" + slot);
            world.vote(second, second, "us", DOWN, "agent-2/1/" + slot);
        }
        assertThat(world.events).isEmpty();
        world.vote(50, 50, "us", DOWN, "agent-2/1/2");
        assertThat(world.told()).containsExactly("OPENED DOWN");
    }

    @Test
    void anAgentThatSeesTheTargetUpContradictsTheOther() {
        var world = World.of("us").rounds(0, 30, UP);
        for (int slot = 0; slot < 6; slot++) {
            int second = 30 + slot * 10;
            world.vote(second, second, "us", DOWN, "agent-1/1/" + slot);
            world.vote(second, second, "us", UP, "agent-2/1/" + slot);
        }
        assertThat(world.events).isEmpty();
    }

    @Test
    void whatWasNeverToldAsEverywhereEndsNotAsEverywhere() {
        var world = twoOfThree();
        world.vote(101, "ap", DOWN).tick(103).vote(104, "ap", UP);
        world.fails(110, 150, "us", "eu").fails(150, 250);
        assertThat(world.told()).endsWith("CLOSED DOWN");
        assertThat(world.events).noneMatch(event -> event.incident().everywhere());
    }

    @Test
    void whatWasSaidOfItBeforeItReopenedSaysNothingOfIt() {
        var world = World.of("us").rounds(0, 30, UP).rounds(30, 70, DOWN).rounds(70, 130, UP);
        world.rounds(130, 170, DOWN);
        var id = world.incident().id();
        world.apply(
                new Input.Joined(
                        World.START.plusSeconds(171), id, "o1", World.START.plusSeconds(60)));
        assertThat(world.incident().context().outageId()).isNull();
        world.apply(
                new Input.Joined(
                        World.START.plusSeconds(172), id, "o2", World.START.plusSeconds(172)));
        assertThat(world.incident().context().outageId()).isEqualTo("o2");
    }

    @Test
    void whoIsLeftWhenTheOutageIsOverIsPartOfNone() {
        var world = World.of("us").rounds(0, 30, UP).rounds(30, 70, DOWN);
        var id = world.incident().id();
        world.apply(
                new Input.Joined(
                        World.START.plusSeconds(71), id, "o1", World.START.plusSeconds(71)));
        world.apply(
                new Input.Joined(
                        World.START.plusSeconds(75), id, null, World.START.plusSeconds(75)));
        assertThat(world.incident().context().outageId()).isNull();
        assertThat(world.events.getLast().reason())
                .isEqualTo("the outage that it was part of is over");
    }
}
