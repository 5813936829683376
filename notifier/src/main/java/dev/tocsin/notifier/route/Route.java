package dev.tocsin.notifier.route;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
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

    /// An outage for itself fits only where `kind` asks for outages, and where one of the incidents that it names does.
    boolean fits(IncidentEvent event) {
        if (event.getKind() != IncidentKind.OUTAGE) {
            return fits(event, event.getService(), event.getCheckId(), event.getLabels());
        }
        return match.containsKey("kind")
                && event.getChildren().stream()
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
