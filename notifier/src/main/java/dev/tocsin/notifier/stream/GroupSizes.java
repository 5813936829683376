package dev.tocsin.notifier.stream;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How many checks each group of services has, from the `checks` topic. One thread.
final class GroupSizes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupSizes.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final TopicReader reader;
    private final Deserializer<CheckDefinition> definitions;
    private final String topic;
    private final Map<String, String> groupByCheck = new HashMap<>();

    GroupSizes(KafkaSettings kafka) {
        topic = Topics.CHECKS.named(kafka.topicPrefix());
        reader = new TopicReader(kafka, List.of(topic));
        definitions = AvroSerdes.deserializer(kafka.properties());
    }

    /// Takes in what is new; the first time everything.
    void update() {
        do {
            for (var record : reader.poll(reader.caughtUp() ? Duration.ZERO : POLL)) {
                take(record.key(), record.value());
            }
        } while (!reader.caughtUp());
    }

    private void take(String check, byte[] value) {
        try {
            var definition = definitions.deserialize(topic, value);
            if (definition == null) {
                groupByCheck.remove(check);
            } else {
                groupByCheck.put(check, definition.getGroup());
            }
        } catch (SerializationException e) {
            // Whoever runs checks sets it aside.
            LOG.atDebug()
                    .addKeyValue("check", check)
                    .addKeyValue("why", e.toString())
                    .log("skipped");
        }
    }

    long checks(String group) {
        return groupByCheck.values().stream().filter(group::equals).count();
    }

    @Override
    public void close() {
        reader.close();
    }
}
