package dev.tocsin.notifier.route;

import dev.tocsin.schemas.IncidentEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whom the events of an incident went to, this time that it is open.
///
/// @param events ids of the last ones, the newest last
/// @param at of the newest
/// @param seq of the newest
/// @param closed whether it is
/// @param targets target to the reason, also those whom only its parts concern
public record Told(
        List<String> events, Instant at, long seq, boolean closed, Map<String, String> targets) {
    /// A doubled event follows soon after itself; a replay's are older than the newest, too.
    private static final int REMEMBERED = 16;

    /// What is done is forgotten after that (DESIGN section 4).
    private static final Duration KEPT = Duration.ofDays(7);

    public Told {
        events = List.copyOf(events);
        targets = Map.copyOf(targets);
    }

    static Told after(@Nullable Told before, IncidentEvent event, Map<String, String> targets) {
        var events = new ArrayList<>(before == null ? List.of() : before.events);
        events.add(event.getEventId());
        return new Told(
                events.subList(Math.max(0, events.size() - REMEMBERED), events.size()),
                event.getAt(),
                event.getSeq(),
                !event.getOpen(),
                targets);
    }

    /// Whether the event was routed before, or is older than what was. After a rebuild of the engine the same events come again, decided some ms
    /// later; and what ends the incident, or opens it again, may have the id of another.
    boolean knows(IncidentEvent event) {
        boolean turns = event.getAt().isAfter(at) && event.getOpen() == closed;
        return (events.contains(event.getEventId()) && !turns)
                || (event.getAt().isBefore(at) && event.getSeq() <= seq);
    }

    public boolean forgotten(Instant now) {
        return closed && !now.isBefore(at.plus(KEPT));
    }
}
