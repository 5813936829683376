package dev.tocsin.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.MaintenanceWindow;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InForceTest {
    private final InForce inForce =
            new InForce(
                    Set.of("shop-home", "shop-cart", "mail"),
                    Set.of("shop", "mail"),
                    Set.of("eu-west", "us-east"));

    private List<String> missing(List<String> checks, List<String> services, List<String> regions) {
        return inForce.missing(
                MaintenanceWindow.newBuilder()
                        .setWindowId("w")
                        .setTitle("w")
                        .setChecks(checks)
                        .setServices(services)
                        .setRegions(regions)
                        .setStartsAt(Instant.EPOCH)
                        .setEndsAt(Instant.EPOCH.plusSeconds(1))
                        .build());
    }

    @Test
    void whatThereIsIsNotMissing() {
        assertThat(missing(List.of("mail", "shop-cart"), List.of("shop"), List.of("eu-west")))
                .isEmpty();
    }

    /// It was announced, and explained nothing.
    @Test
    void eachNameThatIsTypedWrongIsNamedWithTheNearest() {
        assertThat(missing(List.of("shop-hoem"), List.of("mial"), List.of("eu-wset", "nowhere")))
                .containsExactly(
                        "--check: no check \"shop-hoem\" is in force; is it \"shop-home\"?",
                        "--service: no service \"mial\" is in force; is it \"mail\"?",
                        "--region: no region \"eu-wset\" is in force; is it \"eu-west\"?",
                        "--region: no region \"nowhere\" is in force; there is eu-west, us-east");
    }

    @Test
    void whereNothingIsAppliedThereIsNone() {
        assertThat(Near.to("shop", Set.of())).isEqualTo("; there is none");
    }

    @Test
    void neighboursThatAreExchangedAreOneMistake() {
        assertThat(Near.distance("mial", "mail")).isEqualTo(1);
        assertThat(Near.distance("", "abc")).isEqualTo(3);
        assertThat(Near.distance("kitten", "sitting")).isEqualTo(3);
    }
}
