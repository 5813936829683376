package dev.tocsin.notifier.route;

import dev.tocsin.schemas.IncidentEvent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A line of `routes`. The first that matches decides, unless it says to proceed to the next.
///
/// @param match `severity`, `service`, `check`, `kind` or a label, to the values that fit; empty fits all
public record Route(
        String name, Map<String, List<String>> match, List<String> targets, boolean proceed) {
    public Route {
        match = Map.copyOf(match);
        targets = List.copyOf(targets);
    }

    /// An outage fits where one of the incidents that it is made of does.
    boolean fits(IncidentEvent event) {
        return event.getChildren().isEmpty()
                ? fits(event, event.getService(), event.getCheckId(), event.getLabels())
                : event.getChildren().stream()
                        .anyMatch(child ->
                                fits(
                                        event,
                                        child.getService(),
                                        child.getCheckId(),
                                        child.getLabels()));
    }

    private boolean fits(
            IncidentEvent event,
            @Nullable String service,
            @Nullable String check,
            Map<String, String> labels) {
        return match.entrySet().stream()
                .allMatch(entry ->
                        entry.getValue()
                                .contains(
                                        switch (entry.getKey()) {
                                            case "severity" -> word(event.getSeverity());
                                            case "kind" -> word(event.getKind());
                                            case "service" -> String.valueOf(service);
                                            case "check" -> String.valueOf(check);
                                            default -> labels.getOrDefault(entry.getKey(), "");
                                        }));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
