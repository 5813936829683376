package dev.tocsin.agent.schedule;

import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Loop;
import dev.tocsin.service.Reading;
import dev.tocsin.service.TopicReader;
import dev.tocsin.service.Unread;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows `agents`, and tells which checks this one runs of those of its region. As long as it was never read, all; when it cannot be
/// read any more, those of before.
public final class AgentsTopic implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentsTopic.class);
    private static final Duration POLL = Duration.ofMillis(500);

    /// Between tries where it is not allowed: somebody has to allow it first.
    private static final Duration FORBIDDEN = Duration.ofSeconds(10);

    /// Who was not heard for so long is not there; and no clock is that wrong often.
    private static final Duration BACK = Duration.ofMinutes(5);

    private final Reading reader;
    private final Deserializer<AgentStatus> statuses;
    private final String topic;
    private final Roster roster;
    private final Namesake namesake;
    private final Health health;
    private final Unread unread;
    private final LongSupplier nanos;
    private final Thread thread;
    private volatile Assignment assignment;
    private volatile boolean closing;

    public AgentsTopic(KafkaSettings kafka, Origin origin, Health health, Unread unread) {
        this(
                new TopicReader(kafka, List.of(Topics.AGENTS.named(kafka.topicPrefix())), BACK),
                AvroSerdes.deserializer(kafka.serdes(), AgentStatus.class),
                Topics.AGENTS.named(kafka.topicPrefix()),
                origin,
                health,
                unread,
                System::nanoTime);
    }

    /// @param topic full name
    /// @param nanos monotonic
    AgentsTopic(
            Reading reader,
            Deserializer<AgentStatus> statuses,
            String topic,
            Origin origin,
            Health health,
            Unread unread,
            LongSupplier nanos) {
        this.reader = reader;
        this.statuses = statuses;
        this.topic = topic;
        this.health = health;
        this.unread = unread;
        this.nanos = nanos;
        roster = new Roster(origin.agentId(), origin.region(), nanos.getAsLong());
        namesake = new Namesake(origin);
        assignment = Assignment.alone(origin.agentId());
        thread = Loop.start("agents-topic", health, this::turn);
    }

    /// Whether this agent runs the check, from its next slot on. Any thread.
    public boolean mine(String check) {
        return assignment.mine(check);
    }

    private boolean turn() throws InterruptedException {
        if (closing) {
            reader.close();
            return false;
        }
        try {
            poll();
        } catch (WakeupException | InterruptException | InterruptedException e) {
            if (!closing) {
                throw e;
            }
            var _ = Thread.interrupted(); // it is closed in the next turn
        }
        return true;
    }

    private void poll() throws InterruptedException {
        try {
            boolean before = !reader.caughtUp();
            for (var record : reader.poll(POLL)) {
                heard(record, before);
            }
            if (reader.caughtUp()) {
                become(roster.at(nanos.getAsLong()));
                health.fine("agents");
            }
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            if (health.why("agents") == null) {
                LOG.atWarn()
                        .addKeyValue("why", String.valueOf(e.getMessage()))
                        .log("other agents cannot be followed; this one runs what it ran");
            }
            health.waiting("agents", String.valueOf(e.getMessage()));
            Thread.sleep(e instanceof RetriableException ? POLL : FORBIDDEN); // between tries
        }
    }

    private void become(Assignment next) {
        if (!next.equals(assignment)) {
            LOG.atInfo()
                    .addKeyValue("agents", next.running())
                    .log("the checks of the region are shared by");
            assignment = next;
        }
    }

    private void heard(ConsumerRecord<String, byte[]> record, boolean before)
            throws InterruptedException {
        while (true) {
            try {
                unread.take(
                        topic,
                        record.key(),
                        () -> own(record.key(), statuses.deserialize(topic, record.value())),
                        status -> heard(record, status, before),
                        _ -> {}); // whoever it is, its next heartbeat says more
                return;
            } catch (RetriableException e) {
                health.waiting("agents", e.toString());
                if (closing) {
                    throw new InterruptedException();
                }
                Thread.sleep(POLL); // between tries: the registry is away
            }
        }
    }

    private void heard(
            ConsumerRecord<String, byte[]> record, @Nullable AgentStatus status, boolean before) {
        roster.heard(
                record.key(),
                status == null ? null : status.getRegion(),
                status != null && status.getLeaving(),
                record.timestamp(),
                before ? null : nanos.getAsLong());
        var why = status == null ? null : namesake.heard(status);
        if (why != null && !health.isRefused()) {
            LOG.atError().log(why);
            health.refused("agents", why);
        }
    }

    /// A heartbeat under another key would be an agent that is not there, and nobody ran its share.
    ///
    /// @param status null for one that was taken back
    static @Nullable AgentStatus own(@Nullable String key, @Nullable AgentStatus status) {
        if (key == null || (status != null && !status.getAgentId().equals(key))) {
            throw new SerializationException(
                    "key %s is not the agent's id %s"
                            .formatted(key, status == null ? "" : status.getAgentId()));
        }
        return status;
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        reader.wakeup();
        thread.interrupt(); // not everything that waits for Kafka can be woken
        thread.join(Duration.ofSeconds(5));
    }
}
