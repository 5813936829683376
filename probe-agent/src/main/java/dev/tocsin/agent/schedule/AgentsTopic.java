package dev.tocsin.agent.schedule;

import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Reading;
import dev.tocsin.service.TopicReader;
import dev.tocsin.service.Unread;
import dev.tocsin.service.progress.Positions;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows `agents`, and tells which checks this one runs of those of its region. As long as it was never read, all; when it cannot be
/// read any more, those of before.
public final class AgentsTopic implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentsTopic.class);
    private static final String ID = "agent.id";

    /// Who was not heard for so long is not there; and no clock is that wrong often.
    private static final Duration BACK = Duration.ofMinutes(5);

    private final Deserializer<AgentStatus> statuses;
    private final String topic;
    private final Roster roster;
    private final Namesake namesake;
    private final Health health;
    private final Unread unread;
    private final LongSupplier nanos;
    private final Follower follower;
    private boolean said;
    private volatile Assignment assignment;

    /// @param positions told how far it is
    public AgentsTopic(
            KafkaSettings kafka, Origin origin, Health health, Unread unread, Positions positions) {
        this(
                new TopicReader(
                        kafka, List.of(Topics.AGENTS.named(kafka.topicPrefix())), BACK, positions),
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
        this.statuses = statuses;
        this.topic = topic;
        this.health = health;
        this.unread = unread;
        this.nanos = nanos;
        roster = new Roster(origin.agentId(), origin.region(), nanos.getAsLong());
        namesake = new Namesake(origin);
        assignment = Assignment.alone(origin.agentId());
        follower =
                new Follower(
                        "agents",
                        "other agents cannot be followed; this one runs what it ran",
                        reader,
                        health,
                        this::take);
    }

    /// Whether this agent runs the check, from its next slot on. Any thread.
    public boolean mine(String check) {
        return assignment.mine(check);
    }

    private void take(
            Follower by, ConsumerRecords<String, byte[]> records, boolean live, boolean whole)
            throws InterruptedException {
        for (var record : records) {
            by.untilDone(() ->
                    unread.take(
                            topic,
                            record.key(),
                            () -> own(record.key(), statuses.deserialize(topic, record.value())),
                            status -> heard(record, status, live),
                            _ -> {})); // whoever it is, its next heartbeat says more
        }
        if (whole) {
            become(roster.at(nanos.getAsLong()));
        }
        sayNamesake(namesake.why(nanos.getAsLong()));
    }

    private void become(Assignment next) {
        if (!next.equals(assignment)) {
            LOG.atInfo()
                    .addKeyValue("agents", next.running())
                    .log("the checks of the region are shared by");
            assignment = next;
        }
    }

    private void heard(
            ConsumerRecord<String, byte[]> record, @Nullable AgentStatus status, boolean live) {
        roster.heard(
                record.key(),
                status == null ? null : status.getRegion(),
                status != null && status.getLeaving(),
                record.timestamp(),
                live ? nanos.getAsLong() : null);
        if (status != null) {
            namesake.heard(status, nanos.getAsLong());
        }
    }

    private void sayNamesake(@Nullable String why) {
        if (why != null && !said) {
            LOG.atError().log(why);
            health.failing(ID, why);
        } else if (why == null && said) {
            LOG.atInfo().log("no other agent goes by this one's id any more");
            health.recovered(ID);
        }
        said = why != null;
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
        follower.close();
    }
}
