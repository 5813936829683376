package dev.tocsin.notifier.stream;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.DefinitionRules;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Loop;
import dev.tocsin.service.Reading;
import dev.tocsin.service.TopicReader;
import dev.tocsin.service.Unread;
import dev.tocsin.service.progress.Positions;
import dev.tocsin.service.progress.Spell;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How many checks each group of services has, from the `checks` topic, which a thread of its own follows. What Kafka or the registry keep it from is said in
/// health, and in the log when it begins and ends; where it is read no further, its [Positions] tell. Thread-safe.
public final class GroupSizes implements AutoCloseable {
    /// Its name in `/health`.
    static final String PART = "notifier.groups";

    private static final Logger LOG = LoggerFactory.getLogger(GroupSizes.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /// Between tries.
    interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    private final Supplier<? extends Reading> reader;
    private final KafkaSettings kafka;
    private final String topic;
    private final Health health;
    private final Unread unread;
    private final Deserializer<CheckDefinition> definitions;
    private final Pause pause;
    private final LongSupplier nanos;
    private final Spell spell = new Spell();
    private final Map<String, String> groupByCheck = new HashMap<>();
    private Map<String, Integer> counted = new ConcurrentHashMap<>();
    private @Nullable Reading reading;
    private volatile Map<String, Integer> sizes = new ConcurrentHashMap<>();
    private @Nullable Thread thread;
    private final CountDownLatch known = new CountDownLatch(1);
    private volatile boolean closed;

    /// @param reader of the topic, from its beginning
    /// @param nanos monotonic
    GroupSizes(
            Supplier<? extends Reading> reader,
            Deserializer<CheckDefinition> definitions,
            KafkaSettings kafka,
            Health health,
            Unread unread,
            Pause pause,
            LongSupplier nanos) {
        this.reader = reader;
        this.definitions = definitions;
        this.kafka = kafka;
        this.health = health;
        this.unread = unread;
        this.pause = pause;
        this.nanos = nanos;
        topic = topic(kafka);
    }

    /// @param positions told how far it is
    /// @param unread definitions that cannot be read: what was there before them counts on
    public static GroupSizes start(
            KafkaSettings kafka, Positions positions, Health health, Unread unread) {
        var sizes =
                new GroupSizes(
                        () -> new TopicReader(kafka, List.of(topic(kafka)), null, positions),
                        AvroSerdes.deserializer(kafka.serdes(), CheckDefinition.class),
                        kafka,
                        health,
                        unread,
                        Thread::sleep,
                        System::nanoTime);
        sizes.thread = Loop.start(PART, health, sizes::turn);
        return sizes;
    }

    private static String topic(KafkaSettings kafka) {
        return Topics.CHECKS.named(kafka.topicPrefix());
    }

    /// Returns when all checks that there were at the start are counted.
    public void await() throws InterruptedException {
        known.await();
    }

    /// Whether other checks than one are in a group.
    public boolean hasOthers(@Nullable String group) {
        return sizes.getOrDefault(group == null ? "" : group, 0) > 1;
    }

    /// @return false when it was the last
    boolean turn() throws InterruptedException {
        try {
            follow();
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) { // away, or not allowed
            forget();
            waits(String.valueOf(kafka.unanswered(e).getMessage()));
        } catch (RuntimeException | Error e) {
            forget();
            throw e;
        }
        if (closed) {
            forget();
        }
        return !closed;
    }

    private void follow() throws InterruptedException {
        var following = reading;
        if (following == null) { // for the first time, or from the beginning again
            following = reader.get();
            reading = following;
            counted = new ConcurrentHashMap<>();
            groupByCheck.clear();
        }
        for (var record : following.poll(POLL)) {
            take(record);
        }
        if (closed) {
            return;
        }
        if (following.caughtUp()) {
            sizes = counted;
            known.countDown();
        }
        goesOn();
    }

    private void forget() {
        var following = reading;
        reading = null;
        if (following != null) {
            following.close();
        }
    }

    /// Nothing is passed over because the registry is away: the record waits for it.
    private void take(ConsumerRecord<String, byte[]> record) throws InterruptedException {
        while (!closed) {
            try {
                take(record.key(), record.value());
                return;
            } catch (InterruptException e) {
                throw e;
            } catch (KafkaException e) {
                waits(String.valueOf(e.getMessage()));
            }
        }
    }

    private void waits(String why) throws InterruptedException {
        health.waiting(PART, why);
        if (spell.next(true, now()) != null) {
            LOG.atWarn()
                    .addKeyValue("part", PART)
                    .addKeyValue("why", why)
                    .log("the checks of each group cannot be counted; what was counted stays");
        }
        pause.sleep(PAUSE);
    }

    private void goesOn() {
        health.fine(PART);
        var now = now();
        if (spell.next(false, now) == Spell.Word.ENDS) {
            LOG.atInfo()
                    .addKeyValue("part", PART)
                    .addKeyValue("after-s", spell.end(now).toSeconds())
                    .log("goes on");
        }
    }

    private Duration now() {
        return Duration.ofNanos(nanos.getAsLong());
    }

    private void take(@Nullable String check, byte @Nullable [] value) {
        unread.take(
                topic,
                check,
                () -> {
                    var definition = definitions.deserialize(topic, value);
                    if (definition != null) {
                        DefinitionRules.check(check, definition);
                    }
                    return definition;
                },
                definition -> count(String.valueOf(check), definition),
                _ -> {});
    }

    private void count(String check, @Nullable CheckDefinition definition) {
        var before =
                definition == null
                        ? groupByCheck.remove(check)
                        : groupByCheck.put(check, definition.getGroup());
        if (before != null) {
            counted.merge(before, -1, Integer::sum);
        }
        if (definition != null) {
            counted.merge(definition.getGroup(), 1, Integer::sum);
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true; // looked at after each poll
        if (thread != null) {
            thread.join(Duration.ofSeconds(5));
        }
        definitions.close();
    }
}
