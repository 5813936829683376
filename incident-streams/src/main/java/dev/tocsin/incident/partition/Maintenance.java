package dev.tocsin.incident.partition;

import dev.tocsin.incident.engine.check.Schedule;
import dev.tocsin.incident.engine.check.Window;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.MaintenanceWindow;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// Announced windows as the engine takes them.
public final class Maintenance {
    private Maintenance() {}

    /// Those that concern a check.
    public static List<Window> of(CheckDefinition check, Collection<MaintenanceWindow> announced) {
        return announced.stream()
                .filter(window -> concerns(window, check))
                .map(window ->
                        new Window(
                                window.getWindowId(),
                                Set.copyOf(window.getRegions()),
                                schedule(window)))
                .toList();
    }

    /// A window concerns the checks that it names by id, service or labels, and all when it names none.
    private static boolean concerns(MaintenanceWindow window, CheckDefinition check) {
        boolean names =
                !window.getChecks().isEmpty()
                        || !window.getServices().isEmpty()
                        || !window.getLabels().isEmpty();
        return !names
                || window.getChecks().contains(check.getCheckId())
                || window.getServices().contains(check.getService())
                || (!window.getLabels().isEmpty()
                        && check.getLabels().entrySet().containsAll(window.getLabels().entrySet()));
    }

    /// @throws IllegalArgumentException when its end is not after its start, or its rule or zone cannot be read
    public static Schedule schedule(MaintenanceWindow window) {
        var start = window.getStartsAt();
        var end = window.getEndsAt();
        if (!start.isBefore(end)) {
            throw new IllegalArgumentException(
                    "maintenance %s ends at %s, not after its start %s"
                            .formatted(window.getWindowId(), end, start));
        }
        if (window.getRrule() == null) {
            return Schedule.once(start, end);
        }
        return new Recurring(window.getRrule(), zone(window), start, Duration.between(start, end));
    }

    private static ZoneId zone(MaintenanceWindow window) {
        var name = window.getTimeZone();
        try {
            return ZoneId.of(name == null ? "UTC" : name);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "maintenance %s: \"%s\" is no time zone; write one such as Europe/Berlin"
                            .formatted(window.getWindowId(), name),
                    e);
        }
    }

    /// Whether it explains nothing any more, also nothing that is heard as late as that.
    public static boolean over(MaintenanceWindow window, Instant now, Duration memory) {
        return window.getRrule() == null && window.getEndsAt().isBefore(now.minus(memory));
    }
}
