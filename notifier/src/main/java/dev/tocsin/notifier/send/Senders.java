package dev.tocsin.notifier.send;

import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import dev.tocsin.notifier.send.Outgoing.Answer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A virtual thread for each request. Mailboxes bound how many go to one target; here all together are bounded. Thread-safe.
public final class Senders implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Senders.class);

    /// Sixty-four targets that hang with all their places taken.
    static final int AT_ONCE = 4096;

    private static final Duration LOOK_EACH = Duration.ofMillis(10);

    /// Begins a thread.
    interface Begin {
        void thread(String name, Runnable work);
    }

    private final Semaphore places;
    private final Begin begin;
    private final AtomicInteger underWay = new AtomicInteger();
    private final InstantSource clock;
    private volatile boolean closed;

    /// @param clock of tries; what is signed has the machine's own
    public Senders(InstantSource clock) {
        this(
                clock,
                new Semaphore(AT_ONCE),
                (name, work) -> Thread.ofVirtual().name(name).start(work));
    }

    /// @param places one for each request under way
    Senders(InstantSource clock, Semaphore places, Begin begin) {
        this.clock = clock;
        this.places = places;
        this.begin = begin;
    }

    void send(Outgoing outgoing) {
        underWay.incrementAndGet();
        begin.thread(
                "send-" + outgoing.message().id(), () -> outgoing.answer().accept(sent(outgoing)));
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

    private static DeliveryResult deliver(Outgoing outgoing) {
        try {
            return outgoing.channel().deliver(outgoing.message(), InstantSource.system().instant());
        } catch (Throwable e) { // an answer must come of it, whatever it is
            LOG.atError().setCause(e).log("bug: a channel threw");
            return new Retry(null, "bug: " + e.getClass().getSimpleName(), null);
        }
    }

    /// An answer was taken.
    public void taken() {
        underWay.decrementAndGet();
    }

    public boolean closed() {
        return closed;
    }

    /// Nothing new is sent; what is under way comes to its own end.
    @Override
    public void close() {
        closed = true;
    }

    /// Waits until all answers are taken, but no longer than that.
    public void awaitAnswers(Duration atMost) throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        while (underWay.get() > 0 && System.nanoTime() < until) {
            Thread.sleep(LOOK_EACH);
        }
    }
}
