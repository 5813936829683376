package dev.tocsin.incident.engine.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.check.World;
import dev.tocsin.incident.engine.fleet.Evidence.Silence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is not heard: for how long, by whose word, and what is not known yet.
class FleetSilenceTest {
    private static final Instant START = World.START;
    private static final @Nullable Silence HEARD = null;
    private static final Silence QUIET = Silence.quiet(START);
    private static final Silence MUTE = Silence.mute(START);
    private static final Silence PENDING = Silence.PENDING;

    private FleetState state = FleetState.EMPTY;
    private final List<String> told = new ArrayList<>();
    private final List<FleetEngine.Told> events = new ArrayList<>();

    private static Evidence.Of of(@Nullable Silence silence) {
        return of(silence, 30);
    }

    private static Evidence.Of of(@Nullable Silence silence, int patience) {
        return of(silence, patience, true);
    }

    private static Evidence.Of of(@Nullable Silence silence, int patience, boolean heard) {
        return new Evidence.Of(8, 0, null, Set.of(), heard, silence, Duration.ofSeconds(patience));
    }

    private void heard(int second, int partition, Map<String, Evidence.Of> regions) {
        take(
                second,
                FleetEngine.heard(
                        state, partition, new Evidence(8, regions), START.plusSeconds(second)));
    }

    private void take(int second, FleetEngine.Step step) {
        state = step.next();
        events.addAll(step.events());
        step.events().forEach(event -> told.add(second + " " + event.type() + " " + event.key()));
    }

    private void lasts(int from, int to) {
        for (int second = from; second <= to; second++) {
            take(second, FleetEngine.tick(state, START.plusSeconds(second)));
        }
    }

    @Test
    void aRegionThatIsNotKnownYetKeepsNothingFromBeingJudged() {
        heard(0, 0, Map.of("us", of(HEARD), "eu", of(HEARD), "lab", of(PENDING, 259_200)));
        heard(10, 0, Map.of("us", of(QUIET)));
        lasts(11, 60);
        assertThat(told).containsExactly("25 OPENED region:us");
        assertThat(events.getFirst().reason()).isEqualTo("nothing is heard from there");
    }

    @Test
    void aRegionThatIsNotKnownYetIsToldNothingOf() {
        heard(0, 0, Map.of("us", of(PENDING), "eu", of(HEARD)));
        lasts(1, 100);
        assertThat(told).isEmpty();
    }

    @Test
    void whatIsOpenStaysSoUntilItIsKnownToBeOver() {
        heard(0, 0, Map.of("us", of(QUIET), "eu", of(HEARD)));
        lasts(1, 20);
        assertThat(told).containsExactly("15 OPENED region:us");
        heard(21, 0, Map.of("us", of(PENDING), "eu", of(PENDING)));
        lasts(22, 60);
        assertThat(told).hasSize(1);
        heard(61, 0, Map.of("us", of(HEARD)));
        assertThat(told).endsWith("61 CLOSED region:us");
        assertThat(events.getLast().reason()).isEqualTo("it is heard and agrees again");
    }

    @Test
    void aStallThatIsOpenStaysSoUntilARegionIsHeard() {
        heard(0, 0, Map.of("us", of(QUIET), "eu", of(QUIET)));
        lasts(1, 20);
        assertThat(told).containsExactly("15 OPENED pipeline:stalled");
        heard(21, 0, Map.of("us", of(PENDING), "eu", of(PENDING)));
        lasts(22, 60);
        heard(61, 0, Map.of("us", of(PENDING), "eu", of(HEARD)));
        assertThat(told)
                .containsExactly("15 OPENED pipeline:stalled", "61 CLOSED pipeline:stalled");
        assertThat(events.getLast().reason()).isEqualTo("results come in again");
    }

    @Test
    void whereNoRegionIsHeardAndOneIsNotKnownYetNeitherAStallNorARegionIsTold() {
        heard(0, 0, Map.of("us", of(QUIET), "eu", of(PENDING, 300)));
        lasts(1, 100);
        assertThat(told).isEmpty();
        heard(101, 0, Map.of("eu", of(HEARD, 300)));
        lasts(102, 130);
        assertThat(told).containsExactly("116 OPENED region:us");
    }

    @Test
    void aRegionThatDiesTogetherWithStreamsIsToldOnceItsPatienceIsOver() {
        heard(0, 0, Map.of("us", of(HEARD), "eu", of(HEARD)));
        state = FleetEngine.resumed(state);
        heard(1, 0, Map.of("us", of(PENDING, 30, false), "eu", of(PENDING, 30, false)));
        heard(5, 0, Map.of("eu", of(HEARD)));
        heard(31, 0, Map.of("us", of(Silence.quiet(START.plusSeconds(1)), 30, false)));
        lasts(32, 60);
        assertThat(told).containsExactly("46 OPENED region:us");
        assertThat(events.getFirst().incident().times().startedAt())
                .isEqualTo(START.plusSeconds(1));
    }

    @Test
    void whatLastsIsCountedAnewAfterTimeStoodStill() {
        heard(0, 0, Map.of("us", of(QUIET), "eu", of(HEARD)));
        state = FleetEngine.resumed(state);
        lasts(3600, 3614);
        assertThat(told).isEmpty();
        lasts(3615, 3615);
        assertThat(told).containsExactly("3615 OPENED region:us");
        state = FleetEngine.resumed(state);
        lasts(7200, 7200);
        assertThat(told).as("what is told stays told").hasSize(1);
    }

    @Test
    void aPartitionThatSeldomHearsOfARegionDoesNotKeepItFromBeingSilent() {
        heard(0, 0, Map.of("us", of(QUIET, 30), "eu", of(HEARD, 30)));
        heard(0, 1, Map.of("us", of(HEARD, 61), "eu", of(HEARD, 61)));
        lasts(1, 20);
        assertThat(told).containsExactly("15 OPENED region:us");
    }

    @Test
    void aPartitionThatHearsOfItHalfAsOftenDoes() {
        heard(0, 0, Map.of("us", of(QUIET, 30), "eu", of(HEARD, 30)));
        heard(0, 1, Map.of("us", of(HEARD, 60), "eu", of(HEARD, 60)));
        lasts(1, 100);
        assertThat(told).isEmpty();
        heard(101, 1, Map.of("us", of(Silence.quiet(START.plusSeconds(41)), 60)));
        lasts(102, 120);
        assertThat(told).containsExactly("116 OPENED region:us");
        assertThat(events.getFirst().incident().times().startedAt())
                .as("since the last of them hears nothing")
                .isEqualTo(START.plusSeconds(41));
    }

    @Test
    void anHourlyCheckAloneInItsPartitionDoesNotHideAStall() {
        heard(0, 0, Map.of("us", of(QUIET), "eu", of(QUIET)));
        heard(0, 1, Map.of("us", of(HEARD, 10_800), "eu", of(HEARD, 10_800)));
        lasts(1, 20);
        assertThat(told).containsExactly("15 OPENED pipeline:stalled");
    }

    @Test
    void aRegionOfADailyCheckHasNoSayInAStallAndOneTenTimesAsSeldomHas() {
        heard(0, 0, Map.of("us", of(QUIET), "lab", of(HEARD, 301)));
        lasts(1, 20);
        assertThat(told).containsExactly("15 OPENED pipeline:stalled");
        heard(21, 0, Map.of("lab", of(HEARD, 300)));
        assertThat(told).endsWith("21 CLOSED pipeline:stalled");
    }

    @Test
    void aStallNamesAFewRegionsAndCountsTheRest() {
        for (int region = 10; region < 22; region++) {
            heard(0, 0, Map.of("r" + region, of(QUIET)));
        }
        lasts(1, 15);
        assertThat(events.getFirst().reason())
                .isEqualTo(
                        "nothing is heard from any of r10, r11, r12, r13, r14, r15, r16, r17, r18, r19 and 2 more:"
                                + " nothing is measured");
        assertThat(events.getFirst().incident().times().startedAt()).isEqualTo(START);
    }

    @Test
    void aRegionThatYieldsNothingButErrorsIsToldInItsOwnWords() {
        heard(0, 0, Map.of("us", of(MUTE), "eu", of(HEARD)));
        heard(0, 1, Map.of("us", of(QUIET), "eu", of(HEARD)));
        lasts(1, 20);
        assertThat(told).containsExactly("15 OPENED region:us");
        assertThat(events.getFirst().reason())
                .isEqualTo("its agents report only errors of their own: nothing is measured there");
        heard(21, 1, Map.of("us", of(HEARD)));
        assertThat(told).endsWith("21 CLOSED region:us");
    }

    @Test
    void errorsFromEverywhereAreAStall() {
        heard(0, 0, Map.of("us", of(QUIET), "eu", of(MUTE)));
        lasts(1, 20);
        assertThat(told).containsExactly("15 OPENED pipeline:stalled");
        assertThat(events.getFirst().reason())
                .isEqualTo(
                        "nothing but errors of the agents' own is heard from any of eu, us: nothing is measured");
    }

    @Test
    void aSingleCheckSaysSoItself() {
        take(
                0,
                FleetEngine.heard(
                        state,
                        0,
                        new Evidence(1, Map.of("us", of(QUIET), "eu", of(QUIET))),
                        START));
        lasts(1, 60);
        assertThat(told).isEmpty();
    }

    @Test
    void ofAThousandOpeningsAHundredAreRemembered() {
        for (int day = 0; day < 1000; day++) {
            int at = day * 1200;
            heard(at, 0, Map.of("us", of(Silence.quiet(START.plusSeconds(at))), "eu", of(HEARD)));
            lasts(at + 15, at + 15);
            heard(at + 16, 0, Map.of("us", of(HEARD)));
        }
        assertThat(told).hasSize(2000);
        assertThat(state.watched().getOrDefault("region:us", Watched.FINE).turns()).hasSize(100);
        assertThat(events.getLast().incident().past().in30Days()).isEqualTo(100);
    }
}
