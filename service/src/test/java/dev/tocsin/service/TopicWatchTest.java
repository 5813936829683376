package dev.tocsin.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.service.TopicWatch.Seen;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// With looks that the test answers; when one is taken, the one before has been acted on.
@Timeout(30)
class TopicWatchTest {
    private static final KafkaSettings NOBODY =
            new KafkaSettings(Map.of("bootstrap.servers", "127.0.0.1:1"));
    private static final Duration PAUSE = Duration.ofMillis(1);
    private static final Seen WELL = new Seen(null, null);

    private final Health health = new Health();
    private final BlockingQueue<TopicWatch.Check> looks = new SynchronousQueue<>();

    private void sees(Seen seen) throws InterruptedException {
        looks.put(_ -> seen);
    }

    private void seesNobody() throws InterruptedException {
        looks.put(_ -> {
            throw new ExecutionException(new TimeoutException("nobody there"));
        });
    }

    @Test
    void whatACommandMendsFailsHealthUntilItIsMendedAndKafkaBeingAwaySaysNothing()
            throws Exception {
        try (var _ =
                TopicWatch.running(
                        NOBODY, health, "topics", admin -> looks.take().look(admin), PAUSE)) {
            sees(WELL);
            seesNobody();
            sees(WELL);
            assertThat(health.ready()).isTrue();
            sees(new Seen(null, "topic a has cleanup.policy=delete"));
            seesNobody();
            assertThat(health.troubles())
                    .isEqualTo(Map.of("topics", "topic a has cleanup.policy=delete"));
            assertThat(health.alive()).isFalse();
            sees(WELL);
            sees(WELL);
            assertThat(health.alive()).isTrue();
            assertThat(health.isRefused()).isFalse();
        }
    }

    @Test
    void whatLosesEndsTheProcess() throws Exception {
        try (var _ =
                TopicWatch.running(
                        NOBODY, health, "topics", admin -> looks.take().look(admin), PAUSE)) {
            sees(WELL);
            sees(new Seen("12 partitions, not 6", null));
            assertThat(health.awaitRefusal().why()).isEqualTo("12 partitions, not 6");
            assertThat(health.alive()).isFalse();
        }
    }

    @Test
    void whoStartsWithoutKafkaIsNotReadyBeforeTheTopicsWereSeen() throws Exception {
        try (var _ =
                TopicWatch.starting(
                        NOBODY,
                        health,
                        "topics",
                        admin -> looks.take().look(admin),
                        admin -> looks.take().look(admin),
                        PAUSE)) {
            assertThat(health.why("topics")).isEqualTo("not looked at yet");
            seesNobody();
            looks.put(_ -> {
                assertThat(health.why("topics")).isEqualTo("nobody there");
                throw new TimeoutException("still nobody");
            });
            looks.put(_ -> {
                assertThat(health.why("topics")).isEqualTo("still nobody");
                throw new IllegalStateException("a strange answer");
            });
            looks.put(_ -> {
                assertThat(health.why("topics"))
                        .isEqualTo("java.lang.IllegalStateException: a strange answer");
                return new Seen(null, "topic a does not exist");
            });
            looks.put(_ -> {
                assertThat(health.why("topics")).isEqualTo("topic a does not exist");
                return new Seen(null, "topic a does not exist");
            });
            assertThat(health.ready()).isFalse();
            assertThat(health.alive()).isTrue();
            sees(WELL); // the first
            sees(WELL); // the next
            assertThat(health.ready()).isTrue();
        }
    }

    @Test
    void whoStartsOnWhatWouldMisleadRefuses() throws Exception {
        try (var _ =
                TopicWatch.starting(
                        NOBODY,
                        health,
                        "topics",
                        _ -> new Seen("another registry", null),
                        _ -> WELL,
                        PAUSE)) {
            assertThat(health.awaitRefusal().why()).isEqualTo("another registry");
        }
    }

    @Test
    void whoIsClosedLooksNoMoreAndItsClientIsClosed() throws Exception {
        var admin = new AtomicReference<Admin>();
        var watch =
                TopicWatch.running(
                        NOBODY,
                        health,
                        "topics",
                        asked -> {
                            if (admin.get() != null) {
                                assertThat(asked).isSameAs(admin.get()); // one for all looks
                            }
                            admin.set(asked);
                            return looks.take().look(asked);
                        },
                        PAUSE);
        sees(WELL);
        sees(WELL);
        watch.close();
        assertThat(looks.offer(_ -> WELL)).isFalse();
        assertThatThrownBy(() -> admin.get().listTopics().names().get())
                .hasMessageContaining("when AdminClient is closing");
        assertThat(health.alive()).isTrue();
    }
}
