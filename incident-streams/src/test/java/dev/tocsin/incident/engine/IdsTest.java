package dev.tocsin.incident.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

/// As any other implementation of RFC 9562's version 5 makes them, in the namespace of URLs.
class IdsTest {
    @Test
    void anIdIsMadeOfItsPartsAlone() {
        assertThat(Ids.of("shop", "us/a/1/1")).isEqualTo("6a41e5bb-6b89-552f-a030-7b95578053f5");
        assertThat(Ids.of("x")).isEqualTo("d6e54c03-07ce-5f70-ac3b-8e218a7bf578");
    }

    @Test
    void versionAndVariantAreMarked() {
        for (int i = 0; i < 100; i++) {
            var id = UUID.fromString(Ids.of("id" + i));
            assertThat(id.version()).isEqualTo(5);
            assertThat(id.variant()).isEqualTo(2);
        }
    }
}
