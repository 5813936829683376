package dev.tocsin.it.guarantee;

import dev.tocsin.schemas.DeliveryAttempt;
import dev.tocsin.schemas.IncidentEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// All that was.
///
/// @param targets that were to be told of every incident
/// @param events as they are on `incidents`
/// @param requests of each target in the order in which they came
/// @param attempts as they are on `delivery-attempts`
public record History(
        Set<String> targets,
        List<IncidentEvent> events,
        List<Request> requests,
        List<DeliveryAttempt> attempts,
        List<Fault> faults) {
    /// From an answer to its record: two commits, on a machine that does much else.
    private static final Duration COMMIT = Duration.ofSeconds(3);

    /// What the clocks of two processes of one machine may differ.
    private static final Duration CLOCKS = Duration.ofMillis(100);

    public History {
        targets = new TreeSet<>(targets);
        events = List.copyOf(events);
        requests = List.copyOf(requests);
        attempts = List.copyOf(attempts);
        faults = List.copyOf(faults);
    }

    /// A target and an incident.
    record Talk(String target, String incident) {}

    /// Incident to its events, by seq from 1 on.
    Map<String, List<IncidentEvent>> incidents() {
        var all = new LinkedHashMap<String, List<IncidentEvent>>();
        for (var event : events) {
            all.computeIfAbsent(event.getIncidentId(), _ -> new ArrayList<>()).add(event);
        }
        return all;
    }

    /// What was heard, in order. What came late ([Request#late]) is left out.
    Map<Talk, List<Word>> heard() {
        var told = new HashMap<String, Map<String, Long>>();
        for (var attempt : attempts) {
            if (attempt.getOutcome().equals("delivered")) {
                told.computeIfAbsent(attempt.getDeliveryId(), _ -> new LinkedHashMap<>())
                        .put(attempt.getIncidentId(), attempt.getSeq());
            }
        }
        var incidents = incidents();
        var all = new LinkedHashMap<Talk, List<Word>>();
        for (var request : requests) {
            if (request.taken() && !request.late()) {
                for (var word :
                        words(request, told.getOrDefault(request.id(), Map.of()), incidents)) {
                    all.computeIfAbsent(
                                    new Talk(request.target(), word.incident()),
                                    _ -> new ArrayList<>())
                            .add(word);
                }
            }
        }
        return all;
    }

    private static List<Word> words(
            Request request, Map<String, Long> told, Map<String, List<IncidentEvent>> incidents) {
        var data = request.body().path("data");
        if (!request.digest()) {
            return List.of(
                    new Word(
                            request,
                            data.path("incident_id").asText(),
                            data.path("seq").asLong(),
                            request.body().path("what").asText(),
                            data.path("open").asBoolean()));
        }
        var words = new ArrayList<Word>();
        var named = new HashSet<String>();
        for (var one : data.path("incidents")) {
            var incident = one.path("incident_id").asText();
            named.add(incident);
            words.add(
                    new Word(
                            request,
                            incident,
                            told.get(incident),
                            one.path("what").asText(),
                            one.path("open").asBoolean()));
        }
        told.forEach((incident, seq) -> {
            if (!named.contains(incident)) {
                var event = event(incidents, incident, seq);
                words.add(
                        new Word(
                                request,
                                incident,
                                seq,
                                null,
                                event == null ? null : event.getOpen()));
            }
        });
        return words;
    }

    static @Nullable IncidentEvent event(
            Map<String, List<IncidentEvent>> incidents, String incident, long seq) {
        return incidents.getOrDefault(incident, List.of()).stream()
                .filter(event -> event.getSeq() == seq)
                .findFirst()
                .orElse(null);
    }

    /// The faults that may have kept the answer to it from being put on record.
    Set<Fault> faultsAt(Request request) {
        var from = request.at().minus(COMMIT);
        var to = request.at().plus(request.delay()).plus(COMMIT);
        return faults.stream()
                .filter(fault -> !fault.begun().isAfter(to) && !fault.over().isBefore(from))
                .collect(Collectors.toSet());
    }

    /// Whether this try of it is on record as delivered. What is on record is known to whoever owns the target from then on, for both are one transaction.
    boolean onRecord(Request request) {
        return attempts.stream()
                .anyMatch(attempt ->
                        attempt.getDeliveryId().equals(request.id())
                                && attempt.getTargetId().equals(request.target())
                                && attempt.getOutcome().equals("delivered")
                                && !request.at().isBefore(attempt.getAt().minus(CLOCKS))
                                && !request.at()
                                        .isAfter(
                                                attempt.getAt()
                                                        .plusMillis(attempt.getDurationMs())
                                                        .plus(CLOCKS)));
    }

    /// Whether the notifier may not know that it was taken: the answer was lost on its way, or with the one who waited for it.
    boolean inDoubt(Request request) {
        return !request.answered() || (!faultsAt(request).isEmpty() && !onRecord(request));
    }

    /// Target and id to the requests, in order.
    Map<String, List<Request>> byId() {
        var all = new LinkedHashMap<String, List<Request>>();
        for (var request : requests) {
            all.computeIfAbsent(request.target() + " " + request.id(), _ -> new ArrayList<>())
                    .add(request);
        }
        return all;
    }

    static String described(IncidentEvent event) {
        return "%s %s seq=%d open=%s %s by=%s"
                .formatted(
                        event.getAt(),
                        event.getType(),
                        event.getSeq(),
                        event.getOpen(),
                        event.getSeverity(),
                        event.getAcknowledgedBy());
    }
}
