package dev.tocsin.agent.schedule;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.DefinitionRules;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Reading;
import dev.tocsin.service.TopicReader;
import dev.tocsin.service.Unread;
import dev.tocsin.service.progress.Positions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows `checks`: every agent sees every definition, and remembers the last ones for a start without Kafka. A definition
/// that cannot be read, or is refused, leaves the one before it in force.
public final class ChecksTopic implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChecksTopic.class);
    private final Deserializer<CheckDefinition> definitions;
    private final String topic;
    private final Scheduler scheduler;
    private final Unread unread;
    private final LastKnownChecks lastKnown;
    private final Map<String, CheckDefinition> current = new TreeMap<>();

    /// Ids that only the file of an earlier run knows; those the topic does not confirm are gone.
    private final Set<String> unconfirmed = new TreeSet<>();

    private final Follower follower;

    /// @param positions told how far it is
    public ChecksTopic(
            KafkaSettings kafka,
            Scheduler scheduler,
            LastKnownChecks lastKnown,
            Health health,
            Unread unread,
            Positions positions) {
        this(
                new TopicReader(
                        kafka, List.of(Topics.CHECKS.named(kafka.topicPrefix())), null, positions),
                AvroSerdes.deserializer(kafka.serdes(), CheckDefinition.class),
                Topics.CHECKS.named(kafka.topicPrefix()),
                scheduler,
                lastKnown,
                health,
                unread);
    }

    /// @param topic full name
    ChecksTopic(
            Reading reader,
            Deserializer<CheckDefinition> definitions,
            String topic,
            Scheduler scheduler,
            LastKnownChecks lastKnown,
            Health health,
            Unread unread) {
        this.definitions = definitions;
        this.topic = topic;
        this.scheduler = scheduler;
        this.lastKnown = lastKnown;
        this.unread = unread;
        health.waiting("checks", "not read yet");
        for (var check : lastKnown.load()) {
            unconfirmed.add(check.getCheckId());
            contained(check.getCheckId(), () -> run(check));
        }
        follower =
                new Follower(
                        "checks",
                        "checks cannot be followed; those that are known run",
                        reader,
                        health,
                        this::take);
    }

    private void take(
            Follower by, ConsumerRecords<String, byte[]> records, boolean live, boolean whole)
            throws InterruptedException {
        for (var record : records) {
            by.untilDone(() -> apply(record));
        }
        if (!whole) {
            return;
        }
        unconfirmed.forEach(this::remove);
        if (!records.isEmpty() || !unconfirmed.isEmpty()) {
            lastKnown.save(current.values());
        }
        unconfirmed.clear();
    }

    /// @throws RetriableException when the registry is away: the record waits for it
    private void apply(ConsumerRecord<String, byte[]> record) {
        contained(
                String.valueOf(record.key()),
                () ->
                        unread.take(
                                topic,
                                record.key(),
                                () -> read(record),
                                definition -> follow(record.key(), definition),
                                why -> passOver(String.valueOf(record.key()), why)));
    }

    /// A bug that one definition meets: those behind it are followed all the same.
    private void contained(String check, Runnable work) {
        try {
            work.run();
        } catch (RetriableException | InterruptException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            LOG.atError()
                    .addKeyValue("check", check)
                    .setCause(e)
                    .log("bug: a definition is passed over");
            passOver(check, "a bug: " + e.getClass().getName());
        }
    }

    /// What the scheduler does not take is not remembered, either.
    private void run(CheckDefinition definition) {
        scheduler.put(definition);
        current.put(definition.getCheckId(), definition);
    }

    private @Nullable CheckDefinition read(ConsumerRecord<String, byte[]> record) {
        var definition = definitions.deserialize(topic, record.value());
        if (definition != null) {
            DefinitionRules.check(record.key(), definition);
        } else if (record.key() == null) {
            throw new SerializationException("a definition needs its check id as key");
        }
        return definition;
    }

    private void follow(String id, @Nullable CheckDefinition definition) {
        unconfirmed.remove(id);
        if (definition == null) {
            remove(id);
        } else {
            run(definition);
        }
    }

    /// What was in force stays.
    private void passOver(String id, String why) {
        unconfirmed.remove(id);
        scheduler.unreadable(id, "cannot be read: " + why);
    }

    private void remove(String id) {
        current.remove(id);
        scheduler.remove(id);
    }

    @Override
    public void close() throws InterruptedException {
        follower.close();
    }
}
