package dev.tocsin.service.streams;

import dev.tocsin.service.Health;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts a Streams app on a thread of its own, since that waits for Kafka. What it throws, an Error too, ends the process.
public final class Starter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Starter.class);

    private final Thread thread;

    /// @param part whose health it is
    public Starter(String part, Health health, Runnable start) {
        health.waiting(part, "starting");
        thread = Thread.ofVirtual().name(part + "-start").start(() -> run(part, health, start));
    }

    static void run(String part, Health health, Runnable start) {
        try {
            start.run();
        } catch (Throwable e) {
            if (Thread.currentThread().isInterrupted()) {
                LOG.atDebug().setCause(e).log("asked to end");
                return;
            }
            var why = "cannot start: " + StreamsSettings.root(e);
            LOG.atError().addKeyValue("part", part).setCause(e).log("cannot start");
            if (e instanceof KafkaException) {
                health.refused(part, why); // Kafka's clients throw it for their settings
            } else {
                health.gaveUp(part, why);
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
