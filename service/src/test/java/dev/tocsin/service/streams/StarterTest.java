package dev.tocsin.service.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.service.Health;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.junit.jupiter.api.Test;

class StarterTest {
    private final Health health = new Health();

    @Test
    void anErrorInTheStartEndsTheProcessToBeStartedAgain() throws InterruptedException {
        Starter.run(
                "streams",
                health,
                () -> {
                    throw new NoClassDefFoundError("rocksdb");
                });
        assertThat(health.isRefused()).isTrue();
        assertThat(health.awaitRefusal().startAgain()).isTrue();
        assertThat(health.awaitRefusal().why()).contains("cannot start", "rocksdb");
    }

    @Test
    void settingsThatNoClientTakesEndItForGood() throws InterruptedException {
        Starter.run(
                "streams",
                health,
                () -> {
                    throw new KafkaException(
                            "Failed to create new KafkaAdminClient",
                            new ConfigException("Invalid url in bootstrap.servers"));
                });
        assertThat(health.isRefused()).isTrue();
        assertThat(health.awaitRefusal().startAgain()).isFalse();
        assertThat(health.awaitRefusal().why()).contains("Invalid url in bootstrap.servers");
    }

    @Test
    void whatPassesIsTriedAgain() throws InterruptedException {
        Starter.run(
                "streams",
                health,
                () -> {
                    throw new ProcessorStateException("No space left on device");
                });
        assertThat(health.awaitRefusal().startAgain()).isTrue();
    }

    @Test
    void aNameThatDoesNotResolveNowIsNoSetting() throws InterruptedException {
        Starter.run(
                "streams",
                health,
                () -> {
                    throw new KafkaException(
                            "Failed to construct kafka consumer",
                            new ConfigException("No resolvable bootstrap urls given"));
                });
        assertThat(health.awaitRefusal().startAgain()).isTrue();
    }

    @Test
    void whoIsAskedToEndHasNotFailed() {
        Starter.run(
                "streams",
                health,
                () -> {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted while it began");
                });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(health.isRefused()).isFalse();
    }

    @Test
    void aBugThatOneRecordMeetsEndsNothing() {
        var metrics = new io.micrometer.core.instrument.simple.SimpleMeterRegistry();
        new Bugs(metrics, "tocsin_streams_bugs_total", health)
                .found("check-results", new IllegalStateException("odd"));
        assertThat(health.alive()).isFalse();
        assertThat(health.isRefused()).isFalse();
    }
}
