package dev.tocsin.incident.stream;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.service.Health;
import dev.tocsin.service.streams.Bugs;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// Every record is counted into exactly one bucket, so that a loss would show as arithmetic. Thread-safe.
public final class Counters {
    private final MeterRegistry metrics;
    private final Counter voted;
    private final Counter withoutVote;
    private final Counter withoutDefinition;
    private final Counter withoutRegion;
    private final Counter definitions;
    private final Counter failed;
    private final Counter leftOut;
    private final Bugs bugs;

    /// @param health fails with a bug
    public Counters(MeterRegistry metrics, Health health) {
        this.metrics = metrics;
        bugs = new Bugs(metrics, "tocsin_streams_bugs_total", health);
        leftOut = metrics.counter("tocsin_streams_stored_unreadable_total");
        voted = results("voted");
        withoutVote = results("without_vote");
        withoutDefinition = results("without_definition");
        withoutRegion = results("without_region");
        failed = metrics.counter("tocsin_streams_checks_failed_total");
        definitions = metrics.counter("tocsin_streams_definitions_total");
    }

    private Counter results(String bucket) {
        return metrics.counter("tocsin_streams_results_total", "bucket", bucket);
    }

    void voted() {
        voted.increment();
    }

    void withoutVote() {
        withoutVote.increment();
    }

    void withoutDefinition() {
        withoutDefinition.increment();
    }

    /// Of a region in which the check does not run, or no longer.
    void withoutRegion() {
        withoutRegion.increment();
    }

    /// A check that could not be looked at.
    void failed(String check, RuntimeException bug) {
        failed.increment();
        bugs.found("check " + check, bug);
    }

    /// Something of an earlier run, or build, that this one cannot begin with.
    void leftOut() {
        leftOut.increment();
    }

    Bugs bugs() {
        return bugs;
    }

    void defined() {
        definitions.increment();
    }

    void deadLetter(String topic) {
        metrics.counter("tocsin_streams_dead_letters_total", "topic", topic).increment();
    }

    /// Decided on before: offsets were set back.
    void history(String topic) {
        metrics.counter("tocsin_streams_history_total", "topic", topic).increment();
    }

    void told(IncidentEvent event) {
        metrics.counter("tocsin_streams_events_total", "type", event.getType().name()).increment();
    }
}
