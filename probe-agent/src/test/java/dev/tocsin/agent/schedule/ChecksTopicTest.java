package dev.tocsin.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.agent.probe.run.Resolver;
import dev.tocsin.agent.schedule.FakeTopic.Said;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.Health;
import dev.tocsin.service.Unread;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChecksTopicTest {
    static {
        TrustedRecords.trust();
    }

    @TempDir Path dir = Path.of(".");

    private final FakeTopic topic = new FakeTopic("checks");
    private final Health health = new Health();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Resolver resolver = new Resolver(Map.of());
    private final Scheduler scheduler =
            new Scheduler(
                    new Origin("us", "us-1", 7),
                    1,
                    InstantSource.system(),
                    name -> name,
                    resolver,
                    new Canaries(List.of(), name -> name, resolver),
                    _ -> true,
                    _ -> {},
                    new Health());

    private volatile boolean registryAway;

    @AfterEach
    void close() {
        scheduler.close();
    }

    private static Said good(String id) {
        return new Said(id, id);
    }

    private static Said gone(String id) {
        return new Said(id, null);
    }

    private static Said bad(String id) {
        return new Said(id, "bad");
    }

    private static CheckDefinition check(String id) {
        return CheckDefinition.newBuilder(Canaries.definition("tcp://127.0.0.1:1"))
                .setCheckId(id)
                .setIntervalMs(60_000)
                .setTimeoutMs(1000)
                .setRegions(List.of("us"))
                .build();
    }

    /// A good value is its check's id.
    private @Nullable CheckDefinition value(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        var text = new String(bytes, StandardCharsets.UTF_8);
        if (registryAway) {
            throw new DisconnectException("the registry is away");
        }
        if (text.equals("bad")) {
            throw new SerializationException("no Avro");
        }
        return check(text);
    }

    private LastKnownChecks remembered() {
        return new LastKnownChecks(dir.resolve("checks.avro"));
    }

    @SuppressWarnings("NullAway") // a tombstone is null
    private ChecksTopic follow() {
        return new ChecksTopic(
                topic,
                (_, bytes) -> value(bytes),
                "checks",
                scheduler,
                remembered(),
                health,
                new Unread(metrics));
    }

    private void awaitFollowed() {
        await().until(() -> topic.isRead() && health.ready());
    }

    private List<String> onDisk() {
        return remembered().load().stream().map(CheckDefinition::getCheckId).toList();
    }

    private double unread() {
        return metrics
                .find("tocsin_unread_records_total")
                .tag("topic", "checks")
                .counters()
                .stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    @Test
    void whatTheTopicSaysIsRunAndRemembered() throws Exception {
        try (var _ = follow()) {
            assertThat(health.why("checks")).isEqualTo("not read yet");
            topic.gives(true, good("a"), good("b"));
            await().until(() -> scheduler.checks() == 2);
            assertThat(health.why("checks")).as("before it is whole").isNotNull();
            assertThat(onDisk()).isEmpty();
            topic.gives(false, good("c"));
            awaitFollowed();
            assertThat(scheduler.checks()).isEqualTo(3);
            assertThat(onDisk()).containsExactly("a", "b", "c");
            topic.gives(false, gone("b"));
            await().until(() -> scheduler.checks() == 2);
            await().until(() -> onDisk().equals(List.of("a", "c")));
        }
    }

    @Test
    void withoutKafkaTheLastKnownRunAndWhyIsSaid() throws Exception {
        remembered().save(List.of(check("a"), check("b")));
        topic.throwsOnce(new TimeoutException("no broker answers"));
        try (var _ = follow()) {
            await().until(() -> scheduler.checks() == 2);
            await().until(() -> "no broker answers".equals(health.why("checks")));
            topic.gives(false, good("a"), good("b"));
            awaitFollowed();
            assertThat(scheduler.checks()).isEqualTo(2);
        }
    }

    @Test
    void ofTheLastKnownThoseGoThatTheWholeTopicDoesNotConfirm() throws Exception {
        remembered().save(List.of(check("a"), check("b"), check("c")));
        try (var _ = follow()) {
            topic.gives(true, good("a"), gone("c"));
            await().until(() -> topic.isRead() && scheduler.checks() == 2);
            assertThat(onDisk()).as("not whole yet").containsExactly("a", "b", "c");
            topic.gives(false);
            awaitFollowed();
            assertThat(scheduler.checks()).isEqualTo(1);
            assertThat(onDisk()).containsExactly("a");
        }
    }

    @Test
    void whereItIsNotAllowedItIsSaidAndAStopEndsTheWait() throws Exception {
        topic.throwsOnce(new TopicAuthorizationException("not yours"));
        var following = follow();
        await().until(() -> "not yours".equals(health.why("checks")));
        following.close();
        assertThat(topic.closed()).isTrue();
    }

    @Test
    void whatCannotBeReadLeavesTheOneBeforeInForce() throws Exception {
        remembered().save(List.of(check("a")));
        try (var _ = follow()) {
            topic.gives(false, bad("a"), good("b"));
            awaitFollowed();
            assertThat(scheduler.checks()).isEqualTo(2);
            assertThat(scheduler.badDefinitions())
                    .containsOnlyKeys("a")
                    .containsEntry("a", "cannot be read: no Avro");
            assertThat(unread()).isEqualTo(1);
            topic.gives(false, good("a"));
            await().until(() -> scheduler.badDefinitions().isEmpty());
            assertThat(onDisk()).containsExactly("a", "b");
        }
    }

    @Test
    void aDefinitionUnderAnotherKeyOrNoneIsFollowedByNobody() throws Exception {
        try (var _ = follow()) {
            topic.gives(false, new Said("b", "a"), new Said(null, "a"), new Said(null, null));
            awaitFollowed();
            assertThat(scheduler.checks()).isZero();
            assertThat(unread()).isEqualTo(3);
            assertThat(scheduler.badDefinitions()).containsOnlyKeys("b", "null");
        }
    }

    @Test
    void noDefinitionIsPassedOverBecauseTheRegistryIsAway() throws Exception {
        registryAway = true;
        try (var _ = follow()) {
            topic.gives(false, good("a"), good("b"));
            await().until(() ->
                    String.valueOf(health.why("checks")).contains("the registry is away"));
            assertThat(scheduler.checks()).isZero();
            registryAway = false;
            awaitFollowed();
            assertThat(scheduler.checks()).isEqualTo(2);
            assertThat(unread()).isZero();
        }
    }

    @Test
    void aStopDoesNotWaitForTheRegistry() throws Exception {
        registryAway = true;
        var following = follow();
        topic.gives(false, good("a"));
        await().until(() -> String.valueOf(health.why("checks")).contains("the registry is away"));
        following.close();
        assertThat(topic.closed()).isTrue();
        assertThat(onDisk()).isEmpty();
    }

    @Test
    void aStopWakesWhoReadsAndClosesTheReader() throws Exception {
        var following = follow();
        topic.gives(false, good("a"));
        awaitFollowed();
        following.close();
        assertThat(topic.woken()).isTrue();
        assertThat(topic.closed()).isTrue();
        assertThat(health.alive()).isTrue();
    }

    /// Nobody asked for it: it is a bug that is said, and the loop goes on.
    @Test
    void aWakeUpThatNobodyAskedForIsSaidAndReadOn() throws Exception {
        topic.throwsOnce(new WakeupException());
        try (var _ = follow()) {
            await().until(() -> !health.alive());
            topic.gives(false, good("a"));
            await().until(health::alive);
            await().until(() -> scheduler.checks() == 1);
        }
    }
}
