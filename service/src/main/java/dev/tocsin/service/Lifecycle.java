package dev.tocsin.service;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A stack of named cleanups: what was started last ends first, and a failed start unwinds exactly like a stop.
/// Thread-safe; closing twice does nothing.
public final class Lifecycle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    /// What ends one thing.
    public interface Cleanup {
        void run() throws Exception;
    }

    private record Step(String name, Cleanup cleanup) {}

    private final Deque<Step> steps = new ArrayDeque<>();

    /// Remembers how to end what was just started.
    public synchronized void onClose(String name, Cleanup cleanup) {
        steps.push(new Step(name, cleanup));
    }

    /// Remembers to close what was just opened, and gives it back.
    public <T extends AutoCloseable> T closing(String name, T opened) {
        onClose(name, opened::close);
        return opened;
    }

    @Override
    public void close() {
        for (Step step = pop(); step != null; step = pop()) {
            var started = System.nanoTime();
            try {
                step.cleanup.run();
            } catch (Exception | Error e) { // the others are ended all the same
                LOG.atWarn()
                        .addKeyValue("step", step.name)
                        .setCause(e)
                        .log("could not be ended cleanly");
            }
            LOG.atDebug()
                    .addKeyValue("step", step.name)
                    .addKeyValue("ms", Duration.ofNanos(System.nanoTime() - started).toMillis())
                    .log("ended");
        }
    }

    /// Closes on a thread of its own, and returns when that has ended, or takes too long.
    public void closeWithin(Duration limit) {
        var closing = Thread.ofPlatform().daemon().name("close").start(this::close);
        try {
            if (!closing.join(limit)) {
                LOG.atError()
                        .addKeyValue("after-s", limit.toSeconds())
                        .log("not ended in time: what is left is not ended cleanly");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever waits no longer does
        }
    }

    private synchronized @org.jspecify.annotations.Nullable Step pop() {
        return steps.poll();
    }
}
