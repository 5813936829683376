package dev.tocsin.page.board;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import dev.tocsin.service.progress.Positions;
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
    private final Map<String, Source<?>> sources = new HashMap<>();
    private final Thread thread;
    private volatile boolean closing;

    /// A topic with what takes in its values, none of which is of another type.
    ///
    /// @param keyed whether a record without a key says nothing
    record Source<V extends SpecificRecord>(
            String topic, boolean keyed, Deserializer<V> values, Taker<V> taker) {
        static <V extends SpecificRecord> Source<V> of(
                KafkaSettings kafka, Topic<V> topic, boolean keyed, Taker<V> taker) {
            return new Source<>(
                    topic.named(kafka.topicPrefix()),
                    keyed,
                    AvroSerdes.deserializer(kafka.properties(), topic.type()),
                    taker);
        }

        /// @throws SerializationException for what cannot be read
        void take(ConsumerRecord<String, byte[]> record) {
            if (keyed && record.key() == null) {
                throw new SerializationException("a record of " + topic + " needs its key");
            }
            taker.take(record, values.deserialize(topic, record.value()));
        }
    }

    private Feed(
            String name,
            KafkaSettings kafka,
            @Nullable Duration back,
            List<Source<?>> from,
            Health health,
            Positions positions) {
        this.name = name;
        this.health = health;
        from.forEach(source -> sources.put(source.topic(), source));
        reader = new TopicReader(kafka, List.copyOf(sources.keySet()), back, positions);
        health.waiting(name, "not read yet");
        thread = Thread.ofPlatform().name("feed-" + name).daemon().start(this::follow);
    }

    /// Everything that is kept by key, from the beginning.
    public static Feed state(KafkaSettings kafka, Board board, Health health, Positions positions) {
        return new Feed(
                "state",
                kafka,
                null,
                List.of(
                        Source.of(kafka, Topics.CHECKS, true, (r, v) -> board.check(r.key(), v)),
                        Source.of(kafka, Topics.CATALOG, true, (r, v) -> board.entry(r.key(), v)),
                        Source.of(
                                kafka,
                                Topics.MAINTENANCE,
                                true,
                                (r, v) -> board.window(r.key(), v)),
                        Source.of(
                                kafka,
                                Topics.CHECK_HOURS,
                                true,
                                (r, v) -> board.hour(r.key(), v, Instant.now())),
                        Source.of(
                                kafka,
                                Topics.INCIDENT_STATE,
                                true,
                                (r, v) -> board.incident(r.key(), v))),
                health,
                positions);
    }

    /// What happened lately.
    public static Feed events(
            KafkaSettings kafka, Duration back, Board board, Health health, Positions positions) {
        return new Feed(
                "incidents",
                kafka,
                back,
                List.of(Source.of(kafka, Topics.INCIDENTS, false, (_, v) -> board.event(v))),
                health,
                positions);
    }

    /// What was measured in the last minutes, and the ticks.
    public static Feed results(
            KafkaSettings kafka, Duration back, Board board, Health health, Positions positions) {
        return new Feed(
                "results",
                kafka,
                back,
                List.of(
                        Source.of(
                                kafka,
                                Topics.CHECK_RESULTS,
                                false,
                                (r, v) ->
                                        board.result(
                                                v,
                                                Instant.ofEpochMilli(r.timestamp()),
                                                Instant.now()))),
                health,
                positions);
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
        var source = java.util.Objects.requireNonNull(sources.get(record.topic()));
        while (!closing) {
            try {
                source.take(record);
                return;
            } catch (RetriableException e) {
                health.waiting(name, String.valueOf(e.getMessage()));
                Thread.sleep(POLL);
            } catch (SerializationException e) {
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
