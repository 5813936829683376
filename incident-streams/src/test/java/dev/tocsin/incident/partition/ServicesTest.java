package dev.tocsin.incident.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.partition.Services.Change;
import org.junit.jupiter.api.Test;

class ServicesTest {
    @Test
    void theFirstCheckAndTheLastOfAServiceAreSaid() {
        var services = new Services();
        assertThat(services.moved(null, "shop")).containsExactly(new Change("shop", true));
        assertThat(services.moved(null, "shop")).isEmpty();
        assertThat(services.moved("shop", "shop")).isEmpty();
        assertThat(services.moved("shop", "mail")).containsExactly(new Change("mail", true));
        assertThat(services.all()).containsExactly("mail", "shop");
        assertThat(services.moved("shop", "mail")).containsExactly(new Change("shop", false));
        assertThat(services.moved("mail", null)).isEmpty();
        assertThat(services.moved("mail", null)).containsExactly(new Change("mail", false));
        assertThat(services.all()).isEmpty();
    }

    @Test
    void aServiceThatTakesTheLastCheckOfAnotherIsSaidWithIt() {
        var services = new Services();
        services.moved(null, "shop");
        assertThat(services.moved("shop", "mail"))
                .containsExactlyInAnyOrder(new Change("shop", false), new Change("mail", true));
    }
}
