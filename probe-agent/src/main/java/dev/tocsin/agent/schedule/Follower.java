package dev.tocsin.agent.schedule;

import dev.tocsin.service.Health;
import dev.tocsin.service.Loop;
import dev.tocsin.service.Reading;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads a topic on a thread of its own until it is closed. What keeps it from reading is said in health, once in the log, and tried again.
final class Follower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final Duration POLL = Duration.ofMillis(500);

    /// Between tries where it is not allowed: somebody has to allow it first.
    private static final Duration FORBIDDEN = Duration.ofSeconds(10);

    /// What comes of a poll. On the follower's thread.
    interface Taker {
        /// @param live whether all that was there at the start had been handed over before these
        /// @param whole whether it has been with these
        void take(Follower by, ConsumerRecords<String, byte[]> records, boolean live, boolean whole)
                throws InterruptedException;
    }

    private final String part;
    private final String without;
    private final Reading reader;
    private final Health health;
    private final Taker taker;
    private final Thread thread;
    private volatile boolean closing;
    private boolean leaving;

    /// @param part names it in health
    /// @param without what is so as long as the topic cannot be read, for the log
    Follower(String part, String without, Reading reader, Health health, Taker taker) {
        this.part = part;
        this.without = without;
        this.reader = reader;
        this.health = health;
        this.taker = taker;
        thread = Loop.start(part + "-topic", health, this::turn);
    }

    private boolean turn() throws InterruptedException {
        try {
            if (closing) {
                leave();
                reader.close();
                return false;
            }
            poll();
        } catch (WakeupException | InterruptException | InterruptedException e) {
            if (!closing) {
                throw e;
            }
            var _ = Thread.interrupted(); // it is closed in the next turn
        }
        return true;
    }

    /// From here on nothing is interrupted: Kafka's consumer would say that with a page of stack.
    private synchronized void leave() {
        leaving = true;
        var _ = Thread.interrupted();
    }

    private synchronized void interrupt() {
        if (!leaving) {
            thread.interrupt();
        }
    }

    private void poll() throws InterruptedException {
        ConsumerRecords<String, byte[]> records;
        boolean live;
        boolean whole;
        try {
            live = reader.caughtUp();
            records = reader.poll(POLL);
            whole = reader.caughtUp();
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            // Away, no such topic yet, or not allowed: somebody may allow it.
            if (health.why(part) == null) {
                LOG.atWarn().addKeyValue("why", String.valueOf(e.getMessage())).log(without);
            }
            health.waiting(part, String.valueOf(e.getMessage()));
            Thread.sleep(e instanceof RetriableException ? POLL : FORBIDDEN); // between tries
            return;
        }
        taker.take(this, records, live, whole);
        if (whole) {
            health.fine(part);
        }
    }

    /// Does it as soon as a registry that is away is back: nothing is passed over because of it.
    ///
    /// @throws InterruptedException when this is being closed
    void untilDone(Runnable work) throws InterruptedException {
        while (true) {
            try {
                work.run();
                return;
            } catch (RetriableException e) {
                health.waiting(part, e.toString());
                if (closing) {
                    throw new InterruptedException();
                }
                Thread.sleep(POLL); // between tries
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        reader.wakeup();
        interrupt(); // not everything that waits for Kafka can be woken
        thread.join(Duration.ofSeconds(5));
    }
}
