package dev.tocsin.notifier.send;

import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import dev.tocsin.notifier.send.Outgoing.Answer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A virtual thread for each request. Mailboxes bound how many go to one target; here all together are bounded. Thread-safe.
public final class Senders implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Senders.class);

    /// Eight targets that hang with all their places taken leave half of them.
    private static final int AT_ONCE = 1024;

    private final Semaphore places = new Semaphore(AT_ONCE);
    private final InstantSource clock;
    private volatile boolean closed;

    public Senders(InstantSource clock) {
        this.clock = clock;
    }

    public void send(Outgoing outgoing) {
        Thread.ofVirtual()
                .name("send-" + outgoing.message().id())
                .start(() -> outgoing.answer().accept(sent(outgoing)));
    }

    private Answer sent(Outgoing outgoing) {
        var id = outgoing.message().id();
        var begun = clock.instant();
        try {
            if (!places.tryAcquire(Handover.FRESH.toMillis(), TimeUnit.MILLISECONDS)) {
                return new Answer(id, null, begun, clock.instant());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(id, null, begun, clock.instant());
        }
        try {
            begun = clock.instant();
            return closed || !outgoing.owned().getAsBoolean()
                    ? new Answer(id, null, begun, clock.instant())
                    : new Answer(id, deliver(outgoing), begun, clock.instant());
        } finally {
            places.release();
        }
    }

    private DeliveryResult deliver(Outgoing outgoing) {
        try {
            return outgoing.channel().deliver(outgoing.message(), clock.instant());
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("bug: a channel threw");
            return new Retry(null, "bug: " + e.getClass().getSimpleName(), null);
        }
    }

    /// Nothing new is sent; what is under way comes to its own end.
    @Override
    public void close() {
        closed = true;
    }

    /// Waits until all that is under way has ended.
    ///
    /// @return false when it has not within that time
    public boolean idle(Duration atMost) throws InterruptedException {
        boolean idle = places.tryAcquire(AT_ONCE, atMost.toMillis(), TimeUnit.MILLISECONDS);
        if (idle) {
            places.release(AT_ONCE);
        }
        return idle;
    }
}
