package dev.tocsin.notifier.stream;

import dev.tocsin.service.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The clients that both steps of the notifier use.
public final class NotifierKafka {
    private static final Logger LOG = LoggerFactory.getLogger(NotifierKafka.class);

    private NotifierKafka() {}

    /// @param instance makes the membership static: a process that was killed takes its partitions up again at once, not
    ///     only when its session has timed out
    public static KafkaConsumer<String, byte[]> consumer(
            KafkaSettings kafka, String group, String instance) {
        return new KafkaConsumer<>(
                kafka.client(
                        Map.of(
                                "session.timeout.ms",
                                "10000",
                                "max.poll.records",
                                "200",
                                "reconnect.backoff.max.ms",
                                "5000"),
                        Map.of(
                                "group.id",
                                kafka.topicPrefix() + group,
                                "group.instance.id",
                                instance,
                                "key.deserializer",
                                StringDeserializer.class.getName(),
                                "value.deserializer",
                                ByteArrayDeserializer.class.getName(),
                                "isolation.level",
                                "read_committed",
                                "enable.auto.commit",
                                "false",
                                "auto.offset.reset",
                                "earliest")));
    }

    /// Subscribes to a topic that must exist. A static member that joined before its topic was there was assigned nothing; when it
    /// comes back after, the broker gives it that assignment again, and the group's leader does not see what has changed, since it
    /// compares with the topics it came back with (KIP-345, KIP-814): it would wait for ever.
    ///
    /// @throws UnknownTopicOrPartitionException to try again later
    public static void subscribe(
            KafkaConsumer<String, byte[]> consumer,
            String topic,
            ConsumerRebalanceListener listener) {
        if (!consumer.listTopics().containsKey(topic)) {
            throw new UnknownTopicOrPartitionException("topic " + topic + " does not exist");
        }
        consumer.subscribe(List.of(topic), listener);
    }

    public static KafkaProducer<String, byte[]> producer(
            KafkaSettings kafka, Map<String, String> more) {
        var required = new java.util.HashMap<String, Object>(more);
        required.put("key.serializer", StringSerializer.class.getName());
        required.put("value.serializer", ByteArraySerializer.class.getName());
        required.put("acks", "all");
        required.put("enable.idempotence", "true");
        return new KafkaProducer<>(kafka.client(Map.of("linger.ms", "0"), required));
    }

    /// The partition of `deliveries` that a target's deliveries go to, as the default partitioner would choose.
    public static int partition(String targetId, int partitions) {
        return Utils.toPositive(Utils.murmur2(targetId.getBytes(StandardCharsets.UTF_8)))
                % partitions;
    }

    /// Sets aside a record that cannot be read, with its cause.
    public static void deadLetter(
            KafkaProducer<String, byte[]> producer,
            ConsumerRecord<String, byte[]> record,
            SerializationException cause) {
        LOG.atError()
                .addKeyValue("topic", record.topic())
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("why", cause.getMessage())
                .log("cannot be read; set aside in the dead letters");
        var message = String.valueOf(cause.getMessage()).getBytes(StandardCharsets.UTF_8);
        var _ =
                producer.send(
                        new ProducerRecord<>(
                                record.topic() + "-dlq",
                                null,
                                record.key(),
                                record.value(),
                                List.of(new RecordHeader("tocsin.dlq.cause", message))));
    }
}
