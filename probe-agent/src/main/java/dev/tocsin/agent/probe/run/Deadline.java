package dev.tocsin.agent.probe.run;

import dev.tocsin.schemas.Phase;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An instant that every blocking call of a run respects. Socket timeouts bound one read, not many small ones, so what a
/// run opens is also put under [#guard]: it is closed when the time is up, which ends any call on it.
public final class Deadline {
    private static final ScheduledExecutorService WATCHDOG =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("probe-deadlines").factory());

    private static final Logger LOG = LoggerFactory.getLogger(Deadline.class);

    private final long atNanos;

    private Deadline(long atNanos) {
        this.atNanos = atNanos;
    }

    public static Deadline after(Duration timeout) {
        return new Deadline(System.nanoTime() + timeout.toNanos());
    }

    /// Never below 1 ms, since 0 means "for ever" to a socket.
    public Duration remaining() {
        return Duration.ofNanos(Math.max(1_000_000, atNanos - System.nanoTime()));
    }

    public boolean expired() {
        return System.nanoTime() - atNanos >= 0;
    }

    /// What comes of something that is under way elsewhere.
    ///
    /// @throws TimeoutException at the deadline
    /// @throws ExecutionException with what became of it instead
    /// @throws ProbeFailure when the run was interrupted
    public <T> T await(CompletionStage<T> asked)
            throws TimeoutException, ExecutionException, ProbeFailure {
        try {
            return asked.toCompletableFuture().get(remaining().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProbeFailure(Phase.INTERNAL, "interrupted", "the run was interrupted");
        }
    }

    /// Closes `opened` at the deadline, unless the guard is closed first.
    public Guard guard(Closeable opened) {
        Future<?> alarm =
                WATCHDOG.schedule(
                        () -> closeLate(opened), remaining().toNanos(), TimeUnit.NANOSECONDS);
        return () -> {
            alarm.cancel(false);
            opened.close();
        };
    }

    private static void closeLate(Closeable opened) {
        try {
            opened.close();
        } catch (IOException | RuntimeException e) {
            LOG.debug("a connection that was out of time could not be closed", e);
        }
    }

    /// Closes what was guarded.
    public interface Guard extends Closeable {}
}
