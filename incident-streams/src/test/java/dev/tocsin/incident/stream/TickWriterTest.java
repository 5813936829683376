package dev.tocsin.incident.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.service.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TickWriterTest {
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final Health health = new Health();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private long nanos;
    private final TickWriter ticks =
            new TickWriter("check-results", producer, () -> nanos, health, metrics);

    @AfterEach
    void close() {
        ticks.close();
    }

    private void afterSeconds(int seconds) {
        nanos += TimeUnit.SECONDS.toNanos(seconds);
        ticks.write();
    }

    private static String kind(ProducerRecord<byte[], byte[]> tick) {
        return new String(tick.headers().lastHeader("t").value(), StandardCharsets.UTF_8);
    }

    private double age() {
        return metrics.get("tocsin_streams_tick_age_seconds").gauge().value();
    }

    private double lost() {
        return metrics.get("tocsin_streams_ticks_lost_total").counter().count();
    }

    @Test
    void theFirstTickOfATaskSaysThatItResumedAndTheNextThatTimePasses() {
        ticks.started(3);
        afterSeconds(1);
        producer.completeNext();
        afterSeconds(1);
        assertThat(producer.history()).extracting(ProducerRecord::partition).containsOnly(3);
        assertThat(producer.history())
                .extracting(TickWriterTest::kind)
                .containsExactly("resumed", "tick");
        assertThat(producer.history()).allMatch(tick -> ticks.own(tick.headers()));
    }

    /// Of a partition whose leader is alone nothing is acknowledged, and everything appended.
    @Test
    void ofEachPartitionOneIsOnItsWay() {
        ticks.started(0);
        for (int second = 0; second < 90; second++) {
            afterSeconds(1);
        }
        assertThat(producer.history()).hasSize(1);
        ticks.started(1);
        afterSeconds(1);
        assertThat(producer.history()).extracting(ProducerRecord::partition).containsExactly(0, 1);
        producer.completeNext();
        afterSeconds(1);
        assertThat(producer.history())
                .extracting(ProducerRecord::partition)
                .containsExactly(0, 1, 0);
    }

    @Test
    void tenSecondsWithoutAnAcknowledgementAreAHealthMatterUntilTheNextOne() {
        ticks.started(0);
        afterSeconds(1);
        producer.completeNext();
        assertThat(age()).isZero();
        afterSeconds(9);
        assertThat(health.ready()).isTrue();
        afterSeconds(1);
        assertThat(health.why("ticks"))
                .startsWith("no tick has been acknowledged for 10 s")
                .endsWith(": no answer");
        assertThat(age()).isEqualTo(10);
        producer.errorNext(new TimeoutException("broker away"));
        afterSeconds(1);
        assertThat(health.why("ticks")).contains("for 11 s").contains("broker away");
        assertThat(lost()).isEqualTo(1);
        assertThat(producer.history()).hasSize(3);
        producer.completeNext();
        assertThat(health.ready()).isTrue();
        assertThat(age()).isZero();
    }

    /// MockProducer answers in order: the second partition is begun first.
    @Test
    void onePartitionThatIsNotAcknowledgedIsAHealthMatterBesideOthersThatAre() {
        ticks.started(1);
        for (int second = 0; second < 9; second++) {
            afterSeconds(1);
            producer.completeNext();
        }
        ticks.started(0);
        for (int second = 0; second < 9; second++) {
            afterSeconds(1);
        }
        assertThat(health.ready()).isTrue();
        producer.completeNext(); // one of the two
        afterSeconds(1);
        assertThat(health.ready()).isFalse();
        assertThat(age()).isEqualTo(10);
        producer.completeNext(); // and the other
        assertThat(health.ready()).isTrue();
    }

    @Test
    void aTickThatCannotEvenBeHandedOverIsLostAndTheTimerGoesOn() {
        producer.sendException = new TimeoutException("no metadata");
        ticks.started(0);
        ticks.started(1);
        afterSeconds(1);
        assertThat(lost()).isEqualTo(2);
        afterSeconds(10);
        assertThat(health.why("ticks")).contains("no metadata");
    }

    @Test
    void whoOwnsNothingHasNothingToWriteAndIsWell() {
        afterSeconds(60);
        assertThat(health.ready()).isTrue();
        assertThat(age()).isZero();
        ticks.started(0);
        afterSeconds(9); // it counts from when there was something to write
        assertThat(health.ready()).isTrue();
        afterSeconds(1);
        assertThat(health.ready()).isFalse();
        ticks.stopped(0);
        afterSeconds(1);
        assertThat(health.ready()).isTrue();
        assertThat(producer.history()).hasSize(1);
    }
}
