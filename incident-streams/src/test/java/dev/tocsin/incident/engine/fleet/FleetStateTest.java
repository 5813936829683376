package dev.tocsin.incident.engine.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.fleet.Evidence.Names;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What is known after each word of a partition.
class FleetStateTest {
    private FleetState state = FleetState.EMPTY;

    private static Evidence.Of of(boolean heard) {
        return new Evidence.Of(1, 0, null, Set.of(), heard, null, Duration.ofSeconds(30));
    }

    private void heard(int partition, Names whole, String... names) {
        var regions = new HashMap<String, Evidence.Of>();
        for (var name : names) {
            regions.put(name, of(false));
        }
        state = state.heard(partition, new Evidence(names.length, regions, whole));
    }

    private void changed(int partition, String name, boolean heard) {
        state = state.heard(partition, new Evidence(3, Map.of(name, of(heard))));
    }

    @Test
    void whatHasNotChangedStays() {
        heard(0, Names.ALL, "a", "b", "c");
        changed(0, "b", true);
        assertThat(state.regions()).containsOnlyKeys("a", "b", "c");
        assertThat(state.regions().get("b").get(0).heard()).isTrue();
        assertThat(state.checks()).containsExactly(Map.entry(0, 3));
    }

    @Test
    void whatIsNotAmongTheWholeIsGoneForThatPartition() {
        heard(0, Names.ALL, "a", "b");
        heard(1, Names.ALL, "b");
        heard(0, Names.ALL, "a");
        assertThat(state.regions()).containsOnlyKeys("a", "b");
        assertThat(state.regions().get("b")).containsOnlyKeys(1);
        heard(1, Names.ALL);
        assertThat(state.regions()).containsOnlyKeys("a");
    }

    @Test
    void aPortionOfTheWholeSaysNothingOfTheOthers() {
        heard(0, Names.ALL, "a", "b", "c", "d", "e");
        heard(0, new Names(null, "b"), "b");
        assertThat(state.regions()).containsOnlyKeys("b", "c", "d", "e");
        heard(0, new Names("b", "d"), "d");
        assertThat(state.regions()).containsOnlyKeys("b", "d", "e");
        heard(0, new Names("d", null), "f");
        assertThat(state.regions()).containsOnlyKeys("b", "d", "f");
    }

    @Test
    void thatARegionWasEverHeardOutlivesThePartitionsMemoryOfIt() {
        changed(0, "a", true);
        changed(0, "a", false);
        assertThat(state.regions().get("a").get(0).heard()).isTrue();
        changed(1, "a", false);
        assertThat(state.regions().get("a").get(1).heard()).isFalse();
        heard(0, Names.ALL);
        changed(0, "a", false);
        assertThat(state.regions().get("a").get(0).heard()).as("no check ran there").isFalse();
    }
}
