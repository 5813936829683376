package dev.tocsin.standalone.topic;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.PlainText;
import dev.tocsin.service.ConfigException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Which incident somebody means, from what `incident-state` holds: the newest event of each, by its id.
public final class OneIncident {
    /// Fewer characters are as soon typed by mistake.
    static final int SHORTEST = 4;

    private static final int NAMED = 5;

    private OneIncident() {}

    /// @param name an id, its first characters, or a key such as `shop`, `region:us` or `pipeline:stalled`, of which the newest incident is meant
    /// @throws ConfigException when there is none, or more than one, saying so
    public static IncidentEvent named(String name, Map<String, IncidentEvent> states) {
        var found = find(name, states);
        if (found.isEmpty() && name.length() < SHORTEST) {
            throw new ConfigException(
                    "\"%s\" is too little of an incident's id: %d characters at least"
                            .formatted(name, SHORTEST));
        }
        return found.orElseThrow(() ->
                new ConfigException(
                        "no incident \""
                                + name
                                + "\" of which anything can still be said: tocsin incidents lists them all, also those that were closed more than 90 days ago"));
    }

    /// @param name as of [#named]
    /// @throws ConfigException when there is more than one, saying so
    public static Optional<IncidentEvent> find(String name, Map<String, IncidentEvent> states) {
        var exactly = states.get(name);
        if (exactly != null) {
            return Optional.of(exactly);
        }
        var ofKey = newest(name, states);
        if (ofKey.isPresent()) {
            return ofKey;
        }
        if (name.length() < SHORTEST) {
            return Optional.empty();
        }
        var found =
                states.entrySet().stream()
                        .filter(one -> one.getKey().startsWith(name))
                        .map(Map.Entry::getValue)
                        .toList();
        if (found.size() > 1) {
            throw new ConfigException(
                    "\"%s\" begins the ids of %d incidents: %s"
                            .formatted(name, found.size(), ids(found)));
        }
        return found.stream().findFirst();
    }

    private static String ids(List<IncidentEvent> found) {
        return found.stream()
                .map(IncidentEvent::getIncidentId)
                .sorted()
                .limit(NAMED)
                .collect(Collectors.joining(", ", "", found.size() > NAMED ? ", ..." : ""));
    }

    /// The newest incident of a check, region, group or of the pipeline.
    ///
    /// @param key of its events, for a check its id
    public static Optional<IncidentEvent> newest(String key, Map<String, IncidentEvent> states) {
        return states.values().stream()
                .filter(event -> event.getKey().equals(key))
                .max(
                        Comparator.comparing(IncidentEvent::getOpenedAt)
                                .thenComparing(IncidentEvent::getIncidentId));
    }

    /// Check id to incident id of what can be acknowledged, snoozed, closed or noted: the incident itself, or the parts of an outage that are open, those that
    /// its events do not name included.
    ///
    /// @throws ConfigException for an outage without any, and for what is no check's
    public static Map<String, String> parts(
            IncidentEvent event, Map<String, IncidentEvent> states) {
        var parts = new LinkedHashMap<String, String>();
        switch (event.getKind()) {
            case REGION_ISOLATED, PIPELINE_STALLED ->
                    throw new ConfigException(
                            "%s (%s) is no check's: nobody has to say anything to it, and it closes by itself when its agents are heard again; what its checks have can be handled, and tocsin why %s says more"
                                    .formatted(
                                            PlainText.shown(event.getName()),
                                            event.getIncidentId(),
                                            event.getKey()));
            case OUTAGE -> {
                event.getChildren().stream()
                        .filter(child -> child.getOpen())
                        .forEach(child -> parts.put(child.getCheckId(), child.getIncidentId()));
                for (var one : states.values()) {
                    var check = one.getCheckId();
                    if (check != null
                            && one.getOpen()
                            && event.getIncidentId().equals(one.getOutageId())) {
                        parts.put(check, one.getIncidentId());
                    }
                }
            }
            case UNKNOWN, DOWN, PARTIAL, DEGRADED, NO_DATA, DELIVERY_FAILING, TEST -> {
                if (event.getCheckId() != null) {
                    parts.put(event.getCheckId(), event.getIncidentId());
                }
            }
        }
        if (parts.isEmpty()) {
            throw new ConfigException(
                    PlainText.shown(event.getName())
                            + " ("
                            + event.getIncidentId()
                            + ") has no part that is open");
        }
        return parts;
    }
}
