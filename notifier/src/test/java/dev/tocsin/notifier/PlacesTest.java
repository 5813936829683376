package dev.tocsin.notifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.notifier.stream.Places;
import dev.tocsin.service.streams.Place;
import dev.tocsin.service.streams.Place.Everywhere;
import dev.tocsin.service.streams.Place.Nowhere;
import dev.tocsin.service.streams.Place.Which;
import dev.tocsin.service.streams.Place.WithKey;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private static final Map<String, Place.Store> ALL =
            Places.of(incident -> incident.equals("i1") ? "outage:mail" : null);

    private static Place of(String store, String key) {
        return Objects.requireNonNull(ALL.get(store)).rule().of(key, new byte[0]);
    }

    @Test
    void whomItToldOfAnIncidentGoesWithItsEvents() {
        assertThat(of("told", "i1")).isEqualTo(new WithKey("outage:mail"));
        assertThat(of("told", "i2")).isEqualTo(new Everywhere(Which.NEWEST));
    }

    @Test
    void aMailboxGoesWithTheDeliveriesOfItsTarget() {
        for (var rest : new String[] {"l", "ci1", "mi1", "pi1\0i2"}) {
            assertThat(of("mailboxes", "oncall\0" + rest)).isEqualTo(new WithKey("oncall"));
        }
        assertThat(of("mailboxes", "\0schema 1f")).isEqualTo(new Everywhere(Which.NEWEST));
        assertThat(of("mailboxes", "\0decided")).isInstanceOf(Nowhere.class);
        assertThatThrownBy(() -> of("mailboxes", "\0news"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("news");
    }
}
