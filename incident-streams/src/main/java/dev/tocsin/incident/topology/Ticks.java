package dev.tocsin.incident.topology;

/// Told which partitions this process works on, so that it writes ticks into those.
public interface Ticks {
    void started(int partition);

    void stopped(int partition);
}
