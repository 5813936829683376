package dev.tocsin.standalone;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// The `checks` topic as `tocsin apply` sees it.
public final class AppliedChecks {
    private AppliedChecks() {}

    /// Ids that are in force now and that none of `checks` has.
    static SortedSet<String> notAmong(KafkaSettings kafka, Collection<CheckDefinition> checks) {
        var ids = new TreeSet<String>();
        TopicReader.readAll(
                kafka,
                List.of(Topics.CHECKS.named(kafka.topicPrefix())),
                record -> {
                    if (record.value() == null) {
                        ids.remove(record.key());
                    } else {
                        ids.add(record.key());
                    }
                });
        checks.forEach(check -> ids.remove(check.getCheckId()));
        return ids;
    }

    /// Publishes definitions to `checks`, and a tombstone for each removed id. Returns when the broker has them all.
    public static void publish(
            KafkaSettings kafka, Collection<CheckDefinition> checks, Collection<String> removed)
            throws InterruptedException, ExecutionException {
        var topic = Topics.CHECKS.named(kafka.topicPrefix());
        try (var serializer = AvroSerdes.<CheckDefinition>serializer(kafka.properties());
                var producer =
                        new KafkaProducer<String, byte[]>(
                                kafka.client(
                                        Map.of(
                                                "max.block.ms",
                                                "15000",
                                                "delivery.timeout.ms",
                                                "20000",
                                                "request.timeout.ms",
                                                "15000"),
                                        Map.of(
                                                "key.serializer", StringSerializer.class.getName(),
                                                "value.serializer",
                                                        ByteArraySerializer.class.getName(),
                                                "acks", "all")))) {
            for (var check : checks) {
                producer.send(
                                new ProducerRecord<>(
                                        topic,
                                        check.getCheckId(),
                                        serializer.serialize(topic, check)))
                        .get();
            }
            for (var id : removed) {
                producer.send(new ProducerRecord<String, byte[]>(topic, id, null)).get();
            }
        }
    }
}
