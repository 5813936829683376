package dev.tocsin.agent;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows `checks` from its beginning, without a group: every agent sees every definition. A definition that cannot be
/// read leaves the one before it in force.
final class ChecksTopic implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChecksTopic.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaConsumer<String, byte[]> consumer;
    private final Deserializer<CheckDefinition> definitions;
    private final String topic;
    private final Scheduler scheduler;
    private final Health health;
    private final Thread thread;
    private volatile boolean closing;

    ChecksTopic(KafkaSettings kafka, Scheduler scheduler, Health health) {
        this.scheduler = scheduler;
        this.health = health;
        topic = Topics.CHECKS.named(kafka.topicPrefix());
        definitions = AvroSerdes.deserializer(kafka.properties());
        consumer =
                new KafkaConsumer<>(
                        kafka.client(
                                Map.of(
                                        "reconnect.backoff.max.ms",
                                        "5000",
                                        "default.api.timeout.ms",
                                        "10000"),
                                Map.of(
                                        "key.deserializer",
                                        StringDeserializer.class.getName(),
                                        "value.deserializer",
                                        ByteArrayDeserializer.class.getName(),
                                        "enable.auto.commit",
                                        "false",
                                        "auto.offset.reset",
                                        "earliest")));
        health.waiting("checks", "not read yet");
        thread = Thread.ofPlatform().name("checks-topic").daemon().start(this::follow);
    }

    private void follow() {
        try (consumer) {
            while (!closing && !assigned()) {
                Thread.sleep(POLL); // between tries: Kafka is away, or has no such topic yet
            }
            while (!closing) {
                for (var record : consumer.poll(POLL)) {
                    apply(record);
                }
            }
        } catch (WakeupException | InterruptedException e) {
            LOG.debug("stopping", e);
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("bug: checks are no longer followed");
            health.failed("checks", e);
        }
    }

    private boolean assigned() {
        try {
            var partitions = consumer.partitionsFor(topic);
            if (partitions == null || partitions.isEmpty()) {
                health.waiting("checks", "topic " + topic + " does not exist");
                return false;
            }
            var all =
                    partitions.stream().map(p -> new TopicPartition(topic, p.partition())).toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            health.fine("checks");
            return true;
        } catch (RetriableException e) {
            health.waiting("checks", e.toString());
            return false;
        }
    }

    private void apply(ConsumerRecord<String, byte[]> record) throws InterruptedException {
        while (!closing) {
            try {
                var definition = definitions.deserialize(topic, record.value());
                if (definition == null) {
                    scheduler.remove(record.key());
                } else {
                    scheduler.put(definition);
                }
                health.fine("checks");
                return;
            } catch (RetriableException e) {
                health.waiting("checks", e.toString());
                Thread.sleep(POLL);
            } catch (SerializationException e) {
                LOG.atError()
                        .addKeyValue("check", record.key())
                        .addKeyValue("partition", record.partition())
                        .addKeyValue("offset", record.offset())
                        .addKeyValue("why", e.getMessage())
                        .log("a definition cannot be read; what was in force stays");
                return;
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        consumer.wakeup();
        thread.join(Duration.ofSeconds(5));
    }
}
