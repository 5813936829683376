package dev.tocsin.notifier.route;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Decides to whose mailbox an event goes, and why. What of it is told there, and when, is the mailbox's to decide.
///
/// - An event that was routed before, or is older than what was, goes nowhere.
/// - Whoever was told is told on, also when the routes have changed since; a close goes to them alone.
/// - What is reopened goes to whom the routes name then.
/// - An outage concerns whomever its incidents concern, which their mailboxes know: it goes to all, also to those that the routes have named since it began,
///   and is for itself only for whom a route names that asks for outages.
public final class Routing {
    static final String TOLD_BEFORE = "told before";
    static final String ITS_PARTS = "incidents of it concern this target";

    /// @param own target to the reason
    /// @param context of those who are told only what of it concerns them
    /// @param waits whether the event's group has other checks, with which it may yet be an outage
    /// @param after what is to be remembered
    public record Plan(
            Map<String, String> own, Map<String, String> context, boolean waits, Told after) {}

    private Routing() {}

    /// @param before null when nothing of the incident was routed yet, or it is forgotten
    /// @param hasOthers whether the event's group has other checks
    /// @return null when the event goes nowhere and changes nothing
    public static @Nullable Plan plan(
            IncidentEvent event, List<Route> routes, @Nullable Told before, boolean hasOthers) {
        if (before != null && before.knows(event)) {
            return null;
        }
        var own = new LinkedHashMap<String, String>();
        if (event.getOpen()) {
            own.putAll(fitting(event, routes));
        }
        if (before != null && event.getType() != IncidentEventType.REOPENED) {
            before.targets()
                    .forEach((target, reason) -> {
                        if (!reason.equals(ITS_PARTS)) {
                            own.putIfAbsent(target, TOLD_BEFORE);
                        }
                    });
        }
        var context = new LinkedHashMap<String, String>();
        if (event.getKind() == IncidentKind.OUTAGE) {
            var named = routes.stream().map(Route::targets).flatMap(Collection::stream);
            var known = before == null ? Stream.<String>of() : before.targets().keySet().stream();
            Stream.concat(named, known)
                    .filter(target -> !own.containsKey(target))
                    .forEach(target -> context.put(target, ITS_PARTS));
        }
        var all = new LinkedHashMap<>(context);
        all.putAll(own);
        return new Plan(own, context, hasOthers, Told.after(before, event, all));
    }

    private static Map<String, String> fitting(IncidentEvent event, List<Route> routes) {
        var fitting = new LinkedHashMap<String, String>();
        for (var route : routes) {
            if (route.fits(event)) {
                route.targets().forEach(target -> fitting.putIfAbsent(target, route.name()));
                if (!route.proceed()) {
                    break;
                }
            }
        }
        return fitting;
    }
}
