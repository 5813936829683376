package dev.tocsin.page.board;

import dev.tocsin.schemas.CheckHour;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.DefinitionRules;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Keys;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Occurrences;
import dev.tocsin.schemas.PublicText;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Reading;
import dev.tocsin.service.TopicReader;
import dev.tocsin.service.Unread;
import dev.tocsin.service.progress.Positions;
import dev.tocsin.service.streams.Bugs;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
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
    private static final String STATE = "state";
    private static final String INCIDENTS = "incidents";
    private static final String RESULTS = "results";

    /// Their names.
    public static final Set<String> ALL = Set.of(STATE, INCIDENTS, RESULTS);

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration FORBIDDEN = Duration.ofSeconds(5);

    /// Takes in one record of one topic.
    interface Taker<V> {
        void take(ConsumerRecord<String, byte[]> record, @Nullable V value);
    }

    private final String name;
    private final Board board;
    private final Watch watch;
    private final Health health;
    private final Reading reader;
    private final Map<String, Source<?>> sources = new HashMap<>();
    private final Pause pause;
    private @Nullable Thread thread;
    private volatile boolean closing;

    /// Between tries.
    interface Pause {
        void wait(Duration time) throws InterruptedException;
    }

    /// What is wrong with a value under its key, beside that it cannot be read.
    interface Rule<V> {
        /// @throws IllegalArgumentException saying what
        void check(@Nullable String key, V value);
    }

    /// Who is told what of a feed.
    ///
    /// @param positions how far it is
    /// @param unread what could not be read
    /// @param bugs what could, and then was met
    public record Watch(Health health, Positions positions, Unread unread, Bugs bugs) {}

    /// A topic with what takes in its values, none of which is of another type.
    ///
    /// @param keyed whether a record without a key says nothing
    record Source<V extends SpecificRecord>(
            String topic, boolean keyed, Deserializer<V> values, Rule<V> rule, Taker<V> taker) {
        static <V extends SpecificRecord> Source<V> of(
                KafkaSettings kafka, Topic<V> topic, boolean keyed, Rule<V> rule, Taker<V> taker) {
            return new Source<>(
                    topic.named(kafka.topicPrefix()),
                    keyed,
                    AvroSerdes.deserializer(kafka.serdes(), topic.type()),
                    rule,
                    taker);
        }

        /// What is no record of its key says nothing of it.
        static <V> Rule<V> key(Function<V, String> own) {
            return (key, value) -> {
                if (!own.apply(value).equals(key)) {
                    throw new IllegalArgumentException(
                            "key " + key + " is not that of " + own.apply(value));
                }
            };
        }

        void take(ConsumerRecord<String, byte[]> record, Watch watch) {
            watch.unread()
                    .take(
                            topic,
                            record.key(),
                            () -> read(record.key(), record.value()),
                            value -> decide(record, value, watch.bugs()),
                            _ -> {});
        }

        private @Nullable V read(@Nullable String key, byte @Nullable [] bytes) {
            if (keyed && key == null) {
                throw new SerializationException("a record of " + topic + " needs its key");
            }
            var value = values.deserialize(topic, bytes);
            if (value != null) {
                rule.check(key, value);
            }
            return value;
        }

        private void decide(ConsumerRecord<String, byte[]> record, @Nullable V value, Bugs bugs) {
            try {
                taker.take(record, value);
            } catch (RuntimeException | StackOverflowError e) { // of how deep it is
                bugs.found(topic, e);
            }
        }
    }

    /// @param reader of the topics of all sources; closed with it
    Feed(String name, Board board, Reading reader, List<Source<?>> from, Watch watch, Pause pause) {
        this.name = name;
        this.board = board;
        this.reader = reader;
        this.watch = watch;
        this.pause = pause;
        health = watch.health();
        from.forEach(source -> sources.put(source.topic(), source));
        health.waiting(name, "not read yet");
    }

    private static Feed start(
            String name,
            Board board,
            KafkaSettings kafka,
            @Nullable Duration back,
            List<Source<?>> from,
            Watch watch) {
        var topics = from.stream().<String>map(Source::topic).toList();
        var reader = new TopicReader(kafka, topics, back, watch.positions());
        var feed = new Feed(name, board, reader, List.copyOf(from), watch, Thread::sleep);
        feed.thread = Thread.ofPlatform().name("feed-" + name).daemon().start(feed::follow);
        return feed;
    }

    /// Everything that is kept by key, from the beginning.
    ///
    /// @param clock steady
    public static Feed state(KafkaSettings kafka, Board board, InstantSource clock, Watch watch) {
        return start(
                STATE,
                board,
                kafka,
                null,
                List.of(
                        Source.of(
                                kafka,
                                Topics.CHECKS,
                                true,
                                DefinitionRules::check,
                                (r, v) -> board.check(r.key(), v)),
                        Source.of(
                                kafka,
                                Topics.CATALOG,
                                true,
                                Source.key(Keys::of),
                                (r, v) -> board.entry(r.key(), v)),
                        Source.of(
                                kafka,
                                Topics.MAINTENANCE,
                                true,
                                Feed::checkWindow,
                                (r, v) -> board.window(r.key(), v)),
                        Source.of(
                                kafka,
                                Topics.CHECK_HOURS,
                                true,
                                Feed::checkHour,
                                (r, v) -> board.hour(r.key(), v, stamp(r), clock.instant())),
                        Source.of(
                                kafka,
                                Topics.INCIDENT_STATE,
                                true,
                                Source.key(IncidentEvent::getIncidentId),
                                (r, v) -> board.incident(r.key(), v))),
                watch);
    }

    /// What happened lately.
    public static Feed events(KafkaSettings kafka, Duration back, Board board, Watch watch) {
        return start(
                INCIDENTS,
                board,
                kafka,
                back,
                List.of(
                        Source.of(
                                kafka,
                                Topics.INCIDENTS,
                                false,
                                Feed::checkEvent,
                                (_, v) -> board.event(v))),
                watch);
    }

    /// What was measured in the last minutes, and the ticks.
    ///
    /// @param clock steady
    public static Feed results(
            KafkaSettings kafka, Duration back, Board board, InstantSource clock, Watch watch) {
        return start(
                RESULTS,
                board,
                kafka,
                back,
                List.of(
                        Source.of(
                                kafka,
                                Topics.CHECK_RESULTS,
                                false,
                                Source.key(CheckResult::getCheckId),
                                (r, v) ->
                                        board.result(r.partition(), v, stamp(r), clock.instant()))),
                watch);
    }

    private static Instant stamp(ConsumerRecord<?, ?> record) {
        return Instant.ofEpochMilli(record.timestamp());
    }

    static void checkHour(@Nullable String key, CheckHour hour) {
        Source.<CheckHour>key(Keys::of).check(key, hour);
        Hours.check(hour);
    }

    static void checkEvent(@Nullable String key, IncidentEvent event) {
        Source.key(IncidentEvent::getKey).check(key, event);
        if (event.getPublicText() != null) {
            PublicText.check(event.getPublicText());
        }
    }

    static void checkWindow(@Nullable String key, MaintenanceWindow window) {
        Source.key(MaintenanceWindow::getWindowId).check(key, window);
        var _ = Occurrences.of(window); // throws for one that makes no sense
    }

    void follow() {
        try (reader) {
            while (!closing) {
                var records = poll();
                for (var record : records.orElse(ConsumerRecords.empty())) {
                    take(record);
                }
                if (records.isPresent() && reader.caughtUp()) {
                    health.fine(name);
                    board.read(name);
                }
            }
        } catch (WakeupException | InterruptException | InterruptedException e) {
            LOG.debug("stopping", e);
        } catch (Throwable e) {
            // The rest of its batch would be missing on the page: a new process reads all of it.
            LOG.atError().addKeyValue("feed", name).setCause(e).log("bug: no longer followed");
            health.gaveUp(name, "topics are no longer followed: " + e);
        }
    }

    /// @return empty when Kafka gave no answer
    private Optional<ConsumerRecords<String, byte[]>> poll() throws InterruptedException {
        try {
            return Optional.of(reader.poll(POLL));
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            // Away, no such topic yet, or not allowed: somebody may allow it.
            health.waiting(name, String.valueOf(e.getMessage()));
            pause.wait(e instanceof RetriableException ? POLL : FORBIDDEN);
            return Optional.empty();
        }
    }

    /// Nothing is passed over because the registry is away: the record waits for it.
    private void take(ConsumerRecord<String, byte[]> record) throws InterruptedException {
        var source = Objects.requireNonNull(sources.get(record.topic()));
        while (!closing) {
            try {
                source.take(record, watch);
                return;
            } catch (RetriableException e) {
                health.waiting(name, String.valueOf(e.getMessage()));
                pause.wait(POLL);
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        reader.wakeup();
        if (thread != null) {
            thread.join(Duration.ofSeconds(5));
        }
    }
}
