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
        leftOut =
                counter(
                        "tocsin_streams_stored_unreadable_total",
                        "Parts of stored state that this build could not use, left out and left there.");
        voted = results("voted");
        withoutVote = results("without_vote");
        withoutDefinition = results("without_definition");
        withoutRegion = results("without_region");
        failed =
                counter(
                        "tocsin_streams_checks_failed_total",
                        "Times that a check could not be looked at, by a bug.");
        definitions =
                counter(
                        "tocsin_streams_definitions_total",
                        "Definitions of checks that were taken in.");
    }

    private Counter results(String bucket) {
        return counter(
                "tocsin_streams_results_total",
                "Results that were read, each in one bucket: what became of it.",
                "bucket",
                bucket);
    }

    private Counter counter(String name, String description, String... tags) {
        return Counter.builder(name).description(description).tags(tags).register(metrics);
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
        counter(
                        "tocsin_streams_dead_letters_total",
                        "Records that were set aside, with their cause.",
                        "topic",
                        topic)
                .increment();
    }

    /// Decided on before: offsets were set back.
    void history(String topic) {
        counter(
                        "tocsin_streams_history_total",
                        "Records that were decided on before, read again since offsets were set back.",
                        "topic",
                        topic)
                .increment();
    }

    void told(IncidentEvent event) {
        counter(
                        "tocsin_streams_events_total",
                        "Incident events that were told.",
                        "type",
                        event.getType().name())
                .increment();
    }
}
