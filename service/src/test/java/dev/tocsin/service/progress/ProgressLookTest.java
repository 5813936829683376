package dev.tocsin.service.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.service.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Health names what a service waits for, and the meters say it in numbers.
class ProgressLookTest {
    private static final TopicPartition CHECKS = new TopicPartition("checks", 3);

    private final Health health = new Health();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final Map<TopicPartition, End> ends = new HashMap<>();
    private Duration now = Duration.ZERO;
    private @Nullable Exception away;
    private @Nullable Exception restAway;
    private int answers;

    private final ProgressLook look =
            new ProgressLook(
                    "kafka:9092",
                    "page.progress",
                    new ProgressLook.Broker() {
                        @Override
                        public Map<TopicPartition, End> ends(Set<TopicPartition> partitions)
                                throws ExecutionException, InterruptedException {
                            assertThat(partitions).isEqualTo(positions.keySet());
                            throwing(away);
                            return ends;
                        }

                        @Override
                        public void answers(Set<TopicPartition> but)
                                throws ExecutionException, InterruptedException {
                            answers++;
                            throwing(away == null ? restAway : away);
                        }
                    },
                    () -> Map.copyOf(positions),
                    health,
                    metrics,
                    () -> now);

    private static void throwing(@Nullable Exception what)
            throws ExecutionException, InterruptedException {
        switch (what) {
            case null -> {}
            case ExecutionException e -> throw e;
            case InterruptedException e -> throw e;
            case RuntimeException e -> throw e;
            default -> throw new AssertionError(what);
        }
    }

    private void after(int seconds) {
        now = now.plusSeconds(seconds);
        look.look();
    }

    private double gauge(String name) {
        return metrics.get(name).tag("part", "page.progress").gauge().value();
    }

    @AfterEach
    void noMarkIsLeft() {
        var _ = Thread.interrupted();
    }

    @Test
    void whatIsReadNoFurtherIsNamedUntilItGoesOn() {
        positions.put(CHECKS, 5L);
        ends.put(CHECKS, new End(9, 9));
        after(3);
        assertThat(health.ready()).isTrue();
        assertThat(gauge("tocsin_read_behind_records")).isEqualTo(4);
        after(30);
        assertThat(health.why("page.progress"))
                .isEqualTo("checks-3 is read up to 5 of 9, and no further for 30 s");
        positions.put(CHECKS, 9L);
        after(3);
        assertThat(health.ready()).isTrue();
        assertThat(gauge("tocsin_read_behind_records")).isZero();
    }

    @Test
    void aKafkaThatDoesNotAnswerIsNamedWithWhatItSaid() {
        positions.put(CHECKS, 5L);
        ends.put(CHECKS, new End(5, 5));
        after(3);
        away = new ExecutionException(new TimeoutException("no node was available"));
        after(9);
        assertThat(health.ready()).isTrue();
        after(3);
        assertThat(health.why("page.progress"))
                .isEqualTo("Kafka (kafka:9092) has not answered for 12 s: no node was available");
        assertThat(gauge("tocsin_kafka_unanswered_seconds")).isEqualTo(12);
        away = new KafkaException("closed");
        after(3);
        assertThat(health.why("page.progress")).endsWith("for 15 s: closed");
        away = null;
        after(1);
        assertThat(health.ready()).isTrue();
        assertThat(gauge("tocsin_kafka_unanswered_seconds")).isZero();
    }

    @Test
    void whoReadsNothingHearsThatKafkaIsAwayAllTheSame() {
        after(3);
        assertThat(answers).isEqualTo(1);
        away = new TimeoutException("nobody");
        after(9);
        after(3);
        assertThat(health.why("page.progress")).contains("has not answered for 12 s: nobody");
    }

    /// Nothing could be written, as to the last broker of three.
    @Test
    void thatTheRestIsAwayIsNamedAndHidesNothingOfWhatIsRead() {
        positions.put(CHECKS, 5L);
        ends.put(CHECKS, new End(5, 5));
        restAway = new ExecutionException(new TimeoutException("checks-1 has no leader"));
        after(9);
        assertThat(health.ready()).isTrue();
        after(3);
        assertThat(health.why("page.progress"))
                .isEqualTo(
                        "Kafka (kafka:9092) has not answered for 12 s, but for what is read here: checks-1 has no leader");
        assertThat(gauge("tocsin_kafka_unanswered_seconds")).isZero();
        ends.put(CHECKS, new End(9, 5));
        after(3);
        after(15);
        assertThat(health.why("page.progress")).startsWith("a transaction in checks-3");
        restAway = null;
        ends.put(CHECKS, new End(5, 5));
        after(3);
        assertThat(health.ready()).isTrue();
    }

    @Test
    void aTransactionThatHangsIsNamedAndMeasured() {
        positions.put(CHECKS, 5L);
        ends.put(CHECKS, new End(9, 5));
        after(3);
        after(15);
        assertThat(health.why("page.progress"))
                .startsWith("a transaction in checks-3 has been open at offset 5 for 15 s");
        assertThat(gauge("tocsin_open_transaction_seconds")).isEqualTo(15);
    }

    @Test
    void aBugOfOneLookEndsNoOther() {
        away = new IllegalStateException("nobody thought of that");
        assertThatThrownBy(() -> after(3)).hasMessage("nobody thought of that");
        positions.put(CHECKS, 5L);
        ends.put(CHECKS, new End(5, 5));
        away = null;
        after(60);
        assertThat(health.ready()).isTrue();
        assertThat(gauge("tocsin_kafka_unanswered_seconds")).isZero();
    }

    @Test
    void whoIsAskedToEndIs() {
        away = new InterruptedException();
        after(3);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    @Test
    void whenItIsOverNothingIsWaitedFor() {
        away = new TimeoutException("nobody");
        after(60);
        assertThat(health.ready()).isFalse();
        look.over();
        assertThat(health.ready()).isTrue();
    }
}
