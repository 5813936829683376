package dev.tocsin.notifier.send;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Where those who decide put what is to be sent, and what they have to know of how far they have read. For stream threads, each of which has its own.
public interface Outbox {
    /// It is sent once what made it due is committed.
    void add(Outgoing outgoing);

    /// An answer was taken.
    void taken();

    /// Nothing is sent any more.
    boolean closed();

    /// How long a task that is closed may wait for answers. All that are closed at once have it together.
    Duration patience();

    /// Whether this stream thread has polled a moment ago, on whatever thread it is asked later.
    BooleanSupplier freshness();

    /// A record of the first topic was processed.
    void processed(int partition, long offset);

    /// Up to which offset a partition of this thread is to be read before anything is sent of it: what is further on in it may say that it is no longer so. Null
    /// while that is not known.
    @Nullable Long toBeRead(String topic, int partition);

    /// Whether a partition of this thread ends before that offset: it was made anew.
    boolean endsBefore(String topic, int partition, long offset);
}
