package dev.tocsin.service.streams;

import dev.tocsin.service.Health;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Bugs that a process met and went on after: counted, in the log with their stack, and its health fails, since somebody has to look.
/// Thread-safe.
public final class Bugs {
    private static final Logger LOG = LoggerFactory.getLogger(Bugs.class);

    private final Counter counter;
    private final Health health;
    private final String part;

    /// @param meter what they are counted as, e.g. `tocsin_streams_bugs_total`
    public Bugs(MeterRegistry metrics, String meter, Health health) {
        counter =
                Counter.builder(meter)
                        .description(
                                "Bugs that a record was met with; it is set aside, and the rest goes on.")
                        .register(metrics);
        this.health = health;
        part = "bug";
    }

    /// @param where what it was met at, e.g. a topic or a check
    public void found(String where, Throwable bug) {
        counter.increment();
        health.failing(part, bug.toString());
        LOG.atError()
                .addKeyValue("where", where)
                .setCause(bug)
                .log("bug: what it was met at is set aside, and the rest goes on");
    }
}
