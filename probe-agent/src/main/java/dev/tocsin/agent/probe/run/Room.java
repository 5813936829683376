package dev.tocsin.agent.probe.run;

import dev.tocsin.schemas.Phase;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// What targets send is held until it is judged; all runs together hold no more than this. Without it, a thousand pages of a megabyte that come at once end the
/// process. Safe for any thread.
public final class Room {
    /// Of the heap: what was sent takes up to six times as much while it becomes text and is taken apart.
    private static final int PART = 16;

    private static final long LEAST = 2 << 20;

    public static final Room OF_THE_PROCESS =
            new Room((int) Math.clamp(Runtime.getRuntime().maxMemory() / PART, LEAST, 1 << 30));

    private final int bytes;
    private final Semaphore free;

    /// @param bytes as they were sent
    public Room(int bytes) {
        this.bytes = bytes;
        free = new Semaphore(bytes);
    }

    public Share share(Deadline deadline) {
        return new Share(deadline);
    }

    /// What one run holds; one thread's. Closing it gives all of that back.
    public final class Share implements Closeable {
        private final Deadline deadline;
        private int held;
        private long waitedNanos;

        private Share(Deadline deadline) {
            this.deadline = deadline;
        }

        /// Waits until there is room for so many bytes more.
        ///
        /// @throws ProbeFailure this agent's own, when the deadline comes first, or all of the room is less
        public void take(int more) throws IOException {
            if (free.tryAcquire(more)) {
                held += more;
                return;
            }
            long from = System.nanoTime();
            try {
                if (more > bytes - held
                        || !free.tryAcquire(
                                more, deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                    throw new ProbeFailure(
                            Phase.INTERNAL,
                            "no-memory",
                            "no room for an answer of more than %d bytes: all runs of this agent hold %d at most"
                                    .formatted(held, bytes));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ProbeFailure(Phase.INTERNAL, "interrupted", "the run was interrupted");
            } finally {
                waitedNanos += System.nanoTime() - from;
            }
            held += more;
        }

        /// How long this run waited for the others: no time of the target's.
        public Duration waited() {
            return Duration.ofNanos(waitedNanos);
        }

        @Override
        public void close() {
            free.release(held);
            held = 0;
        }
    }
}
