package dev.tocsin.incident.engine.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.check.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What agents say of themselves: to which region they belong, and whether they are cut off.
class AgentsTest {
    private static final Instant START = World.START;
    private static final int DAY = 24 * 3600;

    private FleetState state = FleetState.EMPTY;
    private final List<String> bound = new ArrayList<>();
    private final List<FleetEngine.Told> told = new ArrayList<>();

    private @Nullable String says(int second, String id, String region, @Nullable String offline) {
        return says(id, new Agent(region, offline, START.plusSeconds(second), false), second);
    }

    private @Nullable String says(String id, Agent agent, int now) {
        var step = FleetEngine.heard(state, id, agent, START.plusSeconds(now));
        take(step);
        return step.refused();
    }

    private void take(FleetEngine.Step step) {
        state = step.next();
        told.addAll(step.events());
        step.bound().forEach(b -> bound.add(b.agentId() + " " + b.region()));
    }

    private void tick(int second) {
        take(FleetEngine.tick(state, START.plusSeconds(second)));
    }

    private void regions(String... names) {
        for (var name : names) {
            var of = new Evidence.Of(3, 0, null, Set.of(), true, null, Duration.ofSeconds(30));
            take(FleetEngine.heard(state, 0, new Evidence(3, Map.of(name, of)), START));
        }
    }

    private List<String> told() {
        return told.stream().map(t -> t.type() + " " + t.key()).toList();
    }

    @Test
    void anAgentIsBoundToTheRegionOfItsFirstHeartbeatAndThatIsToldOnce() {
        assertThat(says(0, "a", "us", null)).isNull();
        assertThat(says(10, "a", "us", null)).isNull();
        says(10, "b", "eu", null);
        assertThat(bound).containsExactly("a us", "b eu");
    }

    @Test
    void aHeartbeatThatClaimsAnotherRegionForAnAgentThatIsAliveIsRefused() {
        says(0, "a", "us", null);
        var before = state;
        assertThat(says(60, "a", "eu", null))
                .isEqualTo("agent a is of region us and alive, and this heartbeat of it says eu");
        assertThat(state).isEqualTo(before);
        assertThat(bound).containsExactly("a us");
    }

    @Test
    void anAgentThatWasSilentForMoreThanAMinuteMayComeBackElsewhere() {
        says(0, "a", "us", null);
        assertThat(says(61, "a", "eu", null)).isNull();
        assertThat(bound).containsExactly("a us", "a eu");
        assertThat(says(70, "a", "us", null)).isNotNull();
    }

    @Test
    void anAgentNotHeardOfForADayIsForgotten() {
        says(0, "a", "us", null);
        says(10, "b", "us", null);
        tick(DAY - 1);
        assertThat(state.agents()).containsOnlyKeys("a", "b");
        tick(DAY);
        assertThat(state.agents()).containsOnlyKeys("b");
        assertThat(bound).containsExactly("a us", "b us", "a null");
        says(DAY + 1, "a", "eu", null);
        assertThat(bound).endsWith("a eu");
    }

    @Test
    void aWordThatCameBeforeTimeIsKnownIsRememberedAndJudgedLater() {
        regions("us");
        take(FleetEngine.heard(state, "a", new Agent("us", "refused", START, false), null));
        assertThat(told).isEmpty();
        assertThat(bound).containsExactly("a us");
        tick(1);
        assertThat(told()).containsExactly("OPENED region:us");
    }

    @Test
    void aRegionIsCutOffWhereAllOfItsAgentsThatAreHeardSaySo() {
        regions("us", "eu");
        says(0, "a", "us", null);
        says(0, "b", "us", "b refused");
        says(0, "c", "eu", null);
        assertThat(told).isEmpty();
        says(1, "a", "us", "a refused");
        assertThat(told()).containsExactly("OPENED region:us");
        assertThat(told.getFirst().reason())
                .isEqualTo("its own canaries fail: a refused; b refused");
    }

    @Test
    void anAgentThatIsNotHeardForThreeHeartbeatsHasNoSayThatItIsFine() {
        regions("us");
        says(0, "a", "us", null);
        says(1, "b", "us", "refused");
        tick(29);
        assertThat(told).isEmpty();
        tick(30);
        assertThat(told()).containsExactly("OPENED region:us");
    }

    @Test
    void thatAnAgentIsCutOffHoldsForTenMinutes() {
        regions("us");
        says(0, "a", "us", "refused");
        tick(599);
        assertThat(told()).containsExactly("OPENED region:us");
        tick(600);
        assertThat(told()).containsExactly("OPENED region:us", "CLOSED region:us");
    }

    @Test
    void anAgentThatHasLeftHasNoSayAndStaysBound() {
        regions("us");
        says(0, "a", "us", "refused");
        says("a", new Agent("us", "refused", START.plusSeconds(1), true), 1);
        assertThat(told()).containsExactly("OPENED region:us", "CLOSED region:us");
        assertThat(says(2, "a", "eu", null)).isNotNull();
    }

    @Test
    void ofManyCanariesThreeAreNamed() {
        regions("us");
        for (int agent = 4; agent >= 0; agent--) {
            says("a" + agent, new Agent("us", "refused " + agent, START, false), 0);
        }
        assertThat(told.getFirst().reason()).isEqualTo("its own canaries fail: refused 4");
        tick(600);
        for (int agent = 0; agent < 5; agent++) {
            says(
                    "a" + agent,
                    new Agent("us", agent == 4 ? "x" : null, START.plusSeconds(600), false),
                    600);
        }
        for (int agent = 0; agent < 4; agent++) {
            says(601, "a" + agent, "us", "refused " + agent);
        }
        assertThat(told.getLast().reason())
                .isEqualTo("its own canaries fail: refused 0; refused 1; refused 2; and 2 more");
    }
}
