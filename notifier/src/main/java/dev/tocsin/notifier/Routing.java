package dev.tocsin.notifier;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Notified;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides who is told of an event, and why. Pure.
final class Routing {
    private Routing() {}

    /// Target id to the reason, in the order of the routes. Whoever was told before is told on, also when the routes have
    /// changed since; a close goes to them alone. An event that was routed before gives nobody.
    static Map<String, String> targets(
            IncidentEvent event, List<Route> routes, @Nullable Notified before) {
        var told = new LinkedHashMap<String, String>();
        if (before != null && before.getLastSeq() >= event.getSeq()) {
            return told;
        }
        if (event.getType() != IncidentEventType.CLOSED) {
            for (var route : routes) {
                if (route.fits(event)) {
                    route.targets().forEach(target -> told.putIfAbsent(target, route.name()));
                    if (!route.proceed()) {
                        break;
                    }
                }
            }
        }
        if (before != null) {
            before.getTargets().forEach(target -> told.putIfAbsent(target, "told before"));
        }
        return told;
    }
}
