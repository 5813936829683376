package dev.tocsin.incident.stream;

import org.apache.kafka.common.header.Headers;

/// Told which partitions this process works on, so that it writes ticks into those.
public interface Ticks {
    void started(int partition);

    void stopped(int partition);

    /// Whether this process wrote the record with these headers: only it knows when it started.
    boolean own(Headers headers);
}
