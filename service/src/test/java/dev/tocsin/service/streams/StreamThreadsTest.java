package dev.tocsin.service.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.service.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;

class StreamThreadsTest {
    private final Health health = new Health();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong();
    private final List<Duration> pauses = new ArrayList<>();
    private final StreamThreads threads =
            new StreamThreads("streams", health, metrics, pauses::add, nanos::get);

    private StreamThreadExceptionResponse ends(Throwable why) {
        return threads.ended(new StreamsException(why));
    }

    private void polls(int seconds) {
        for (int i = 0; i < seconds; i++) {
            nanos.addAndGet(1_000_000_000L);
            threads.lives();
        }
    }

    /// The other threads of the process, and the time that each new one needs to meet the same record.
    @Test
    void whoMeetsTheSameRecordAgainAndAgainEndsThoughOthersLive() throws InterruptedException {
        threads.became(State.RUNNING);
        int times = 0;
        while (!health.isRefused() && times < 100) {
            times++;
            var _ = ends(new IllegalStateException("odd"));
            threads.became(State.REBALANCING);
            polls(10);
            threads.became(State.RUNNING);
            polls(2);
        }
        assertThat(times).isEqualTo(StreamThreads.AT_MOST + 1);
        assertThat(refusal().startAgain()).isTrue();
    }

    private Health.Refusal refusal() throws InterruptedException {
        assertThat(health.isRefused()).isTrue();
        return health.awaitRefusal();
    }

    private double replaced() {
        return metrics.counter("tocsin_stream_threads_replaced_total", "part", "streams").count();
    }

    @Test
    void aThreadThatEndedIsReplacedCountedAndSaidUntilTheNextOneWorks() {
        threads.became(State.RUNNING);
        assertThat(ends(new IllegalStateException("odd")))
                .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        threads.became(State.REBALANCING);
        threads.became(State.RUNNING);
        assertThat(health.why("streams")).contains("odd");
        assertThat(replaced()).isEqualTo(1);
        polls(30);
        assertThat(health.ready()).isFalse();
        polls(1);
        assertThat(health.ready()).isTrue();
    }

    @Test
    void whoNeverGetsOnEndsAfterAFewInARow() {
        for (int i = 0; i < StreamThreads.AT_MOST; i++) {
            assertThat(ends(new IllegalStateException("odd")))
                    .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        }
        assertThat(health.isRefused()).isFalse();
        assertThat(ends(new IllegalStateException("odd")))
                .isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        assertThat(health.isRefused()).isTrue();
        assertThat(health.alive()).isFalse();
        assertThat(health.troubles().toString())
                .contains("13 stream threads in a row")
                .contains("odd");
    }

    @Test
    void whoGetsOnInBetweenNeverEnds() {
        threads.became(State.RUNNING);
        for (int i = 0; i < 5 * StreamThreads.AT_MOST; i++) {
            var _ = ends(new IllegalStateException("odd"));
            threads.works();
        }
        assertThat(health.isRefused()).isFalse();
        assertThat(pauses).containsOnly(Duration.ofMillis(200));
    }

    @Test
    void whatPassesByItselfIsWaitedForHoweverLong() {
        for (int i = 0; i < 100; i++) {
            assertThat(ends(new TimeoutException("away")))
                    .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        }
        var _ =
                ends(
                        new RuntimeException(
                                new TimeoutException("of a registry", new IOException())));
        var _ = ends(new SaslAuthenticationException("its password was rotated"));
        assertThat(health.isRefused()).isFalse();
        assertThat(health.alive()).isTrue();
        assertThat(pauses.getLast()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void whoMeetsItsDoubleSaysSoAndEnds() throws InterruptedException {
        assertThat(ends(new FencedInstanceIdException("fenced")))
                .isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        assertThat(health.isRefused()).isTrue();
        assertThat(refusal().startAgain()).isFalse();
        assertThat(health.troubles().toString()).contains("--instance");
        assertThat(replaced()).isZero();
    }

    @Test
    void aThreadThatEndsWhileNothingRunsDoesNotLive() {
        var _ = ends(new IllegalStateException("odd"));
        threads.became(State.REBALANCING);
        polls(60);
        assertThat(health.ready()).isFalse();
        threads.became(State.ERROR);
        assertThat(health.alive()).isFalse();
    }

    @Test
    void whoHasNoShareYetSaysWhatItWaitsFor() {
        threads.became(State.CREATED);
        assertThat(health.why("streams")).isEqualTo("CREATED");
        threads.became(State.REBALANCING);
        assertThat(health.why("streams"))
                .isEqualTo("waits for its share of the partitions, or restores it");
        threads.became(State.RUNNING);
        assertThat(health.why("streams")).isNull();
        threads.became(State.REBALANCING);
        assertThat(health.ready()).isFalse();
        var _ = ends(new IllegalStateException("odd"));
        threads.became(State.RUNNING);
        assertThat(health.why("streams")).as("why it ended says more").contains("odd");
        threads.works();
        assertThat(health.why("streams")).isNull();
    }

    @Test
    void withoutAnyThreadTheProcessEndsToBeStartedAgain() throws InterruptedException {
        threads.became(State.RUNNING);
        threads.became(State.ERROR);
        assertThat(refusal()).isEqualTo(new Health.Refusal("all stream threads have died", true));
    }

    /// Streams is in ERROR after each end that was decided on: that must not make 78 of its double 75.
    @Test
    void theFirstReasonToEndIsTheOneThatCounts() throws InterruptedException {
        var _ = ends(new FencedInstanceIdException("fenced"));
        threads.became(State.ERROR);
        assertThat(refusal().startAgain()).isFalse();
        assertThat(refusal().why()).contains("--instance");
    }
}
