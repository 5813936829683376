package dev.tocsin.incident.engine.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.fleet.Evidence.Names;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What is known after each word of a partition.
class FleetStateTest {
    private FleetState state = FleetState.EMPTY;

    private static Evidence.Of of(boolean heard) {
        return new Evidence.Of(1, 0, null, Set.of(), heard, null, Duration.ofSeconds(30));
    }

    private void heardOf(int partition, Names whole, String... names) {
        var regions = new HashMap<String, Evidence.Of>();
        for (var name : names) {
            regions.put(name, of(false));
        }
        state = state.heard(partition, new Evidence(names.length, regions, whole));
    }

    private boolean heard(String name, int partition) {
        return Objects.requireNonNull(state.regions().getOrDefault(name, Map.of()).get(partition))
                .heard();
    }

    private void changed(int partition, String name, boolean heard) {
        state = state.heard(partition, new Evidence(3, Map.of(name, of(heard))));
    }

    @Test
    void whatHasNotChangedStays() {
        heardOf(0, Names.ALL, "a", "b", "c");
        changed(0, "b", true);
        assertThat(state.regions()).containsOnlyKeys("a", "b", "c");
        assertThat(heard("b", 0)).isTrue();
        assertThat(state.checks()).containsExactly(Map.entry(0, 3));
    }

    @Test
    void whatIsNotAmongTheWholeIsGoneForThatPartition() {
        heardOf(0, Names.ALL, "a", "b");
        heardOf(1, Names.ALL, "b");
        heardOf(0, Names.ALL, "a");
        assertThat(state.regions()).containsOnlyKeys("a", "b");
        assertThat(state.regions().getOrDefault("b", Map.of())).containsOnlyKeys(1);
        heardOf(1, Names.ALL);
        assertThat(state.regions()).containsOnlyKeys("a");
    }

    @Test
    void aPortionOfTheWholeSaysNothingOfTheOthers() {
        heardOf(0, Names.ALL, "a", "b", "c", "d", "e");
        heardOf(0, new Names(null, "b"), "b");
        assertThat(state.regions()).containsOnlyKeys("b", "c", "d", "e");
        heardOf(0, new Names("b", "d"), "d");
        assertThat(state.regions()).containsOnlyKeys("b", "d", "e");
        heardOf(0, new Names("d", null), "f");
        assertThat(state.regions()).containsOnlyKeys("b", "d", "f");
    }

    @Test
    void thatARegionWasEverHeardOutlivesThePartitionsMemoryOfIt() {
        changed(0, "a", true);
        changed(0, "a", false);
        assertThat(heard("a", 0)).isTrue();
        changed(1, "a", false);
        assertThat(heard("a", 1)).isFalse();
        heardOf(0, Names.ALL);
        changed(0, "a", false);
        assertThat(heard("a", 0)).as("no check ran there").isFalse();
    }
}
