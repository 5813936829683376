package dev.tocsin.standalone.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tocsin.schemas.TrustedRecords;
import org.junit.jupiter.api.Test;

/// That the worlds are what they say, and that the engine does in them what DESIGN asks for.
class DetectionTest {
    static {
        TrustedRecords.trust();
    }

    private static final long INTERVAL = Detection.INTERVAL;
    private static final int REGIONS = Detection.REGIONS;

    private final Detection detection = new Detection(7);

    private static Rule ours() {
        return new Ours(REGIONS, INTERVAL);
    }

    @Test
    void toLeaveOutTheQuietStretchesChangesNoRate() {
        var all = detection.everyProbe(DetectionTest::ours, 0.15, 0.5);
        var pairs = detection.pairsOfFailures(DetectionTest::ours, 0.15, 1.5);
        assertThat(all.incidents()).isGreaterThan(30);
        double deviation =
                3 * Math.sqrt((double) all.incidents()) / 0.5
                        + 3 * Math.sqrt((double) pairs.incidents()) / 1.5;
        assertThat(pairs.perYear()).isCloseTo(all.perYear(), within(deviation));
    }

    @Test
    void threeInARowInOnePlaceAreAsRareAsTheyShouldBe() {
        var found = detection.everyProbe(Peers.Gatus::new, 0.05, 5);
        double slots = 365 * 24 * 120.0;
        double expected = slots * Math.pow(0.05, 3) * 0.95;
        assertThat(found.perYear()).isCloseTo(expected, within(0.2 * expected));
    }

    @Test
    void theSameSeedIsTheSameWorld() {
        var once = detection.outages(DetectionTest::ours, 20, 3, 1, REGIONS);
        assertThat(new Detection(7).outages(DetectionTest::ours, 20, 3, 1, REGIONS))
                .isEqualTo(once);
        assertThat(new Detection(8).outages(DetectionTest::ours, 20, 3, 1, REGIONS))
                .isNotEqualTo(once);
    }

    @Test
    void noOutageOfThreeIntervalsIsMissedAndTheMedianDelayIsAtMostOneAndAHalf() {
        var seen = detection.outages(DetectionTest::ours, 300, 3, 1, REGIONS);
        assertThat(seen.missed()).isZero();
        assertThat(seen.quantile(0.5)).isLessThanOrEqualTo(1.5);
    }

    @Test
    void aRegionThatFailsAloneIsSeen() {
        assertThat(detection.outages(DetectionTest::ours, 100, 20, 1, 1).missed()).isZero();
    }

    @Test
    void aFlappingTargetIsToldThreeTimesAndNotTwenty() {
        assertThat(detection.flapping(DetectionTest::ours, 20, 2, 3, 20)).isLessThan(4);
    }

    @Test
    void openstatusTestIsTrueBothWaysAtHalf() {
        var two = new Peers.Half(2);
        two.vote(0, false, 0);
        assertThat(two.open()).isTrue();
        two.vote(1, true, 1);
        assertThat(two.open()).isFalse();
    }
}
