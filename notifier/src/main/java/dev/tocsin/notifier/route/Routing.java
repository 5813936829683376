package dev.tocsin.notifier.route;

import dev.tocsin.schemas.HeldDelivery;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Notified;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Decides who is told of an event, when, and why. Pure.
///
/// - An event that was routed before gives nobody.
/// - Nobody is told that the past was corrected by late results (rule 5): it is on record.
/// - Whoever was told is told on, also when the routes have changed since; a close goes to them alone.
/// - What is suppressed (maintenance) goes to them alone, too.
/// - An incident that is part of an outage is told as the outage: of itself only its end, to whom it had been told before.
/// - To know that in time, the first word of an incident waits a moment where its group has two checks or more.
public final class Routing {
    /// With the margin at most 2 s (rule 8).
    static final Duration HOLD = Duration.ofMillis(1500);

    /// So much later the worker sends: what the router takes back within the hold cannot be on its way.
    public static final Duration MARGIN = Duration.ofMillis(500);

    private static final Set<IncidentEventType> FIRST_WORDS =
            Set.of(
                    IncidentEventType.OPENED,
                    IncidentEventType.REOPENED,
                    IncidentEventType.UNSUPPRESSED);

    /// @param targets target id to the reason, in the order of the routes
    /// @param heldUntil until then it may be taken back; null: to be sent at once
    /// @param superseded what was held and is to be taken back
    public record Plan(
            Map<String, String> targets,
            @Nullable Instant heldUntil,
            List<HeldDelivery> superseded) {
        static final Plan NOBODY = new Plan(Map.of(), null, List.of());
    }

    private Routing() {}

    /// @param before null when nothing of the incident was routed yet
    /// @param checksInGroup of the event's group
    public static Plan plan(
            IncidentEvent event,
            List<Route> routes,
            @Nullable Notified before,
            long checksInGroup,
            Instant now) {
        if (before != null && before.getLastSeq() >= event.getSeq()) {
            return Plan.NOBODY;
        }
        if (!event.getOpen() && event.getType() == IncidentEventType.UPDATED) {
            return Plan.NOBODY; // the past was corrected
        }
        if (event.getFlapping() && event.getType() == IncidentEventType.UPDATED) {
            return Plan
                    .NOBODY; // for whoever shows what is measured: people were told that it flaps
        }
        var told = new LinkedHashMap<String, String>();
        boolean closed = event.getType() == IncidentEventType.CLOSED;
        var heldUntil = before == null ? null : before.getHeldUntil();
        boolean holding = heldUntil != null && now.isBefore(heldUntil);
        if (event.getCheckId() != null && event.getOutageId() != null) {
            var superseded = before != null && holding ? before.getHeld() : List.<HeldDelivery>of();
            if (closed && before != null) {
                before.getTargets().forEach(target -> told.put(target, "told before"));
                superseded.forEach(held -> told.remove(held.getTargetId()));
            }
            return new Plan(told, null, superseded);
        }
        if (!closed && event.getSuppressedBy() == null) {
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
        boolean mayBeOutage =
                event.getCheckId() != null
                        && event.getKind() != IncidentKind.NO_DATA
                        && event.getSuppressedBy() == null
                        && FIRST_WORDS.contains(event.getType())
                        && checksInGroup > 1;
        return new Plan(
                told,
                closed ? null : holding ? heldUntil : mayBeOutage ? now.plus(HOLD) : null,
                List.of());
    }

    /// What is to be remembered once the plan is carried out.
    ///
    /// @param held the deliveries of this event, where they are held
    public static Notified after(
            IncidentEvent event, Plan plan, @Nullable Notified before, List<HeldDelivery> held) {
        var targets = new TreeSet<>(plan.targets().keySet());
        var waiting = new java.util.ArrayList<HeldDelivery>();
        if (before != null) {
            targets.addAll(before.getTargets());
            if (plan.heldUntil() != null && plan.heldUntil().equals(before.getHeldUntil())) {
                waiting.addAll(before.getHeld());
            }
        }
        plan.superseded().forEach(taken -> targets.remove(taken.getTargetId()));
        waiting.addAll(held);
        return new Notified(
                event.getIncidentId(),
                event.getSeq(),
                List.copyOf(targets),
                plan.heldUntil(),
                List.copyOf(waiting));
    }
}
