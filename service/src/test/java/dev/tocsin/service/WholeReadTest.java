package dev.tocsin.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class WholeReadTest {
    /// Gives a record each so many polls, of which each takes its whole time; no more than that many.
    private final class Slow implements Reading {
        private final int each;
        private int left;
        private int polls;

        Slow(int each, int left) {
            this.each = each;
            this.left = left;
        }

        @Override
        public ConsumerRecords<String, byte[]> poll(Duration timeout) {
            nanos += timeout.toNanos();
            if (left == 0 || ++polls % each != 0) {
                return ConsumerRecords.empty();
            }
            left--;
            return new ConsumerRecords<>(
                    Map.of(
                            new TopicPartition("incidents", 0),
                            List.of(new ConsumerRecord<>("incidents", 0, 0, "k", new byte[0]))),
                    Map.of());
        }

        @Override
        public boolean caughtUp() {
            return seen.size() == 3;
        }

        @Override
        public void wakeup() {
            // it does not wait
        }

        @Override
        public void close() {
            // there is nothing to close
        }
    }

    private long nanos;
    private final List<ConsumerRecord<String, byte[]>> seen = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();

    private void read(Reading reading, int answersAtMost) {
        new WholeRead(
                        reading,
                        () -> {
                            if (asked.incrementAndGet() > answersAtMost) {
                                throw new TimeoutException("no answer");
                            }
                        },
                        () -> "incidents-0 can be read up to 1 of 3",
                        () -> nanos)
                .to(records -> records.forEach(seen::add));
    }

    private Duration took() {
        return Duration.ofNanos(nanos);
    }

    @Test
    void readsWhatThereIsHoweverSlowly() {
        read(new Slow(400, 3), Integer.MAX_VALUE);
        assertThat(seen).hasSize(3);
        assertThat(took()).isEqualTo(Duration.ofMinutes(4));
    }

    /// `ack` waited for ever for a broker that had died.
    @Test
    void aBrokerThatDiesInTheMiddleEndsItSoon() {
        assertThatThrownBy(() -> read(new Slow(1, 2), 0))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("no answer");
        assertThat(seen).hasSize(2);
        assertThat(took()).isLessThan(WholeRead.QUIET.plusSeconds(1));
    }

    @Test
    void whereKafkaAnswersAndNothingComesItSaysWhatIsMissing() {
        assertThatThrownBy(() -> read(new Slow(1, 1), Integer.MAX_VALUE))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("incidents-0 can be read up to 1 of 3");
        assertThat(took())
                .isBetween(WholeRead.PATIENCE, WholeRead.PATIENCE.plus(Duration.ofSeconds(1)));
        assertThat(asked.get()).isBetween(15, 18);
    }
}
