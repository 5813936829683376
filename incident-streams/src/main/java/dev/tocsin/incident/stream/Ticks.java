package dev.tocsin.incident.stream;

/// Told which partitions this process works on, so that it writes ticks into those.
public interface Ticks {
    void started(int partition);

    void stopped(int partition);
}
