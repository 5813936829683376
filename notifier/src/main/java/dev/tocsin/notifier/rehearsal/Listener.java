package dev.tocsin.notifier.rehearsal;

import dev.tocsin.notifier.mailbox.Policy;
import dev.tocsin.notifier.route.Route;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Severity;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// A target in `notify:`, with its route.
///
/// @param routed whether a route names it
/// @param concerns what `match` asks for, said in another way
record Listener(
        String target,
        boolean routed,
        Map<String, List<String>> match,
        Predicate<IncidentEvent> concerns,
        Policy policy) {
    static final List<Listener> FEW =
            List.of(
                    of("all", Map.of(), Listener::isIncident),
                    of(
                            "pager",
                            Map.of("severity", List.of("critical")),
                            event -> isIncident(event) && event.getSeverity() == Severity.CRITICAL),
                    of(
                            "team-a",
                            Map.of("team", List.of("a")),
                            event ->
                                    isIncident(event) && "a".equals(event.getLabels().get("team"))),
                    of(
                            "noc",
                            Map.of("kind", List.of("outage")),
                            event -> event.getKind() == IncidentKind.OUTAGE));

    /// A program that wants each incident.
    static final Listener PROGRAM =
            new Listener(
                    "program",
                    true,
                    Map.of(),
                    Listener::isIncident,
                    Policy.DEFAULT.withoutDigests());

    private static Listener of(
            String target, Map<String, List<String>> match, Predicate<IncidentEvent> concerns) {
        return new Listener(target, true, match, concerns, Policy.DEFAULT);
    }

    private static boolean isIncident(IncidentEvent event) {
        return event.getKind() != IncidentKind.OUTAGE;
    }

    Route route() {
        return new Route("route of " + target, match, List.of(target), true);
    }

    Listener renamed(String name) {
        return new Listener(name, routed, match, concerns, policy);
    }

    Listener unrouted() {
        return new Listener(target, false, match, concerns, policy);
    }

    /// Told of what the other is told.
    Listener as(Listener other) {
        return new Listener(target, routed, other.match, other.concerns, policy);
    }
}
