package dev.tocsin.service.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicWatch;
import dev.tocsin.service.TopicWatch.Seen;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A Streams app starts when its topics are well, and never before; the test answers each look.
@Timeout(30)
class PrerequisitesTest {
    private static final KafkaSettings NOBODY =
            new KafkaSettings(Map.of("bootstrap.servers", "127.0.0.1:1"));
    private static final Seen WELL = new Seen(null, null);

    private final Health health = new Health();
    private final Deque<TopicWatch.Check> looks = new ArrayDeque<>();

    /// Why it waited, before each look.
    private final List<@Nullable String> waited = new ArrayList<>();

    private boolean await(KafkaSettings kafka) {
        return new Prerequisites(kafka, health, "streams", Duration.ZERO)
                .await(admin -> {
                    waited.add(health.why("streams"));
                    return looks.remove().look(admin);
                });
    }

    @AfterEach
    void noMarkIsLeft() {
        var _ = Thread.interrupted();
    }

    @Test
    void itWaitsForKafkaAndForWhatACommandMends() {
        looks.add(_ -> {
            throw new ExecutionException(new TimeoutException("nobody there"));
        });
        looks.add(_ -> {
            throw new TimeoutException("still nobody");
        });
        looks.add(_ -> new Seen(null, "topic a does not exist"));
        looks.add(_ -> WELL);
        assertThat(await(NOBODY)).isTrue();
        assertThat(waited)
                .containsExactly(
                        null,
                        "waiting for Kafka and its topics (tocsin admin bootstrap): nobody there",
                        "waiting for Kafka and its topics (tocsin admin bootstrap): still nobody",
                        "topic a does not exist");
        assertThat(health.alive()).isTrue();
    }

    @Test
    void whatWouldLoseOrMisleadEndsTheProcess() throws Exception {
        looks.add(_ -> new Seen("12 partitions, not 6", null));
        assertThat(await(NOBODY)).isFalse();
        assertThat(health.awaitRefusal().why()).contains("12 partitions, not 6");
    }

    @Test
    void aWrongConfigurationIsThrownAndNotWaitedFor() {
        assertThatThrownBy(() -> await(NOBODY.with("security.protocol", "NONE")))
                .hasMessageContaining("security.protocol");
        assertThat(waited).isEmpty();
    }

    @Test
    void whoIsAskedToEndDoes() {
        looks.add(_ -> {
            throw new InterruptedException();
        });
        assertThat(await(NOBODY)).isFalse();
        assertThat(Thread.interrupted()).isTrue();
        looks.add(_ -> {
            throw new InterruptException(new InterruptedException());
        });
        assertThat(await(NOBODY)).isFalse();
        assertThat(Thread.interrupted()).isTrue();
        looks.add(_ -> {
            Thread.currentThread().interrupt();
            return new Seen(null, "topic a does not exist");
        });
        assertThat(await(NOBODY)).isFalse();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(health.alive()).isTrue();
    }
}
