package dev.tocsin.incident.engine.check;

import static dev.tocsin.incident.engine.check.Vote.DOWN;
import static dev.tocsin.incident.engine.check.Vote.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.Command;
import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Severity;
import dev.tocsin.incident.engine.Verdict;
import dev.tocsin.incident.engine.check.Decision.Unknown;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is not known is neither up nor down, and says why it is not known (rules 1 to 3).
class UnknownTest {
    private static final List<String> FIVE = List.of("a", "b", "c", "d", "e");

    private static World five() {
        return World.of(FIVE.toArray(String[]::new)).rounds(0, 30, UP);
    }

    /// Some fail, some pass, the rest says nothing.
    private static World some(World world, int from, int to, Set<String> down, Set<String> up) {
        for (int second = from; second < to; second += 10) {
            for (var region : down) {
                world.vote(second, region, DOWN);
            }
            for (var region : up) {
                world.vote(second, region, UP);
            }
            world.tick(second);
        }
        return world;
    }

    private static Decision now(World world, int second) {
        return Decision.of(world.state, world.policy, World.START.plusSeconds(second));
    }

    private static @Nullable Unknown why(Decision decision, String region) {
        return java.util.Objects.requireNonNull(decision.standings().get(region)).unknown();
    }

    /// As a process that has just started has it: nothing of who was heard when.
    private static World restarted(World world, int second) {
        world.state = world.state.unheard();
        world.policy = world.policy.under(world.policy.around().resumed(Instant.MAX));
        return world.resumed(second);
    }

    @Test
    void aRegionSaysWhyItDoesNotVote() {
        var world = some(five().isolated("e"), 30, 100, Set.of(), Set.of("a", "b"));
        assertThat(why(now(world, 100), "c")).isEqualTo(Unknown.SILENT);
        assertThat(why(now(world, 100), "e")).isEqualTo(Unknown.ISOLATED);
        assertThat(why(now(world, 100), "a")).isNull();
        assertThat(now(world, 100).explanation())
                .isEqualTo(
                        "UP: 2 of 5 regions vote (2 silent, 1 cut off), 0 fail, 0 degraded; 2 failing of at least 2 voting are needed");
        assertThat(why(now(restarted(world, 200), 201), "a")).isEqualTo(Unknown.UNHEARD);
    }

    @Test
    void rule2PassingRegionsThatFallSilentMakeNoPartialFailureGlobal() {
        var world = some(five(), 30, 120, Set.of("a", "b"), Set.of("c", "d", "e"));
        assertThat(world.told()).containsExactly("OPENED PARTIAL");
        some(world, 120, 400, Set.of("a", "b"), Set.of("c"));
        assertThat(now(world, 400).voting()).isEqualTo(3);
        assertThat(now(world, 400).need()).isEqualTo(3);
        assertThat(world.told()).containsExactly("OPENED PARTIAL");
        assertThat(world.incident().everywhere()).isFalse();
    }

    @Test
    void rule2RegionsThatAreIsolatedMakeNoPartialFailureGlobalEither() {
        var world = some(five(), 30, 120, Set.of("a", "b"), Set.of("c", "d", "e"));
        some(world.isolated("d", "e"), 120, 400, Set.of("a", "b"), Set.of("c", "d", "e"));
        assertThat(world.told()).containsExactly("OPENED PARTIAL");
        // And not before it has opened, while its countdown runs.
        var soon = some(five(), 30, 60, Set.of("a", "b"), Set.of("c", "d", "e"));
        some(soon.isolated("d", "e"), 60, 200, Set.of("a", "b"), Set.of("c", "d", "e"));
        assertThat(soon.told()).containsExactly("OPENED PARTIAL");
    }

    @Test
    void rule2WhenAllIsOverTheQuorumIsCountedFromThoseThatVoteAgain() {
        var world = some(five(), 30, 120, Set.of("a", "b"), Set.of("c", "d", "e"));
        some(world, 120, 300, Set.of(), Set.of("a", "b", "c"));
        assertThat(world.told()).endsWith("CLOSED PARTIAL");
        assertThat(world.state.electorate()).isEmpty();
        some(world, 2000, 2030, Set.of("a", "b"), Set.of("c"));
        assertThat(world.told()).endsWith("OPENED DOWN");
    }

    @Test
    void aRestartWhileTwoOfFiveFailTellsNoGlobalOutageAndNoLostEvidence() {
        var world = some(five(), 30, 200, Set.of("a", "b"), Set.of("c", "d", "e"));
        restarted(world, 201);
        for (int second = 202; second < 212; second++) {
            world.tick(second);
        }
        some(world, 212, 300, Set.of("a", "b"), Set.of("c", "d", "e"));
        assertThat(world.told()).containsExactly("OPENED PARTIAL");
    }

    @Test
    void aRestartSaysNotThatARegionThatHadRecoveredIsLost() {
        var world = World.of("a", "b", "c").rounds(0, 30, UP);
        some(world, 30, 100, Set.of("a", "b"), Set.of("c"));
        some(world, 100, 150, Set.of("b"), Set.of("a", "c"));
        int told = world.events.size();
        restarted(world, 151);
        some(world, 160, 230, Set.of("b"), Set.of("a", "c"));
        assertThat(world.events).hasSize(told);
    }

    @Test
    void afterARestartWhatIsStillSilentWhenItHadItsChanceIsLost() {
        var world = some(five(), 30, 120, Set.of("a", "b"), Set.of("c", "d", "e"));
        some(restarted(world, 121), 130, 200, Set.of("b"), Set.of("c", "d", "e"));
        assertThat(world.events.getLast().reason())
                .isEqualTo("evidence_lost: nothing is known any more from a");
    }

    @Test
    void afterARestartAnOutageThatIsCertainWhateverTheOthersSayIsToldAtOnce() {
        var world = restarted(some(five(), 30, 50, FIVE3, Set.of("d", "e")), 51);
        some(world, 52, 53, FIVE3, Set.of());
        assertThat(world.told()).containsExactly("OPENED DOWN");
        // The others were fine when they were last heard.
        assertThat(world.incident().everywhere()).isFalse();
    }

    private static final Set<String> FIVE3 = Set.of("a", "b", "c");

    @Test
    void afterARestartNothingPartialOpensBeforeEveryRegionHadItsChance() {
        var world = some(five(), 30, 80, Set.of("a"), Set.of("b", "c", "d", "e"));
        restarted(world, 81);
        for (int second = 82; second < 112; second += 10) {
            world.vote(second, "a", DOWN).tick(second);
            assertThat(world.told()).isEmpty();
        }
        world.vote(112, "a", DOWN).tick(112);
        assertThat(world.told()).containsExactly("OPENED PARTIAL");
        assertThat(world.events.getFirst().incident().times().startedAt())
                .isEqualTo(World.START.plusSeconds(30));
    }

    @Test
    void aRecoveryThatWasNearlyOverWhenTheProcessEndedIsToldWithItsTrueEnd() {
        var world = World.of("a", "b").rounds(0, 30, UP).rounds(30, 100, DOWN).rounds(100, 120, UP);
        restarted(world, 115);
        for (int second = 116; second < 124; second++) {
            world.tick(second);
        }
        assertThat(world.told()).containsExactly("OPENED DOWN"); // neither has been heard yet
        world.rounds(124, 135, UP);
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
        assertThat(world.events.getLast().incident().times().endedAt())
                .isEqualTo(World.START.plusSeconds(100));
    }

    @Test
    void oneFailureAfterASilenceMakesNoRegionFail() {
        var world = World.of("a", "b").rounds(0, 30, UP);
        some(world, 30, 60, Set.of("a"), Set.of("b"));
        assertThat(world.state.region("a").verdict()).isEqualTo(Verdict.FAILING);
        some(world, 60, 7260, Set.of(), Set.of("b"));
        world.vote(7260, "a", DOWN);
        assertThat(world.state.region("a").verdict()).isEqualTo(Verdict.UNDECIDED);
        assertThat(now(world, 7260).failing()).isZero();
        some(world, 7270, 7290, Set.of("a"), Set.of("b"));
        assertThat(world.state.region("a").verdict()).isEqualTo(Verdict.FAILING);
        assertThat(world.state.region("a").since()).isEqualTo(World.START.plusSeconds(7260));
    }

    @Test
    void aRegionThatIsBackAfterASilenceIsFineOnlyWhenItHasPassedAgain() {
        var world = World.of("a", "b").rounds(0, 30, UP).rounds(30, 60, DOWN);
        some(world, 60, 200, Set.of(), Set.of("b"));
        assertThat(world.told()).doesNotContain("CLOSED DOWN");
        world.vote(200, "a", UP);
        assertThat(world.state.region("a").verdict()).isEqualTo(Verdict.UNDECIDED);
        some(world, 210, 250, Set.of(), Set.of("a", "b"));
        assertThat(world.told()).endsWith("CLOSED DOWN");
        assertThat(world.events.getLast().incident().times().endedAt())
                .isEqualTo(World.START.plusSeconds(200));
    }

    @Test
    void aPassAndAFailureAfterASilenceDecideNothing() {
        var world = World.of("a", "b").rounds(0, 30, UP).rounds(30, 60, DOWN);
        some(world, 60, 200, Set.of(), Set.of("b"));
        world.vote(200, "a", UP).vote(210, "a", DOWN).vote(220, "a", UP);
        assertThat(world.state.region("a").verdict()).isEqualTo(Verdict.UNDECIDED);
        assertThat(world.incident().open()).isTrue();
    }

    @Test
    void whatWasClosedByHandAndFailsHoursLaterIsANewIncident() {
        var world = World.of("a", "b", "c").rounds(0, 30, UP);
        some(world, 30, 150, Set.of("c"), Set.of("a", "b"));
        some(world, 150, 250, Set.of(), Set.of("a", "b"));
        world.command(251, "c1", Command.Kind.CLOSE, 0);
        assertThat(world.told()).endsWith("CLOSED PARTIAL");
        some(world, 260, 11_000, Set.of(), Set.of("a", "b"));
        some(world, 11_000, 11_100, Set.of("c"), Set.of("a", "b"));
        assertThat(world.told()).endsWith("OPENED PARTIAL");
        assertThat(world.events.getLast().incident().times().startedAt())
                .isEqualTo(World.START.plusSeconds(11_000));
    }

    @Test
    void aStreakThatWasHiddenThroughTheCloseReopensOnlySoonAfterIt() {
        var world = World.of("a", "b", "c").rounds(0, 30, UP);
        some(world, 30, 150, Set.of("c"), Set.of("a", "b"));
        some(world.isolated("c"), 150, 160, Set.of("c"), Set.of("a", "b"));
        world.command(161, "c1", Command.Kind.CLOSE, 0);
        some(world, 170, 1000, Set.of("c"), Set.of("a", "b"));
        some(world.isolated(), 1000, 1080, Set.of("c"), Set.of("a", "b"));
        assertThat(world.told()).endsWith("CLOSED PARTIAL", "OPENED PARTIAL");
    }

    @Test
    void aRegionThatWasTakenAwayWhileItFailedComesBackAsANewOne() {
        var world = World.of("a", "b", "c").rounds(0, 30, UP);
        some(world, 30, 150, Set.of("c"), Set.of("a", "b"));
        world.policy = World.of("a", "b").policy;
        some(world, 150, 200, Set.of(), Set.of("a", "b"));
        assertThat(world.told()).endsWith("CLOSED PARTIAL");
        assertThat(world.state.regions()).doesNotContainKey("c");
        world.policy = World.of("a", "b", "c").policy;
        some(world, 600_000, 600_060, Set.of(), Set.of("a", "b", "c"));
        assertThat(world.told()).endsWith("CLOSED PARTIAL");
    }

    @Test
    void whoIsSilentStaysWhatItLastWasInTheScope() {
        var world = World.of("a", "b", "c").rounds(0, 30, UP);
        some(world, 30, 60, Set.of("a", "b"), Set.of("c"));
        assertThat(world.told()).containsExactly("OPENED DOWN");
        some(world, 60, 200, Set.of("a", "b"), Set.of());
        assertThat(world.incident().everywhere()).isFalse();
        some(world, 200, 240, Set.of("a", "b", "c"), Set.of());
        assertThat(world.incident().everywhere()).isTrue();
        assertThat(world.events.getLast().reason()).startsWith("also failing: c");
        assertThat(world.incident().kind()).isEqualTo(Kind.DOWN);
        assertThat(world.incident().severity()).isEqualTo(Severity.CRITICAL);
    }

    @Test
    void afterARestartAFailureOfAnHourAgoVotesNot() {
        var world =
                some(
                        World.of("a", "b", "c").rounds(0, 30, UP),
                        30,
                        60,
                        Set.of("a"),
                        Set.of("b", "c"));
        assertThat(world.told()).isEmpty();
        restarted(world, 3600);
        world.vote(3601, "b", UP).tick(3601).vote(3604, "c", UP).tick(3605);
        assertThat(world.told()).isEmpty();
        world.vote(3607, "b", DOWN).vote(3610, "b", DOWN).vote(3613, "b", DOWN).tick(3614);
        assertThat(world.told()).isEmpty();
    }

    @Test
    void aRestartTellsNoShrinkingThatSilenceTakesBack() {
        var world = some(five(), 30, 100, Set.of(), Set.of("a", "b", "c"));
        some(world, 100, 200, Set.of("a", "b"), Set.of("c"));
        some(restarted(world, 201), 202, 300, Set.of("a", "b"), Set.of("c"));
        assertThat(world.told()).containsExactly("OPENED DOWN");
    }

    @Test
    void aRestartChangesNoScope() {
        var world = World.of("a", "b", "c");
        some(world, 0, 60, Set.of("a", "b"), Set.of());
        assertThat(world.incident().everywhere()).isTrue();
        some(restarted(world, 61), 62, 120, Set.of("a", "b"), Set.of());
        assertThat(world.told()).containsExactly("OPENED DOWN");
        assertThat(world.incident().everywhere()).as("c was never heard").isTrue();
    }

    @Test
    void theRegionsOfANewCheckAreWaitedForBeforeTwoOfThemDecide() {
        var world = World.of(FIVE.toArray(String[]::new)).resumed(-7200);
        world.policy = world.policy.under(world.policy.around(), Near.NOTHING.since(World.START));
        for (int second = 0; second < 9; second += 3) {
            world.vote(second, "a", DOWN).vote(second, "b", DOWN);
        }
        assertThat(world.told()).isEmpty();
        assertThat(now(world, 8).need()).isEqualTo(3);
        assertThat(now(world, 31).need()).isEqualTo(2);
    }

    @Test
    void maintenanceOfOneRegionExplainsNotThatNothingIsKnown() {
        var world = World.of("a", "b", "c").rounds(0, 30, UP);
        var schedule = Schedule.once(World.START, World.START.plusSeconds(100_000));
        var window = new Window("w", Set.of("a"), schedule);
        world.policy =
                world.policy.under(
                        world.policy.around(),
                        new Near(List.of(window), java.util.Map.of(), Reports.NONE));
        for (int second = 30; second < 300; second++) {
            world.tick(second);
        }
        assertThat(world.told()).containsExactly("OPENED NO_DATA");
        assertThat(world.incident().context().suppressedBy()).isNull();
    }

    @Test
    void aCheckIsNotRemovedBeforeItWasTold() {
        var world = World.of("a", "b").rounds(0, 30, UP).rounds(30, 60, DOWN);
        world.apply(new Input.Removed(World.START.minusSeconds(5)));
        var closed = world.events.getLast();
        assertThat(closed.incident().times().closedAt())
                .isEqualTo(closed.incident().times().openedAt());
    }
}
