package dev.tocsin.agent.probe.run;

import dev.tocsin.schemas.Phase;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// What targets send is held until it is judged. Each run may hold a little, of which its place among all that run is the bound; for more it claims room once,
/// which all runs of this process share. Without that, a thousand pages of a megabyte that come at once end the process. What the JVM and the HTTP client hold
/// for themselves (headers, datagrams, handshakes) is not counted. Safe for any thread.
public final class Room {
    /// Of the heap: what was sent takes up to six times as much while it becomes text and is taken apart.
    private static final int PART = 16;

    /// No run is given more: what can be claimed at once is no more than all a run can need, so that none holds room while it waits for more.
    public static final int LARGEST = 1 << 20;

    /// Of each run, without a claim: most answers are not larger, and do not wait for those that are.
    static final int SMALL = 16 << 10;

    /// What is read at once where it is asked for piece by piece.
    public static final int STEP = 8 << 10;

    public static final Room OF_THE_PROCESS =
            new Room(
                    (int)
                            Math.clamp(
                                    Runtime.getRuntime().maxMemory() / PART,
                                    4L * LARGEST,
                                    1L << 30));

    private final Semaphore free;

    /// @param bytes as they were sent
    public Room(int bytes) {
        free = new Semaphore(bytes, true);
    }

    public Share share(Deadline deadline) {
        return new Share(deadline);
    }

    /// What one run holds; one thread's. Closing it gives all of that back.
    public final class Share implements Closeable {
        private final Deadline deadline;
        private int held;
        private int claimed;
        private boolean waited;

        private Share(Deadline deadline) {
            this.deadline = deadline;
        }

        /// Before so many bytes more are held, of an answer whose length is not known.
        ///
        /// @throws ProbeFailure this agent's own, when there is no room until the deadline
        public void take(int more) throws IOException {
            take(more, LARGEST);
        }

        /// @param most so much in all can be asked for in the end
        public void take(int more, int most) throws IOException {
            held += more;
            if (held > SMALL && claimed == 0) {
                claim(Math.min(Math.max(held, most), LARGEST));
            }
        }

        private void claim(int bytes) throws ProbeFailure {
            try {
                if (!free.tryAcquire(bytes)) {
                    waited = true;
                    if (!free.tryAcquire(
                            bytes, deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                        throw noMemory();
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ProbeFailure(Phase.INTERNAL, "interrupted", "the run was interrupted");
            }
            claimed = bytes;
        }

        /// Nothing more will come: what was claimed beyond that is others'.
        public void whole() {
            int rest = Math.max(0, claimed - held);
            claimed -= rest;
            free.release(rest);
        }

        /// Whether this run waited for others: what it measured, and that it had too little time, says nothing of the target then.
        public boolean waited() {
            return waited;
        }

        public static ProbeFailure noMemory() {
            return new ProbeFailure(
                    Phase.INTERNAL,
                    "no-memory",
                    "waited until others had given back what they held of large answers");
        }

        @Override
        public void close() {
            free.release(claimed);
            claimed = 0;
            held = 0;
        }
    }
}
