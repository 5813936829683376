package dev.tocsin.incident.engine.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.check.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Rules 1 and 2, as far as they are about those who measure.
class FleetEngineTest {
    private static final Instant START = World.START;

    private FleetState state = FleetState.EMPTY;
    private final List<FleetEngine.Told> told = new ArrayList<>();

    private static Evidence.Of fine(int checks) {
        return of(checks, 0, null, Set.of(), true, null);
    }

    private static Evidence.Of of(
            int checks,
            int failing,
            @Nullable Instant since,
            Set<String> targets,
            boolean heard,
            @Nullable Instant quietSince) {
        return new Evidence.Of(
                checks,
                failing,
                since,
                targets,
                heard,
                quietSince == null ? null : Evidence.Silence.quiet(quietSince),
                Duration.ofSeconds(30));
    }

    private static Evidence.Of alone(int checks, int failing, int hosts) {
        var targets = new TreeSet<String>();
        for (int host = 0; host < hosts; host++) {
            targets.add("host" + host);
        }
        return of(checks, failing, START, targets, true, null);
    }

    private static Evidence.Of quiet(int checks, boolean heard) {
        return of(checks, 0, null, Set.of(), heard, START);
    }

    private void heard(
            int second, int partition, int checks, Evidence.Of us, Evidence.@Nullable Of eu) {
        take(
                FleetEngine.heard(
                        state,
                        partition,
                        new Evidence(
                                checks,
                                eu == null ? Map.of("us", us) : Map.of("us", us, "eu", eu),
                                Evidence.Names.ALL),
                        START.plusSeconds(second)));
    }

    private void agent(int second, String id, @Nullable String offline) {
        take(
                FleetEngine.heard(
                        state,
                        id,
                        new Agent("us", offline, START.plusSeconds(second), false),
                        START.plusSeconds(second)));
    }

    private void take(FleetEngine.Step step) {
        state = step.next();
        told.addAll(step.events());
    }

    private List<String> told() {
        return told.stream().map(t -> t.type() + " " + t.key()).toList();
    }

    @Test
    void rule1HalfOfTheChecksFailingInOneRegionAloneAreOneIncidentOfTheRegion() {
        heard(0, 0, 10, alone(10, 4, 4), fine(10));
        assertThat(told()).isEmpty();
        heard(1, 0, 10, alone(10, 5, 5), fine(10));
        assertThat(told()).containsExactly("OPENED region:us");
        assertThat(told.getFirst().reason())
                .isEqualTo("5 of 10 checks fail there alone, all other regions see them up");
        assertThat(told.getFirst().incident().times().startedAt()).isEqualTo(START);
    }

    @Test
    void rule1PartitionsCountTogether() {
        heard(0, 0, 5, alone(5, 3, 3), fine(5));
        heard(0, 1, 5, fine(5), fine(5));
        assertThat(told()).isEmpty();
        heard(1, 1, 5, of(5, 2, START, Set.of("host8", "host9"), true, null), fine(5));
        assertThat(told()).containsExactly("OPENED region:us");
    }

    @Test
    void rule1ChecksOfOneHostAreRelatedAndIsolateNobody() {
        heard(0, 0, 10, alone(10, 10, 1), fine(10));
        assertThat(told()).isEmpty();
    }

    @Test
    void rule1ARegionDoesNotComeAndGoWithTheLastCheck() {
        heard(0, 0, 10, alone(10, 5, 5), fine(10));
        heard(1, 0, 10, alone(10, 4, 4), fine(10));
        heard(2, 0, 10, alone(10, 5, 5), fine(10));
        assertThat(told()).containsExactly("OPENED region:us");
        heard(3, 0, 10, alone(10, 1, 1), fine(10));
        assertThat(told()).containsExactly("OPENED region:us", "CLOSED region:us");
    }

    @Test
    void rule1SoonAfterwardsItIsTheSameIncidentAndLaterTheSecond() {
        heard(0, 0, 10, alone(10, 5, 5), fine(10));
        heard(5, 0, 10, fine(10), fine(10));
        heard(60, 0, 10, alone(10, 5, 5), fine(10));
        assertThat(told()).endsWith("REOPENED region:us");
        assertThat(told.getLast().incident().seq()).isEqualTo(3);
        heard(70, 0, 10, fine(10), fine(10));
        take(
                FleetEngine.heard(
                        state,
                        0,
                        new Evidence(
                                10,
                                Map.of(
                                        "us",
                                        of(
                                                10,
                                                5,
                                                START.plusSeconds(5000),
                                                alone(10, 5, 5).targets(),
                                                true,
                                                null))),
                        START.plusSeconds(5000)));
        assertThat(told()).endsWith("OPENED region:us");
        assertThat(told.getLast().incident().past().in7Days()).isEqualTo(2);
    }

    @Test
    void rule1ARegionWhoseCanariesFailIsIsolatedUnlessAnotherAgentThereIsFine() {
        heard(0, 0, 3, fine(3), fine(3));
        agent(1, "us-1", "tcp://10.0.0.1:53 refused");
        assertThat(told()).containsExactly("OPENED region:us");
        assertThat(told.getFirst().reason())
                .isEqualTo("its own canaries fail: tcp://10.0.0.1:53 refused");
        agent(2, "us-2", null);
        assertThat(told()).endsWith("CLOSED region:us");
        agent(60, "us-1", "tcp://10.0.0.1:53 refused"); // and of us-2 nothing is heard any more
        assertThat(told()).endsWith("REOPENED region:us");
        agent(61, "us-1", null);
        assertThat(told()).endsWith("CLOSED region:us");
    }

    @Test
    void aRegionThatFellSilentIsOneIncidentAfterAWhile() {
        for (int second = 0; second < 15; second++) {
            heard(second, 0, 8, quiet(8, true), fine(8));
        }
        assertThat(told()).isEmpty();
        heard(15, 0, 8, quiet(8, true), fine(8));
        assertThat(told()).containsExactly("OPENED region:us");
        heard(16, 0, 8, quiet(8, false), fine(8)); // the task has restarted
        heard(17, 0, 8, fine(8), fine(8));
        assertThat(told()).containsExactly("OPENED region:us", "CLOSED region:us");
    }

    @Test
    void whatWasNeverHeardWasNeverThere() {
        for (int second = 0; second < 60; second++) {
            heard(second, 0, 8, quiet(8, false), fine(8));
        }
        assertThat(told()).isEmpty();
    }

    @Test
    void rule2NothingFromAnywhereIsOneStallAndNoIncidentPerRegion() {
        heard(0, 0, 8, quiet(8, true), fine(8));
        for (int second = 5; second < 20; second++) {
            heard(second, 0, 8, quiet(8, true), quiet(8, true));
        }
        assertThat(told()).isEmpty();
        heard(20, 0, 8, quiet(8, true), quiet(8, true));
        assertThat(told()).containsExactly("OPENED pipeline:stalled");
        heard(25, 0, 8, fine(8), fine(8));
        assertThat(told()).containsExactly("OPENED pipeline:stalled", "CLOSED pipeline:stalled");
    }

    @Test
    void rule2AStallNeedsTheSilenceOfEveryPartition() {
        heard(0, 1, 8, fine(8), fine(8));
        for (int second = 0; second < 60; second++) {
            heard(second, 0, 8, quiet(8, false), quiet(8, false));
        }
        assertThat(told()).isEmpty();
    }

    @Test
    void aRegionWithoutChecksIsNoTroubleAnyMore() {
        heard(0, 0, 10, fine(10), alone(10, 5, 5));
        assertThat(told()).containsExactly("OPENED region:eu");
        heard(1, 0, 10, fine(10), null);
        assertThat(told()).containsExactly("OPENED region:eu", "CLOSED region:eu");
    }
}
