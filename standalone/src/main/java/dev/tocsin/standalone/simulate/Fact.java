package dev.tocsin.standalone.simulate;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.partition.Rehearsal.Told;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One event as the oracle sees it; times are ms since the universe began.
///
/// @param key of its incident: a check's id, `outage:` and a group, `region:` and an id, or `pipeline:stalled`
/// @param endedAt -1 while it goes on
/// @param failing regions that it says fail now
/// @param everywhere it says that no region is fine
record Fact(
        String key,
        String incident,
        long seq,
        EventType type,
        String kind,
        boolean open,
        long at,
        long startedAt,
        long endedAt,
        Set<String> failed,
        Set<String> failing,
        boolean everywhere,
        String reason) {
    static Fact of(Told told) {
        return switch (told) {
            case Told.OfCheck(_, _, var check, var event) -> {
                var incident = event.incident();
                var times = incident.times();
                yield new Fact(
                        check,
                        incident.id(),
                        incident.seq(),
                        event.type(),
                        incident.kind().name(),
                        times.closedAt() == null,
                        since(event.at()),
                        since(times.startedAt()),
                        since(times.endedAt()),
                        incident.places().failed(),
                        incident.places().failing(),
                        incident.everywhere(),
                        event.reason());
            }
            case Told.OfGroup(_, var written, var event) -> {
                var outage = event.outage();
                yield new Fact(
                        written.getKey(),
                        outage.id(),
                        outage.seq(),
                        event.type(),
                        "OUTAGE",
                        outage.open(),
                        since(event.at()),
                        since(outage.times().startedAt()),
                        since(outage.times().endedAt()),
                        Set.of(),
                        outage.told().failing(),
                        outage.told().global(),
                        event.reason());
            }
            case Told.OfAgents(_, _, var event) -> {
                var times = event.incident().times();
                yield new Fact(
                        event.key(),
                        event.incident().id(),
                        event.incident().seq(),
                        event.type(),
                        event.region() == null ? "STALLED" : "ISOLATED",
                        times.closedAt() == null,
                        since(event.at()),
                        since(times.startedAt()),
                        since(times.endedAt()),
                        Set.of(),
                        Set.of(),
                        false,
                        event.reason());
            }
        };
    }

    private static long since(@Nullable Instant time) {
        return time == null ? -1 : Duration.between(Universe.START, time).toMillis();
    }

    boolean opens() {
        return type == EventType.OPENED || type == EventType.REOPENED;
    }

    @Override
    public String toString() {
        return "%s %s %s at %.1f s, since %.1f s: %s"
                .formatted(type, kind, key, at / 1000.0, startedAt / 1000.0, reason);
    }
}
