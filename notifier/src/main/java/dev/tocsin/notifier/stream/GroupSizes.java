package dev.tocsin.notifier.stream;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.DefinitionRules;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import dev.tocsin.service.Unread;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
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
    private volatile Map<String, Integer> sizes = new ConcurrentHashMap<>();
    private final Thread thread;
    private final CountDownLatch known = new CountDownLatch(1);
    private volatile boolean closed;

    /// @param unread definitions that cannot be read: what was there before them counts on
    public GroupSizes(KafkaSettings kafka, Unread unread) {
        this.kafka = kafka;
        this.unread = unread;
        topic = Topics.CHECKS.named(kafka.topicPrefix());
        thread = Thread.ofPlatform().daemon().name("group-sizes").start(this::run);
    }

    /// Returns when all checks that there were at the start are counted.
    public void await() throws InterruptedException {
        known.await();
    }

    /// Whether other checks than one are in a group.
    public boolean hasOthers(@Nullable String group) {
        return sizes.getOrDefault(group == null ? "" : group, 0) > 1;
    }

    private void run() {
        while (!closed) {
            try (var reader = new TopicReader(kafka, List.of(topic));
                    Deserializer<CheckDefinition> definitions =
                            AvroSerdes.deserializer(kafka.serdes(), CheckDefinition.class)) {
                follow(reader, definitions);
            } catch (RuntimeException e) {
                LOG.atDebug().setCause(e).log("reads the checks again");
                pause();
            }
        }
    }

    private void follow(TopicReader reader, Deserializer<CheckDefinition> definitions) {
        var counted = new ConcurrentHashMap<String, Integer>();
        var groupByCheck = new HashMap<String, String>();
        while (!closed) {
            for (var record : reader.poll(POLL)) {
                take(record.key(), record.value(), definitions, groupByCheck, counted);
            }
            if (reader.caughtUp()) {
                sizes = counted;
                known.countDown();
            }
        }
    }

    private void take(
            @Nullable String check,
            byte @Nullable [] value,
            Deserializer<CheckDefinition> definitions,
            Map<String, String> groupByCheck,
            Map<String, Integer> counted) {
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
                definition -> count(String.valueOf(check), definition, groupByCheck, counted),
                _ -> {});
    }

    private static void count(
            String check,
            @Nullable CheckDefinition definition,
            Map<String, String> groupByCheck,
            Map<String, Integer> counted) {
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

    private void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            closed = true;
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true; // looked at after each poll
        thread.join(Duration.ofSeconds(5));
    }
}
