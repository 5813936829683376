package dev.tocsin.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import java.util.Objects;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.Test;

class WarmingTest {
    @Test
    void ofEveryTypeThereIsALeastRecordThatCanBeWritten() {
        for (Topic<?> topic : Topics.ALL) {
            var schema = SpecificData.get().getSchema(topic.type());
            var least = (GenericRecord) Objects.requireNonNull(Warming.least(schema));
            assertThat(AvroSerializer.frame(7, least)).as(topic.name()).startsWith(0, 0, 0, 0, 7);
        }
    }
}
