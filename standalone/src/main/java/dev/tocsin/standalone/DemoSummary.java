package dev.tocsin.standalone;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the demo expected and what came of it.
final class DemoSummary {
    private static final Map<String, String> EXPECTED_KIND =
            Map.of("app-store", "PARTIAL", "messaging", "DOWN", "calls", "DOWN");

    private final List<IncidentEvent> events;
    private final WebhookReceiver receiver;

    /// @param events grows while the demo runs
    DemoSummary(List<IncidentEvent> events, WebhookReceiver receiver) {
        this.events = events;
        this.receiver = receiver;
    }

    /// Whether the event is in the topic and its webhook was received.
    boolean told(String check, String type) {
        return events.stream()
                .filter(event ->
                        check.equals(event.getCheckId()) && event.getType().name().equals(type))
                .anyMatch(event -> delivered(event) != null);
    }

    private WebhookReceiver.@org.jspecify.annotations.Nullable Received delivered(
            IncidentEvent event) {
        return receiver.received().stream()
                .filter(hook ->
                        hook.body()
                                .path("data")
                                .path("event_id")
                                .asText()
                                .equals(event.getEventId()))
                .findFirst()
                .orElse(null);
    }

    /// Prints a line per incident; false when something is missing or was not expected.
    boolean print() {
        var incidents = new LinkedHashMap<String, List<IncidentEvent>>();
        events.forEach(event ->
                incidents
                        .computeIfAbsent(event.getIncidentId(), _ -> new ArrayList<>())
                        .add(event));
        System.out.println();
        System.out.println("summary");
        var trouble = new ArrayList<String>();
        var seen = new HashSet<String>();
        for (var told : incidents.values()) {
            var first = told.getFirst();
            var last = told.getLast();
            seen.add(first.getKey());
            var failing =
                    told.stream()
                            .flatMap(e -> IncidentFeed.failing(e).stream())
                            .distinct()
                            .sorted()
                            .toList();
            System.out.printf(
                    "  %-10s %-8s failed in %s%n             opened %s (since %s), delivered %s, closed %s, delivered %s%n",
                    first.getKey(),
                    last.getScope(),
                    failing,
                    first.getOpenedAt(),
                    first.getStartedAt(),
                    at(first),
                    last.getClosedAt(),
                    last.getType() == IncidentEventType.CLOSED ? at(last) : "-");
            if (!last.getKind().name().equals(EXPECTED_KIND.get(first.getKey()))) {
                trouble.add(first.getKey() + " was " + last.getKind());
            }
            if (last.getType() != IncidentEventType.CLOSED) {
                trouble.add(first.getKey() + " was not closed");
            }
            told.stream()
                    .filter(event -> delivered(event) == null)
                    .forEach(event ->
                            trouble.add(first.getKey() + ": no webhook for " + event.getType()));
            for (int i = 0; i < told.size(); i++) {
                if (told.get(i).getSeq() != i + 1) {
                    trouble.add(first.getKey() + ": sequence is broken at " + told.get(i).getSeq());
                }
            }
        }
        EXPECTED_KIND.keySet().stream()
                .filter(check -> !seen.contains(check))
                .forEach(check -> trouble.add(check + ": no incident"));
        if (incidents.size() > EXPECTED_KIND.size()) {
            trouble.add(incidents.size() + " incidents instead of " + EXPECTED_KIND.size());
        }
        receiver.refused().forEach(id -> trouble.add("webhook " + id + " had a wrong signature"));
        System.out.printf(
                "  %d webhooks received, %d signatures verified, %d refused%n",
                receiver.received().size() + receiver.refused().size(),
                receiver.received().size(),
                receiver.refused().size());
        System.out.println(
                trouble.isEmpty()
                        ? "  all as expected"
                        : "  NOT as expected: " + String.join("; ", trouble));
        return trouble.isEmpty();
    }

    private String at(IncidentEvent event) {
        var hook = delivered(event);
        return hook == null ? "-" : hook.at().toString();
    }
}
