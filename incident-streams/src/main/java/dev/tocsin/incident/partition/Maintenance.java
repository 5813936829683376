package dev.tocsin.incident.partition;

import dev.tocsin.incident.engine.check.Schedule;
import dev.tocsin.incident.engine.check.Window;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Occurrences;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    /// @throws IllegalArgumentException as [Occurrences#of]
    public static Schedule schedule(MaintenanceWindow window) {
        var times = Occurrences.of(window);
        return window.getRrule() == null
                ? Schedule.once(window.getStartsAt(), window.getEndsAt())
                : new Recurring(times);
    }

    /// Until when at least it explains something, also what is heard as late as that; null when nothing any more.
    static @Nullable Instant lasts(MaintenanceWindow window, Instant now, Duration memory) {
        var next = Occurrences.of(window).endingAfter(now.minus(memory));
        return next == null ? null : next.endsAt().plus(memory);
    }
}
