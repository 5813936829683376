package dev.tocsin.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Who of a region's agents is there.
class RosterTest {
    private static final long NANOS = Duration.ofSeconds(1).toNanos();

    private final Roster roster = new Roster("me", "us", 0);

    /// As it comes, a moment after it was appended; seconds.
    private void heard(double second, String agent) {
        heard(second, agent, "us", false);
    }

    private void heard(double second, String agent, @Nullable String region, boolean leaving) {
        roster.heard(agent, region, leaving, (long) (1000 * second), (long) (second * NANOS));
    }

    private void history(double second, String agent) {
        roster.heard(agent, "us", false, (long) (1000 * second), null);
    }

    private String running(double second) {
        return String.join(" ", roster.at((long) (second * NANOS)).running());
    }

    @Test
    void whoKnowsOfNoOtherIsAlone() {
        assertThat(running(0)).isEqualTo("me");
    }

    @Test
    void aNewAgentRunsNothingUntilItsFirstHeartbeatIsThere() {
        history(-5, "b");
        assertThat(running(0)).isEqualTo("b");
        heard(1, "me");
        assertThat(running(1)).isEqualTo("b me");
    }

    @Test
    void theOthersLeaveAShareToANewOneAMomentLater() {
        heard(0, "me");
        heard(10, "b");
        assertThat(running(11.9)).isEqualTo("me");
        assertThat(running(12)).isEqualTo("b me");
    }

    @Test
    void anAgentIsAliveForThreeHeartbeatsByTheBrokersStamps() {
        history(0, "b");
        history(0, "me");
        heard(30, "me");
        assertThat(running(30)).isEqualTo("b me");
        heard(30.001, "me");
        assertThat(running(30.001)).isEqualTo("me");
        heard(31, "b");
        assertThat(running(32.9)).as("it joins anew").isEqualTo("me");
        assertThat(running(33)).isEqualTo("b me");
    }

    @Test
    void oneThatComesBackWithinThreeHeartbeatsWasNeverGone() {
        history(0, "b");
        history(0, "me");
        heard(30, "b");
        assertThat(running(30)).isEqualTo("b me");
    }

    @Test
    void whereNothingIsReadNothingChanges() {
        history(0, "b");
        history(0, "me");
        assertThat(running(0)).isEqualTo("b me");
        assertThat(running(100_000)).isEqualTo("b me");
    }

    @Test
    void thisAgentIsAlwaysAliveOnceItHasJoined() {
        heard(0, "me");
        assertThat(running(0)).isEqualTo("me");
        history(0, "b");
        heard(100, "b");
        assertThat(running(200)).isEqualTo("b me");
    }

    @Test
    void anAgentThatLeavesIsGoneAtOnceAndJoinsAnewWhenItIsBack() {
        history(0, "b");
        history(0, "me");
        heard(5, "b", "us", true);
        assertThat(running(5)).isEqualTo("me");
        heard(7, "b");
        assertThat(running(8)).isEqualTo("me");
        assertThat(running(9)).isEqualTo("b me");
    }

    @Test
    void agentsOfOtherRegionsRunNothingHereAndMoveTheTime() {
        history(0, "b");
        history(0, "me");
        heard(20, "eu-1", "eu", false);
        assertThat(running(20)).isEqualTo("b me");
        heard(31, "eu-1", "eu", false);
        assertThat(running(31)).isEqualTo("me");
    }

    @Test
    void anEntryThatIsTakenBackOrMovesElsewhereIsGone() {
        history(0, "b");
        history(0, "c");
        history(0, "me");
        heard(1, "b", null, false);
        assertThat(running(1)).isEqualTo("c me");
        heard(2, "c", "eu", false);
        assertThat(running(2)).isEqualTo("me");
    }

    @Test
    void anEarlierLifeThatWasLongAgoOrHasLeftIsNotThisOne() {
        history(0, "me");
        history(60, "b");
        assertThat(running(1)).isEqualTo("b");
        roster.heard("me", "us", true, 59_000, null);
        assertThat(running(1)).isEqualTo("b");
    }

    @Test
    void anEarlierLifeThatTheOthersHaveNotMissedGoesOn() {
        history(50, "me");
        history(60, "b");
        assertThat(running(61)).isEqualTo("b me");
    }

    @Test
    void ofThoseOfLongAgoNothingIsExpected() {
        history(-3600, "b"); // the newest there is: nobody was there for an hour
        assertThat(running(30)).isEqualTo("b");
        assertThat(running(31)).isEqualTo("me");
        heard(32, "b");
        assertThat(running(33)).as("it is there after all, and joins").isEqualTo("me");
        assertThat(running(34)).isEqualTo("b");
    }

    @Test
    void anOlderStampMakesNobodyOlder() {
        history(0, "me");
        history(40, "b");
        heard(5, "b");
        heard(45, "me");
        assertThat(running(60)).isEqualTo("b me");
    }
}
