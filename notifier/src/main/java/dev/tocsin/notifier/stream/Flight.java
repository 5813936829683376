package dev.tocsin.notifier.stream;

import dev.tocsin.notifier.send.Outgoing.Answer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The messages that a task has handed over, as long as it owns their targets: which are on their way, and the answers at which it has not looked yet. Thread-safe:
/// senders take off and land, the stream thread looks.
final class Flight {
    record Arrived(String target, Answer answer) {}

    private final Queue<Arrived> arrived = new ArrayDeque<>();

    /// Ids of the messages.
    private final Set<String> onTheirWay = new HashSet<>();

    private boolean open = true;

    /// Nobody looks any more.
    private boolean over;

    /// @return whether it may be sent
    synchronized boolean takesOff(String message) {
        if (open) {
            onTheirWay.add(message);
        }
        return open;
    }

    /// @return false when nobody will look at it
    synchronized boolean lands(String target, Answer answer) {
        onTheirWay.remove(answer.message());
        if (over) {
            return false;
        }
        arrived.add(new Arrived(target, answer));
        notifyAll();
        return true;
    }

    /// Null when there is none.
    synchronized @Nullable Arrived next() {
        return arrived.poll();
    }

    /// Nothing more takes off, and nobody looks any more.
    ///
    /// @param patience how long those that are on their way are waited for
    /// @return those at which nobody has looked
    synchronized List<Arrived> end(Duration patience) {
        open = false;
        long until = System.nanoTime() + patience.toNanos();
        try {
            for (long left = patience.toNanos();
                    !onTheirWay.isEmpty() && left > 0;
                    left = until - System.nanoTime()) {
                wait(left / 1_000_000 + 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        over = true;
        var unseen = List.copyOf(arrived);
        arrived.clear();
        return unseen;
    }
}
