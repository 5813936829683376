package dev.tocsin.page.board;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows topics into the [Board], in a thread of its own, while Kafka and the registry are there and when they are again.
public final class Feed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
    private static final Duration POLL = Duration.ofMillis(500);

    /// Takes in one record of one topic.
    interface Taker<V> {
        void take(ConsumerRecord<String, byte[]> record, @Nullable V value);
    }

    private final String name;
    private final Health health;
    private final TopicReader reader;
    private final Deserializer<SpecificRecord> avro;
    private final Map<String, Taker<? super SpecificRecord>> takers = new HashMap<>();
    private final Thread thread;
    private volatile boolean closing;

    private Feed(
            String name,
            KafkaSettings kafka,
            @Nullable Duration back,
            Map<Topic<?>, Taker<? super SpecificRecord>> byTopic,
            Health health) {
        this.name = name;
        this.health = health;
        byTopic.forEach((topic, taker) -> takers.put(topic.named(kafka.topicPrefix()), taker));
        reader = new TopicReader(kafka, List.copyOf(takers.keySet()), back);
        avro = AvroSerdes.deserializer(kafka.properties());
        health.waiting(name, "not read yet");
        thread = Thread.ofPlatform().name("feed-" + name).daemon().start(this::follow);
    }

    /// Everything that is kept by key, from the beginning.
    public static Feed state(KafkaSettings kafka, Board board, Health health) {
        return new Feed(
                "state",
                kafka,
                null,
                Map.of(
                        Topics.CHECKS, taker(Topics.CHECKS, (r, v) -> board.check(r.key(), v)),
                        Topics.CATALOG, taker(Topics.CATALOG, (r, v) -> board.entry(r.key(), v)),
                        Topics.MAINTENANCE,
                                taker(Topics.MAINTENANCE, (r, v) -> board.window(r.key(), v)),
                        Topics.CHECK_HOURS,
                                taker(
                                        Topics.CHECK_HOURS,
                                        (r, v) -> board.hour(r.key(), v, Instant.now())),
                        Topics.INCIDENT_STATE,
                                taker(Topics.INCIDENT_STATE, (r, v) -> board.incident(r.key(), v))),
                health);
    }

    /// What happened lately.
    public static Feed events(KafkaSettings kafka, Duration back, Board board, Health health) {
        return new Feed(
                "incidents",
                kafka,
                back,
                Map.of(Topics.INCIDENTS, taker(Topics.INCIDENTS, (_, v) -> board.event(v))),
                health);
    }

    /// What was measured in the last minutes, and the ticks.
    public static Feed results(KafkaSettings kafka, Duration back, Board board, Health health) {
        return new Feed(
                "results",
                kafka,
                back,
                Map.of(
                        Topics.CHECK_RESULTS,
                        taker(
                                Topics.CHECK_RESULTS,
                                (r, v) ->
                                        board.result(
                                                v,
                                                Instant.ofEpochMilli(r.timestamp()),
                                                Instant.now()))),
                health);
    }

    private static <V extends SpecificRecord> Taker<SpecificRecord> taker(
            Topic<V> topic, Taker<V> taker) {
        return (record, value) ->
                taker.take(record, value == null ? null : topic.type().cast(value));
    }

    private void follow() {
        try (reader) {
            while (!closing) {
                try {
                    for (var record : reader.poll(POLL)) {
                        take(record);
                    }
                    if (reader.caughtUp()) {
                        health.fine(name);
                    }
                } catch (RetriableException e) {
                    health.waiting(name, String.valueOf(e.getMessage()));
                    Thread.sleep(POLL); // between tries
                }
            }
        } catch (WakeupException | InterruptedException e) {
            LOG.debug("stopping", e);
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("feed", name).setCause(e).log("bug: no longer followed");
            health.failed(name, e);
        }
    }

    /// Nothing is passed over because the registry is away: the record waits for it.
    private void take(ConsumerRecord<String, byte[]> record) throws InterruptedException {
        var taker = java.util.Objects.requireNonNull(takers.get(record.topic()));
        while (!closing) {
            try {
                taker.take(record, avro.deserialize(record.topic(), record.value()));
                return;
            } catch (RetriableException e) {
                health.waiting(name, String.valueOf(e.getMessage()));
                Thread.sleep(POLL);
            } catch (SerializationException | ClassCastException e) {
                LOG.atWarn()
                        .addKeyValue("topic", record.topic())
                        .addKeyValue("partition", record.partition())
                        .addKeyValue("offset", record.offset())
                        .addKeyValue("why", e.toString())
                        .log("cannot be read; passed over");
                return;
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        reader.wakeup();
        thread.join(Duration.ofSeconds(5));
    }
}
