package dev.tocsin.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import org.junit.jupiter.api.Test;

class WarmingTest {
    /// Of the class that all records of the topic have: Confluent's serializer writes everything as it wrote the first of a schema.
    @Test
    void ofEveryTypeThereIsALeastRecordThatCanBeWritten() {
        for (Topic<?> topic : Topics.ALL) {
            var least = Warming.least(topic.type());
            assertThat(least).as(topic.name()).isInstanceOf(topic.type());
            assertThat(AvroSerializer.frame(7, least)).as(topic.name()).startsWith(0, 0, 0, 0, 7);
        }
    }
}
