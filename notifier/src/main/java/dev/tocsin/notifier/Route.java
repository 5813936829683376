package dev.tocsin.notifier;

import dev.tocsin.schemas.IncidentEvent;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A line of `routes`. The first that matches decides, unless it says to proceed to the next.
///
/// @param match `severity`, `service`, `check`, `kind` or a label, to the values that fit; empty fits all
public record Route(
        String name, Map<String, List<String>> match, List<String> targets, boolean proceed) {
    public Route {
        match = Map.copyOf(match);
        targets = List.copyOf(targets);
    }

    boolean fits(IncidentEvent event) {
        return match.entrySet().stream()
                .allMatch(entry -> entry.getValue().contains(value(event, entry.getKey())));
    }

    private static String value(IncidentEvent event, String key) {
        return switch (key) {
            case "severity" -> event.getSeverity().name().toLowerCase(Locale.ROOT);
            case "kind" -> event.getKind().name().toLowerCase(Locale.ROOT);
            case "service" -> String.valueOf(event.getService());
            case "check" -> String.valueOf(event.getCheckId());
            default -> event.getLabels().getOrDefault(key, "");
        };
    }
}
