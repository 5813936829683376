package dev.tocsin.incident.engine.outage;

import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Incidents as an outage sees them: one that fails in `us` and is fine in `eu`, and what becomes of it.
public record Children(Child child) {
    public static final Instant START = Instant.parse("2026-11-24T00:00:00Z");

    /// @param second since the start, when it began to fail
    public static Children fails(String check, int second) {
        return new Children(
                new Child(
                        check + "-1",
                        check,
                        check,
                        check,
                        Kind.DOWN,
                        Severity.ERROR,
                        true,
                        false,
                        false,
                        START.plusSeconds(second),
                        null,
                        null,
                        Map.of("us", Standing.FAILING, "eu", Standing.PASSING),
                        null,
                        false,
                        Map.of(),
                        Duration.ofMinutes(10),
                        "trace-" + check));
    }

    private Children with(Kind kind, Severity severity, Map<String, Standing> regions) {
        return copy(
                kind,
                severity,
                child.open(),
                child.suppressed(),
                child.flapping(),
                child.startedAt(),
                child.endedAt(),
                regions,
                child.passing());
    }

    private Children copy(
            Kind kind,
            Severity severity,
            boolean open,
            boolean suppressed,
            boolean flapping,
            Instant startedAt,
            @Nullable Instant endedAt,
            Map<String, Standing> regions,
            boolean passing) {
        return new Children(
                new Child(
                        child.incidentId(),
                        child.checkId(),
                        child.name(),
                        child.service(),
                        kind,
                        severity,
                        open,
                        suppressed,
                        flapping,
                        startedAt,
                        endedAt,
                        open ? null : "recovered",
                        regions,
                        child.fine(),
                        passing,
                        child.labels(),
                        child.reopenWithin(),
                        child.traceparent()));
    }

    public Children in(String region, Standing standing) {
        var regions = new LinkedHashMap<>(child.regions());
        regions.put(region, standing);
        return with(child.kind(), child.severity(), regions);
    }

    public Children kind(Kind kind) {
        return with(kind, child.severity(), child.regions());
    }

    public Children severity(Severity severity) {
        return with(child.kind(), severity, child.regions());
    }

    public Children passes() {
        var regions = new LinkedHashMap<>(child.regions());
        regions.replaceAll((_, standing) -> standing.heard() ? Standing.PASSING : standing);
        return with(child.kind(), child.severity(), regions);
    }

    /// Nothing of it that is heard fails any more, and that is not told yet.
    public Children recovers() {
        return copy(
                child.kind(),
                child.severity(),
                child.open(),
                child.suppressed(),
                child.flapping(),
                child.startedAt(),
                child.endedAt(),
                child.regions(),
                true);
    }

    /// It passes everywhere since then, and that was long enough.
    public Children closes(int second) {
        return passes().state(false, false, false, second);
    }

    public Children flaps() {
        return state(true, false, true, -1);
    }

    public Children suppressed(boolean is) {
        return state(true, is, false, -1);
    }

    private Children state(boolean open, boolean suppressed, boolean flapping, int ended) {
        return copy(
                child.kind(),
                child.severity(),
                open,
                suppressed,
                flapping,
                child.startedAt(),
                ended < 0 ? null : START.plusSeconds(ended),
                child.regions(),
                child.passing());
    }

    /// Another name for all that has one.
    public Children named(
            String incident, String name, String service, Map<String, String> labels) {
        return new Children(
                new Child(
                        incident,
                        child.checkId(),
                        name,
                        service,
                        child.kind(),
                        child.severity(),
                        child.open(),
                        child.suppressed(),
                        child.flapping(),
                        child.startedAt(),
                        child.endedAt(),
                        child.resolution(),
                        child.regions(),
                        child.fine(),
                        child.passing(),
                        labels,
                        child.reopenWithin(),
                        child.traceparent()));
    }

    /// Closed while it fails, for a reason of its own.
    public Children closed(String resolution, int second) {
        var closed = state(false, false, false, second).child();
        return new Children(
                new Child(
                        closed.incidentId(),
                        closed.checkId(),
                        closed.name(),
                        closed.service(),
                        closed.kind(),
                        closed.severity(),
                        closed.open(),
                        closed.suppressed(),
                        closed.flapping(),
                        closed.startedAt(),
                        closed.endedAt(),
                        resolution,
                        closed.regions(),
                        closed.fine(),
                        closed.passing(),
                        closed.labels(),
                        closed.reopenWithin(),
                        closed.traceparent()));
    }
}
