package dev.tocsin.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.agent.schedule.FakeTopic.Said;
import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.Health;
import dev.tocsin.service.Unread;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who else is there, as an agent hears it.
@Timeout(60)
class AgentsTopicTest {
    static {
        TrustedRecords.trust();
    }

    private static final int EPOCH = 7;
    private static final Assignment BOTH = new Assignment("us-1", Set.of("us-1", "us-2"));
    private static final Assignment ALONE = Assignment.alone("us-1");

    private final FakeTopic topic = new FakeTopic("agents");
    private final Health health = new Health();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong(17);
    private volatile boolean registryAway;

    private static AgentStatus status(String agent, String region, boolean leaving) {
        return status(agent, region, EPOCH, leaving);
    }

    private static AgentStatus status(String agent, String region, int epoch, boolean leaving) {
        return AgentStatus.newBuilder()
                .setAgentId(agent)
                .setRegion(region)
                .setBootEpoch(epoch)
                .setAt(Instant.EPOCH)
                .setChecks(1)
                .setVersion("1")
                .setLeaving(leaving)
                .build();
    }

    private static Said here(String agent) {
        return new Said(agent, agent + " us");
    }

    private static Said leaving(String agent) {
        return new Said(agent, agent + " us leaving");
    }

    /// A good value is the agent, its region, and whether it leaves, or was started before.
    private @Nullable AgentStatus value(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        if (registryAway) {
            throw new DisconnectException("the registry is away");
        }
        var said = new String(bytes, StandardCharsets.UTF_8).split(" ", -1);
        if (said.length < 2) {
            throw new SerializationException("no Avro");
        }
        var more = said.length > 2 ? said[2] : "";
        return status(
                said[0],
                said[1],
                more.equals("before") ? EPOCH - 1 : EPOCH,
                more.equals("leaving"));
    }

    @SuppressWarnings("NullAway") // a tombstone is null
    private AgentsTopic follow() {
        return new AgentsTopic(
                topic,
                (_, bytes) -> value(bytes),
                "agents",
                new Origin("us", "us-1", EPOCH),
                health,
                new Unread(metrics),
                nanos::get);
    }

    private static boolean runs(AgentsTopic agents, Assignment expected) {
        return IntStream.range(0, 50)
                .mapToObj(i -> "check-" + i)
                .allMatch(check -> agents.mine(check) == expected.mine(check));
    }

    private void awaitRead() {
        await().until(() -> topic.isRead() && health.why("agents") == null);
    }

    @Test
    void aHeartbeatStandsUnderItsAgentOrSaysNothing() {
        var status = status("us-2", "us", false);
        assertThat(AgentsTopic.own("us-2", status)).isEqualTo(status);
        assertThat(AgentsTopic.own("us-2", null)).isNull();
        for (var key : new String[] {"us-1", null}) {
            assertThatThrownBy(() -> AgentsTopic.own(key, status))
                    .isInstanceOf(SerializationException.class)
                    .hasMessage("key " + key + " is not the agent's id us-2");
        }
    }

    @Test
    void untilAllIsReadItRunsAllAndThenItsShare() throws Exception {
        try (var agents = follow()) {
            assertThat(runs(agents, ALONE)).isTrue();
            topic.gives(true, here("us-1"), here("us-2"));
            await().until(topic::isRead);
            assertThat(runs(agents, ALONE)).isTrue();
            topic.gives(false, new Said("eu-1", "eu-1 eu"));
            await().until(() -> runs(agents, BOTH));
        }
    }

    @Test
    void whoLeavesOrWhoseEntryIsTakenBackLeavesItsShareToTheOthers() throws Exception {
        try (var agents = follow()) {
            topic.gives(false, here("us-1"), here("us-2"), here("us-3"));
            awaitRead();
            topic.gives(false, leaving("us-3"));
            await().until(() -> runs(agents, BOTH));
            topic.gives(false, new Said("us-2", null));
            await().until(() -> runs(agents, ALONE));
        }
    }

    /// A slot in between is run twice and not by nobody.
    @Test
    void whoComesLaterGetsItsShareAMomentLater() throws Exception {
        try (var agents = follow()) {
            topic.gives(false, here("us-1"));
            awaitRead();
            topic.gives(false, here("us-2"));
            awaitRead();
            nanos.addAndGet(Roster.GRACE.toNanos() - 1);
            topic.gives(false);
            awaitRead();
            assertThat(runs(agents, ALONE)).isTrue();
            nanos.addAndGet(1);
            await().until(() -> runs(agents, BOTH));
        }
    }

    @Test
    void withoutKafkaItRunsWhatItRanAndSaysWhy() throws Exception {
        try (var agents = follow()) {
            topic.gives(false, here("us-1"), here("us-2"));
            await().until(() -> runs(agents, BOTH));
            topic.throwsOnce(new TimeoutException("no broker answers"));
            await().until(() -> "no broker answers".equals(health.why("agents")));
            assertThat(runs(agents, BOTH)).isTrue();
            await().until(health::ready);
        }
    }

    @Test
    void whereItIsNotAllowedItIsSaidAndAStopEndsTheWait() throws Exception {
        topic.throwsOnce(new TopicAuthorizationException("not yours"));
        var agents = follow();
        await().until(() -> "not yours".equals(health.why("agents")));
        topic.gives(false);
        agents.close();
        assertThat(topic.closed()).isTrue();
        assertThat(topic.isRead()).as("it does not ask again at once").isFalse();
    }

    @Test
    void whatCannotBeReadIsCountedAndPassedOver() throws Exception {
        try (var agents = follow()) {
            topic.gives(false, here("us-1"), new Said("us-3", "bad"), new Said("us-4", "us-2 us"));
            topic.gives(false, here("us-2"));
            nanos.addAndGet(Roster.GRACE.toNanos());
            awaitRead();
            assertThat(metrics.get("tocsin_unread_records_total").counters())
                    .extracting(counter -> counter.count())
                    .containsExactly(2.0);
            nanos.addAndGet(Roster.GRACE.toNanos());
            await().until(() -> runs(agents, BOTH));
        }
    }

    @Test
    void noHeartbeatIsPassedOverBecauseTheRegistryIsAway() throws Exception {
        registryAway = true;
        try (var agents = follow()) {
            topic.gives(false, here("us-1"), here("us-2"));
            await().until(() ->
                    String.valueOf(health.why("agents")).contains("the registry is away"));
            registryAway = false;
            await().until(() -> runs(agents, BOTH));
            await().until(health::ready);
        }
    }

    @Test
    void aStopDoesNotWaitForTheRegistry() throws Exception {
        registryAway = true;
        var agents = follow();
        topic.gives(false, here("us-1"));
        await().until(() -> String.valueOf(health.why("agents")).contains("the registry is away"));
        agents.close();
        assertThat(topic.closed()).isTrue();
    }

    @Test
    void aStopWakesWhoReadsAndClosesTheReader() throws Exception {
        var agents = follow();
        topic.gives(false, here("us-1"));
        awaitRead();
        agents.close();
        assertThat(topic.woken()).isTrue();
        assertThat(topic.closed()).isTrue();
        assertThat(health.alive()).isTrue();
    }

    @Test
    void anotherAgentOfItsIdIsSaidUntilItIsGone() throws Exception {
        try (var _ = follow()) {
            var own = here("us-1");
            var others = new Said("us-1", "us-1 us before");
            topic.gives(false, own, others, own);
            awaitRead();
            assertThat(health.alive()).isTrue();
            topic.gives(false, others);
            await().until(() -> !health.alive());
            assertThat(health.troubles().toString())
                    .contains("another agent with the id us-1 runs");
            assertThat(health.isRefused()).isFalse();
            nanos.addAndGet(Roster.ALIVE_FOR.toNanos() + 1);
            await().until(health::alive);
        }
    }

    /// Nobody asked for it: it is a bug that is said, and the loop goes on.
    @Test
    void aWakeUpThatNobodyAskedForIsSaidAndReadOn() throws Exception {
        topic.throwsOnce(new WakeupException());
        try (var agents = follow()) {
            await().until(() -> !health.alive());
            topic.gives(false, here("us-1"), here("us-2"));
            await().until(() -> runs(agents, BOTH));
            await().atMost(Duration.ofSeconds(20)).until(health::alive);
        }
    }
}
