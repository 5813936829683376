package dev.tocsin.service.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PositionsTest {
    private static final TopicPartition READ = new TopicPartition("t", 0);
    private static final TopicPartition NEW = new TopicPartition("t", 1);

    /// Without a position and a rule where to begin the mock throws what a consumer of Streams would.
    @Test
    void whereSomethingIsReadIsToldAndWhatIsNotKnownIsLeftOut() {
        var positions = new Positions();
        try (var consumer = new MockConsumer<String, byte[]>("none")) {
            consumer.assign(Set.of(READ, NEW));
            consumer.seek(READ, 7);
            positions.follow(consumer);
            assertThat(positions.all()).isEqualTo(Map.of(READ, 7L));
            consumer.seek(READ, 8);
            positions.follow(consumer); // not half a second later
            assertThat(positions.all()).isEqualTo(Map.of(READ, 7L));
            positions.forget(consumer);
            assertThat(positions.all()).isEmpty();
        }
    }
}
