package dev.tocsin.agent.probe.run;

/// Which name servers there are is read again now and then: they change under a process that runs for months (DHCP, a VPN), and dnsjava reads them once.
/// Thread-safe.
final class NameServers {
    private static final long EACH_NANOS = 30_000_000_000L;

    private final Runnable reading;
    private long readAt;

    NameServers(long now, Runnable reading) {
        this.reading = reading;
        readAt = now;
    }

    /// @param now monotonic
    void look(long now) {
        synchronized (this) {
            if (now - readAt < EACH_NANOS) {
                return;
            }
            readAt = now;
        }
        reading.run();
    }
}
