package dev.tocsin.standalone.demo;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.standalone.demo.WebhookReceiver.Received;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What was decided, and what of it arrived where.
record Told(List<IncidentEvent> events, WebhookReceiver receiver, MailSink sink) {

    /// Each incident's events in their order, the incidents in theirs.
    Map<String, List<IncidentEvent>> incidents() {
        var incidents = new LinkedHashMap<String, List<IncidentEvent>>();
        for (var event : events) {
            incidents
                    .computeIfAbsent(event.getIncidentId(), _ -> new java.util.ArrayList<>())
                    .add(event);
        }
        return incidents;
    }

    /// The newest event of the n-th incident of a key.
    Optional<IncidentEvent> nth(String key, int n) {
        return incidents().values().stream()
                .filter(told -> told.getFirst().getKey().equals(key))
                .skip(n - 1L)
                .findFirst()
                .map(List::getLast);
    }

    Optional<IncidentEvent> outage(int n) {
        return nth("outage:all", n);
    }

    /// Whether the n-th incident of a key has such an event, and webhook and mail of it have arrived.
    boolean everywhere(String key, int n, String type) {
        return nth(key, n)
                .map(IncidentEvent::getIncidentId)
                .map(id ->
                        events.stream()
                                        .filter(e -> e.getIncidentId().equals(id))
                                        .anyMatch(e -> e.getType().name().equals(type))
                                && webhookAt(id, type).isPresent()
                                && mailed(id, type))
                .orElse(false);
    }

    Optional<Instant> webhookAt(String incident, String type) {
        return receiver.received().stream()
                .filter(hook -> hook.incidentId().equals(incident) && hook.type().equals(type))
                .findFirst()
                .map(Received::at);
    }

    boolean mailed(String incident, String type) {
        return sink.mails().stream()
                .anyMatch(mail ->
                        mail.incidentId().equals(incident) && mail.event().startsWith(type + " "));
    }
}
