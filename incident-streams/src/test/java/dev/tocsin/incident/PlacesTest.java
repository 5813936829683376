package dev.tocsin.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.stream.Places;
import dev.tocsin.incident.stream.Plain;
import dev.tocsin.service.streams.Place;
import dev.tocsin.service.streams.Place.Everywhere;
import dev.tocsin.service.streams.Place.Nowhere;
import dev.tocsin.service.streams.Place.Undecided;
import dev.tocsin.service.streams.Place.Which;
import dev.tocsin.service.streams.Place.WithKey;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private static Place of(String store, String key) {
        return of(store, key, "");
    }

    private static Place of(String store, String key, String value) {
        return Objects.requireNonNull(Places.ALL.get(store))
                .rule()
                .of(key, value.getBytes(StandardCharsets.UTF_8));
    }

    /// Whoever adds a store says where its entries belong, or they would be lost where somebody takes the state along.
    @Test
    void everyStoreOfTheTopologyHasARuleAndIsReadWithTheTopicThatItNames() {
        var topology = TopicCheck.needs("", "app", Plain.formats()).changelogs();
        var known = new HashMap<String, Place.Store>();
        Places.ALL.forEach((store, of) -> known.put("app-" + store + "-changelog", of));
        assertThat(known.keySet()).isEqualTo(topology.keySet());
        known.forEach((changelog, store) ->
                assertThat(topology.get(changelog)).as(changelog).contains(store.source()));
    }

    @Test
    void whatIsKnownOfACheckGoesWithItsResults() {
        for (var key : Set.of("shop", "shop\0rus", "shop\0leu")) {
            assertThat(of("check-state", key)).isEqualTo(new WithKey("shop"));
        }
        assertThat(of("definitions", "shop")).isEqualTo(new WithKey("shop"));
        assertThat(of("closed-incidents", "id", "17/shop/a")).isEqualTo(new WithKey("shop/a"));
        assertThat(of("dependents", "db\0shop")).isEqualTo(new WithKey("db"));
        assertThat(of("dependents", "db")).isEqualTo(new WithKey("db"));
    }

    @Test
    void whatIsKnownOfManyGoesWithTheSignalsByWhichItIsDecided() {
        assertThat(of("outages", "mail\0head")).isEqualTo(new WithKey("group:mail"));
        assertThat(of("outages", "mail\0child\0id")).isEqualTo(new WithKey("group:mail"));
        assertThat(of("outages", "mail")).isEqualTo(new WithKey("group:mail"));
        assertThat(of("fleet", "region/2/us")).isEqualTo(new WithKey("pipeline:"));
        assertThat(of("dependencies", "check/shop")).isEqualTo(new WithKey("depends-on:"));
        assertThat(of("reporters", "reported\0web\0ana")).isEqualTo(new WithKey("service:web"));
        assertThat(of("reporters", "has\0web\0" + "2")).isInstanceOf(Nowhere.class);
        assertThat(of("closed-outages", "id", "17/outage:mail"))
                .isEqualTo(new WithKey("group:mail"));
        assertThat(of("closed-outages", "id", "17/region:us")).isEqualTo(new WithKey("pipeline:"));
    }

    @Test
    void whatAllAreToldIsEverywhereAndWhatIsOfTheOldTopicsNowhere() {
        assertThat(of("facts", "MAINTENANCE/db")).isEqualTo(new Everywhere(Which.NEWEST));
        assertThat(of("clock", "now")).isEqualTo(new Everywhere(Which.GREATEST));
        for (var store :
                Set.of(
                        "decided",
                        "maintenance-decided",
                        "agents-decided",
                        "user-reports-decided")) {
            assertThat(of(store, "checks/checks")).isInstanceOf(Nowhere.class);
        }
    }

    @Test
    void whatWaitsIsNotDecidedYet() {
        assertThat(of("waiting", "00/incident-commands/00")).isEqualTo(new Undecided());
        assertThat(of("late-signals", "00/signals/00")).isEqualTo(new Undecided());
    }
}
