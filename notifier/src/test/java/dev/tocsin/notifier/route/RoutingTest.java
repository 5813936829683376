package dev.tocsin.notifier.route;

import static dev.tocsin.schemas.IncidentEventType.CLOSED;
import static dev.tocsin.schemas.IncidentEventType.OPENED;
import static dev.tocsin.schemas.IncidentEventType.UNSUPPRESSED;
import static dev.tocsin.schemas.IncidentEventType.UPDATED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.Events;
import dev.tocsin.schemas.HeldDelivery;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Notified;
import dev.tocsin.schemas.OutageChild;
import dev.tocsin.schemas.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutingTest {
    private static final List<Route> ROUTES =
            List.of(
                    new Route(
                            "route 1",
                            Map.of(
                                    "team",
                                    List.of("mail"),
                                    "severity",
                                    List.of("critical", "error")),
                            List.of("oncall", "team-mail"),
                            false),
                    new Route("route 2", Map.of(), List.of("team-mail"), false));

    private static IncidentEvent event(long seq, IncidentEventType type, Severity severity) {
        return Events.event("i1", seq, type, severity, Map.of("team", "mail"));
    }

    private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");

    private static Notified told(String... targets) {
        return new Notified("i1", 1L, List.of(targets), null, List.of());
    }

    private static Map<String, String> targets(IncidentEvent event, @Nullable Notified before) {
        return Routing.plan(event, ROUTES, before, 1, NOW).targets();
    }

    @Test
    void theFirstRouteThatMatchesDecides() {
        assertThat(targets(event(1, OPENED, Severity.CRITICAL), null))
                .containsOnlyKeys("oncall", "team-mail");
        assertThat(targets(event(1, OPENED, Severity.WARNING), null))
                .containsExactly(Map.entry("team-mail", "route 2"));
    }

    @Test
    void whatGetsWorseIsToldToThoseWhomItNowConcerns() {
        assertThat(targets(event(2, UPDATED, Severity.CRITICAL), told("team-mail")))
                .containsOnlyKeys("oncall", "team-mail");
    }

    @Test
    void whoWasToldOpenIsToldClosedAlsoWhenTheRoutesHaveChanged() {
        assertThat(targets(event(2, CLOSED, Severity.CRITICAL), told("old-target")))
                .containsExactly(Map.entry("old-target", "told before"));
    }

    @Test
    void anEventThatWasRoutedBeforeGivesNobody() {
        assertThat(targets(event(1, OPENED, Severity.CRITICAL), told("oncall"))).isEmpty();
    }

    private static IncidentEvent suppressed(long seq, IncidentEventType type) {
        return IncidentEvent.newBuilder(event(seq, type, Severity.CRITICAL))
                .setSuppressedBy("maintenance:upgrade")
                .build();
    }

    @Test
    void maintenanceKeepsItFromThoseNotToldAndNotFromTheOthers() {
        assertThat(targets(suppressed(1, OPENED), null)).isEmpty();
        assertThat(targets(suppressed(2, CLOSED), told("oncall"))).containsOnlyKeys("oncall");
        assertThat(targets(event(2, UNSUPPRESSED, Severity.CRITICAL), told()))
                .containsOnlyKeys("oncall", "team-mail");
    }

    private static IncidentEvent inOutage(long seq, IncidentEventType type) {
        return IncidentEvent.newBuilder(event(seq, type, Severity.CRITICAL))
                .setOutageId("o1")
                .build();
    }

    private static final HeldDelivery HELD = new HeldDelivery("d1", "oncall", "i1-1", 1L);

    private static Notified holding(Instant until, HeldDelivery... held) {
        return new Notified("i1", 1L, List.of("oncall"), until, List.of(held));
    }

    @Test
    void theFirstWordWaitsAMomentOnlyWhereAnOutageIsPossible() {
        var opened = event(1, OPENED, Severity.CRITICAL);
        assertThat(Routing.plan(opened, ROUTES, null, 1, NOW).heldUntil()).isNull();
        assertThat(Routing.plan(opened, ROUTES, null, 2, NOW).heldUntil())
                .isEqualTo(NOW.plus(Routing.HOLD));
        var closed = event(2, CLOSED, Severity.CRITICAL);
        assertThat(Routing.plan(closed, ROUTES, told("oncall"), 2, NOW).heldUntil()).isNull();
    }

    @Test
    void whatFollowsWithinTheHoldWaitsWithIt() {
        var until = NOW.plusMillis(700);
        var update = event(2, UPDATED, Severity.CRITICAL);
        var plan = Routing.plan(update, ROUTES, holding(until, HELD), 2, NOW);
        assertThat(plan.heldUntil()).isEqualTo(until);
        var second = new HeldDelivery("d2", "oncall", "i1-2", 2L);
        assertThat(Routing.after(update, plan, holding(until, HELD), List.of(second)).getHeld())
                .containsExactly(HELD, second);
    }

    @Test
    void anOutageWithinTheHoldIsToldInstead() {
        var before = holding(NOW.plusMillis(700), HELD);
        var joined = inOutage(2, UPDATED);
        var plan = Routing.plan(joined, ROUTES, before, 2, NOW);
        assertThat(plan.targets()).isEmpty();
        assertThat(plan.superseded()).containsExactly(HELD);
        var after = Routing.after(joined, plan, before, List.of());
        assertThat(after.getTargets()).isEmpty();
        assertThat(Routing.plan(inOutage(3, CLOSED), ROUTES, after, 2, NOW).targets()).isEmpty();
    }

    @Test
    void anIncidentThatWasToldBeforeItsOutageIsToldItsEnd() {
        var before = holding(NOW.minusMillis(1), HELD);
        var joined = inOutage(2, UPDATED);
        var plan = Routing.plan(joined, ROUTES, before, 2, NOW);
        assertThat(plan.superseded()).isEmpty();
        assertThat(plan.targets()).isEmpty();
        var after = Routing.after(joined, plan, before, List.of());
        assertThat(Routing.plan(inOutage(3, CLOSED), ROUTES, after, 2, NOW).targets())
                .containsOnlyKeys("oncall");
    }

    private static OutageChild child(String check, String team) {
        return new OutageChild(
                "incident-of-" + check,
                check,
                check,
                team,
                IncidentKind.DOWN,
                true,
                Map.of("team", team));
    }

    private static IncidentEvent outage(OutageChild... children) {
        return IncidentEvent.newBuilder(Events.event("o1", 1, OPENED, Severity.CRITICAL, Map.of()))
                .setCheckId(null)
                .setChildren(List.of(children))
                .build();
    }

    @Test
    void anOutageFitsWhereOneOfItsIncidentsDoes() {
        var outage = outage(child("shop", "shop"), child("read", "mail"));
        assertThat(targets(outage, null)).containsOnlyKeys("oncall", "team-mail");
    }

    private static boolean fits(String key, String value) {
        var event =
                IncidentEvent.newBuilder(event(1, OPENED, Severity.CRITICAL))
                        .setService("store")
                        .setKind(IncidentKind.PARTIAL)
                        .build();
        return new Route("route", Map.of(key, List.of("other", value)), List.of(), false)
                .fits(event);
    }

    @ParameterizedTest
    @CsvSource({"severity,critical", "kind,partial", "service,store", "check,shop", "team,mail"})
    void aRouteFitsBySeverityKindServiceCheckOrLabel(String key, String value) {
        assertThat(fits(key, value)).isTrue();
        assertThat(fits(key, value + "x")).isFalse();
    }

    @Test
    void anOutageFitsNotWhereNoneOfItsIncidentsDoes() {
        var outage = outage(child("shop", "shop"));
        assertThat(targets(outage, null)).containsOnlyKeys("team-mail");
    }

    @Test
    void nobodyIsToldThatThePastWasCorrected() {
        var corrected =
                IncidentEvent.newBuilder(event(3, UPDATED, Severity.CRITICAL))
                        .setOpen(false)
                        .build();
        assertThat(Routing.plan(corrected, ROUTES, told("oncall"), 2, NOW))
                .isEqualTo(new Routing.Plan(Map.of(), null, List.of()));
    }

    @Test
    void whatEndsInAnOutageWithinTheHoldIsToldOnlyToWhomItHadBeenToldBefore() {
        var before =
                new Notified(
                        "i1",
                        1L,
                        List.of("oncall", "team-mail"),
                        NOW.plusMillis(700),
                        List.of(HELD));
        var plan = Routing.plan(inOutage(2, CLOSED), ROUTES, before, 2, NOW);
        assertThat(plan.targets()).containsOnlyKeys("team-mail");
        assertThat(plan.superseded()).containsExactly(HELD);
    }

    @Test
    void aRouteThatProceedsIsFollowedByTheNextThatFits() {
        var routes =
                List.of(
                        new Route("route 1", Map.of(), List.of("a"), true),
                        new Route("route 2", Map.of(), List.of("a", "b"), false),
                        new Route("route 3", Map.of(), List.of("c"), false));
        assertThat(
                        Routing.plan(event(1, OPENED, Severity.CRITICAL), routes, null, 1, NOW)
                                .targets())
                .containsExactly(Map.entry("a", "route 1"), Map.entry("b", "route 2"));
    }
}
