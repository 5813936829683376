package dev.tocsin.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.service.Health;
import dev.tocsin.service.Reading;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What its two users do not show: see [ChecksTopicTest] and [AgentsTopicTest].
@Timeout(60)
class FollowerTest {
    /// A topic that has been read to its end.
    private abstract static class Read implements Reading {
        final CountDownLatch polled = new CountDownLatch(1);

        @Override
        public ConsumerRecords<String, byte[]> poll(Duration timeout) {
            polled.countDown();
            return ConsumerRecords.empty();
        }

        @Override
        public boolean caughtUp() {
            return true;
        }

        @Override
        public void wakeup() {}
    }

    /// Kafka's consumer throws when the interrupt of a stop comes while it is being closed already.
    @Test
    void aStopThatInterruptsTheClosingIsNoBug() throws Exception {
        var closes = new AtomicInteger();
        var reader =
                new Read() {
                    @Override
                    public void close() {
                        if (closes.incrementAndGet() == 1) {
                            throw new InterruptException("as it was closed");
                        }
                    }
                };
        var health = new Health();
        var follower = new Follower("x", "without", reader, health, (_, _, _, _) -> {});
        reader.polled.await();
        follower.close();
        assertThat(closes).hasValue(2);
        assertThat(health.alive()).isTrue();
    }

    /// Or it logs a page of stack at each planned stop.
    @Test
    void theClosingOfAConsumerIsNotInterrupted() throws Exception {
        var stopper = Thread.currentThread();
        var interrupted = new AtomicBoolean();
        var woken = new CountDownLatch(1);
        var reader =
                new Read() {
                    @Override
                    public ConsumerRecords<String, byte[]> poll(Duration timeout) {
                        var _ = super.poll(timeout);
                        try {
                            woken.await();
                        } catch (InterruptedException e) {
                            throw new InterruptException(e);
                        }
                        throw new WakeupException();
                    }

                    @Override
                    public void wakeup() {
                        woken.countDown();
                    }

                    @Override
                    public void close() {
                        await().until(() -> stopper.getState() == Thread.State.TIMED_WAITING);
                        interrupted.set(Thread.currentThread().isInterrupted());
                    }
                };
        var follower = new Follower("x", "without", reader, new Health(), (_, _, _, _) -> {});
        reader.polled.await();
        follower.close();
        assertThat(interrupted).isFalse();
    }
}
