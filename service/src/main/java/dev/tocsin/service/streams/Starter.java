package dev.tocsin.service.streams;

import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import org.apache.kafka.common.config.ConfigException;
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
            if (ofSettings(e)) {
                health.refused(part, why);
            } else {
                health.gaveUp(part, why);
            }
        }
    }

    /// What no start mends. A folder that is full or held, and a name that does not resolve now, are something else, though Kafka may call the latter a setting.
    private static boolean ofSettings(Throwable e) {
        for (var cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigException why) {
                return !KafkaSettings.isUnresolved(why);
            }
        }
        return false;
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
