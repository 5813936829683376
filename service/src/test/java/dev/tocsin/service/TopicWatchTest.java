package dev.tocsin.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.service.TopicWatch.Seen;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SynchronousQueue;
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
            sees(new Seen(null, "topic a does not exist"));
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
}
