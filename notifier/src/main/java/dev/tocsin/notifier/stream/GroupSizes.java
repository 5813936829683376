package dev.tocsin.notifier.stream;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.DefinitionRules;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Loop;
import dev.tocsin.service.TopicReader;
import dev.tocsin.service.Unread;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How many checks each group of services has, from the `checks` topic, which a thread of its own follows. Thread-safe.
public final class GroupSizes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupSizes.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final KafkaSettings kafka;
    private final String topic;
    private final Unread unread;
    private final Deserializer<CheckDefinition> definitions;
    private final Map<String, String> groupByCheck = new HashMap<>();
    private Map<String, Integer> counted = new ConcurrentHashMap<>();
    private @Nullable TopicReader reading;
    private volatile Map<String, Integer> sizes = new ConcurrentHashMap<>();
    private final Thread thread;
    private final CountDownLatch known = new CountDownLatch(1);
    private volatile boolean closed;

    /// @param unread definitions that cannot be read: what was there before them counts on
    public GroupSizes(KafkaSettings kafka, Health health, Unread unread) {
        this.kafka = kafka;
        this.unread = unread;
        topic = Topics.CHECKS.named(kafka.topicPrefix());
        definitions = AvroSerdes.deserializer(kafka.serdes(), CheckDefinition.class);
        thread = Loop.start("group-sizes", health, this::turn);
    }

    /// Returns when all checks that there were at the start are counted.
    public void await() throws InterruptedException {
        known.await();
    }

    /// Whether other checks than one are in a group.
    public boolean hasOthers(@Nullable String group) {
        return sizes.getOrDefault(group == null ? "" : group, 0) > 1;
    }

    private boolean turn() throws InterruptedException {
        try {
            var reader = reading;
            if (reader == null) { // for the first time, or from the beginning again
                reader = new TopicReader(kafka, List.of(topic));
                reading = reader;
                counted = new ConcurrentHashMap<>();
                groupByCheck.clear();
            }
            for (var record : reader.poll(POLL)) {
                take(record.key(), record.value());
            }
            if (reader.caughtUp()) {
                sizes = counted;
                known.countDown();
            }
            if (closed) {
                forget();
            }
            return !closed;
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.atDebug().setCause(e).log("reads the checks again");
            forget();
            Thread.sleep(PAUSE); // between tries
            return !closed;
        } catch (RuntimeException | Error e) {
            forget();
            throw e;
        }
    }

    private void forget() {
        var reader = reading;
        reading = null;
        if (reader != null) {
            reader.close();
        }
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
        thread.join(Duration.ofSeconds(5));
        definitions.close();
    }
}
