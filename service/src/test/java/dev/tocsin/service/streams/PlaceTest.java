package dev.tocsin.service.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.service.streams.Place.Everywhere;
import dev.tocsin.service.streams.Place.Nowhere;
import dev.tocsin.service.streams.Place.Undecided;
import dev.tocsin.service.streams.Place.Which;
import dev.tocsin.service.streams.Place.WithKey;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class PlaceTest {
    @Test
    void aKeyBelongsWhereAProducerSendsIt() {
        for (int i = 0; i < 1000; i++) {
            var key = "check-\u00e4-" + i;
            assertThat(new WithKey(key).among(7))
                    .containsExactly(
                            BuiltInPartitioner.partitionForKey(
                                    key.getBytes(StandardCharsets.UTF_8), 7));
        }
    }

    @Test
    void whatAllKnowIsInEachAndWhatIsLeftBehindInNone() {
        assertThat(new Everywhere(Which.NEWEST).among(3)).isEqualTo(Set.of(0, 1, 2));
        assertThat(new Nowhere("it is old").among(3)).isEmpty();
        assertThat(new Undecided().among(3)).isEmpty();
    }
}
