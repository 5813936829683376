package dev.tocsin.notifier.route;

import static dev.tocsin.schemas.IncidentEventType.CLOSED;
import static dev.tocsin.schemas.IncidentEventType.OPENED;
import static dev.tocsin.schemas.IncidentEventType.REOPENED;
import static dev.tocsin.schemas.IncidentEventType.UPDATED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.Events;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.OutageChild;
import dev.tocsin.schemas.Severity;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutingTest {
    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");
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
        return IncidentEvent.newBuilder(
                        Events.event("i1", seq, type, severity, Map.of("team", "mail")))
                .setOpen(type != CLOSED)
                .setKind(IncidentKind.DOWN)
                .setAt(START.plusSeconds(seq))
                .build();
    }

    private static Routing.@Nullable Plan plan(IncidentEvent event, @Nullable Told before) {
        return Routing.plan(event, ROUTES, before, false);
    }

    private static Routing.Plan planned(
            IncidentEvent event, List<Route> routes, @Nullable Told before) {
        return Objects.requireNonNull(Routing.plan(event, routes, before, false));
    }

    private static Map<String, String> own(IncidentEvent event, @Nullable Told before) {
        return planned(event, ROUTES, before).own();
    }

    private static Told told(IncidentEvent last, String... targets) {
        var all = new LinkedHashMap<String, String>();
        for (var target : targets) {
            all.put(target, "route 1");
        }
        return Told.after(null, last, all);
    }

    private static final IncidentEvent FIRST = event(1, OPENED, Severity.WARNING);

    @Test
    void theFirstRouteThatMatchesDecides() {
        assertThat(own(event(1, OPENED, Severity.CRITICAL), null))
                .containsExactly(Map.entry("oncall", "route 1"), Map.entry("team-mail", "route 1"));
        assertThat(own(FIRST, null)).containsExactly(Map.entry("team-mail", "route 2"));
    }

    @Test
    void aRouteThatProceedsIsFollowedByTheNextThatFits() {
        var routes =
                List.of(
                        new Route("route 1", Map.of(), List.of("a"), true),
                        new Route("route 2", Map.of("team", List.of("x")), List.of("x"), false),
                        new Route("route 3", Map.of(), List.of("a", "b"), false),
                        new Route("route 4", Map.of(), List.of("c"), false));
        assertThat(planned(FIRST, routes, null).own())
                .containsExactly(Map.entry("a", "route 1"), Map.entry("b", "route 3"));
    }

    @Test
    void whatNoRouteFitsGoesToNobodyAndIsRemembered() {
        var plan = planned(FIRST, List.of(), null);
        assertThat(plan.own()).isEmpty();
        assertThat(plan.context()).isEmpty();
        assertThat(plan.after().events()).containsExactly("i1-1");
    }

    @Test
    void whatGetsWorseGoesToThoseWhomItNowConcernsAsWell() {
        assertThat(own(event(2, UPDATED, Severity.CRITICAL), told(FIRST, "team-mail")))
                .containsOnlyKeys("oncall", "team-mail");
    }

    @Test
    void whoWasToldIsToldOnWhenItGetsLessOrTheRoutesHaveChanged() {
        assertThat(own(event(2, UPDATED, Severity.WARNING), told(FIRST, "old", "team-mail")))
                .containsOnly(Map.entry("team-mail", "route 2"), Map.entry("old", "told before"));
    }

    @Test
    void aCloseGoesToWhomItWentAlone() {
        assertThat(own(event(2, CLOSED, Severity.CRITICAL), told(FIRST, "old")))
                .containsExactly(Map.entry("old", "told before"));
    }

    @Test
    void aCloseOfWhatNobodyWasToldGoesToNobody() {
        assertThat(own(event(2, CLOSED, Severity.CRITICAL), null)).isEmpty();
    }

    @Test
    void whatReopensGoesToWhomTheRoutesNameThen() {
        var closed = told(event(2, CLOSED, Severity.CRITICAL), "old", "oncall", "team-mail");
        var plan = planned(event(3, REOPENED, Severity.WARNING), ROUTES, closed);
        assertThat(plan.own()).containsExactly(Map.entry("team-mail", "route 2"));
        assertThat(own(event(4, CLOSED, Severity.WARNING), plan.after()))
                .containsOnlyKeys("team-mail");
    }

    @Test
    void aDoubledEventGoesNowhere() {
        assertThat(plan(FIRST, told(FIRST, "team-mail"))).isNull();
    }

    @Test
    void whatIsOlderThanWhatWasRoutedGoesNowhere() {
        var last = event(5, UPDATED, Severity.CRITICAL);
        assertThat(plan(event(4, UPDATED, Severity.CRITICAL), told(last, "oncall"))).isNull();
    }

    @Test
    void whatIsOfTheSameTimeAndAnotherEventIsRouted() {
        var next =
                IncidentEvent.newBuilder(event(2, CLOSED, Severity.WARNING)).setAt(FIRST.getAt());
        assertThat(plan(next.build(), told(FIRST, "team-mail"))).isNotNull();
    }

    @Test
    void afterARebuildOfTheEngineALowerSeqOfALaterTimeIsRouted() {
        var before = told(event(40, UPDATED, Severity.CRITICAL), "oncall");
        var rebuilt =
                IncidentEvent.newBuilder(event(2, UPDATED, Severity.CRITICAL))
                        .setAt(START.plusSeconds(60))
                        .build();
        assertThat(own(rebuilt, before)).containsKey("oncall");
    }

    /// Which changes are one event depends on when an answer was read: with one less, what follows has numbers that others had.
    @Test
    void afterARebuildACloseThatHasTheIdOfWhatWasToldIsRouted() {
        var before = told(event(5, UPDATED, Severity.CRITICAL), "oncall");
        var close = IncidentEvent.newBuilder(event(5, CLOSED, Severity.CRITICAL));
        assertThat(own(close.setAt(START.plusSeconds(65)).build(), before))
                .containsExactly(Map.entry("oncall", "told before"));
        assertThat(plan(close.setAt(START.plusSeconds(5)).build(), before)).isNull();
        assertThat(plan(close.setAt(START.plusSeconds(4)).build(), before)).isNull();
    }

    /// Commands and results come in another order then, and the partition's clock is another by some ms.
    @Test
    void afterARebuildTheSameEventThatIsDecidedALittleLaterIsNotRoutedAgain() {
        var before = told(event(5, UPDATED, Severity.CRITICAL), "oncall");
        var again = IncidentEvent.newBuilder(event(5, UPDATED, Severity.CRITICAL));
        assertThat(plan(again.setAt(START.plusSeconds(65)).build(), before)).isNull();
    }

    @Test
    void aFirstWordMayHaveToWaitOnlyWhereTheGroupHasOthers() {
        assertThat(Objects.requireNonNull(Routing.plan(FIRST, ROUTES, null, false)).waits())
                .isFalse();
        assertThat(Objects.requireNonNull(Routing.plan(FIRST, ROUTES, null, true)).waits())
                .isTrue();
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

    private static IncidentEvent outage(long seq, IncidentEventType type, OutageChild... children) {
        return IncidentEvent.newBuilder(Events.event("o1", seq, type, Severity.CRITICAL, Map.of()))
                .setCheckId(null)
                .setKind(IncidentKind.OUTAGE)
                .setOpen(type != CLOSED)
                .setChildren(List.of(children))
                .setAt(START.plusSeconds(seq))
                .build();
    }

    @Test
    void anOutageGoesToAllTargetsForWhatOfItConcernsThem() {
        var plan = planned(outage(1, OPENED, child("read", "mail")), ROUTES, null);
        assertThat(plan.own()).isEmpty();
        assertThat(plan.context())
                .containsExactly(
                        Map.entry("oncall", "incidents of it concern this target"),
                        Map.entry("team-mail", "incidents of it concern this target"));
        assertThat(planned(outage(2, CLOSED), ROUTES, plan.after()).context())
                .containsOnlyKeys("oncall", "team-mail");
    }

    /// Else a target that was told of it for its parts would never know of its end, and keep it.
    @Test
    void anOutageGoesOnToThoseThatTheRoutesNamedSinceItBegan() {
        var before = planned(outage(1, OPENED, child("read", "mail")), ROUTES, null).after();
        var fewer = List.of(new Route("route 1", Map.of(), List.of("team-mail"), false));
        for (var type : List.of(UPDATED, CLOSED, REOPENED)) {
            var plan = planned(outage(2, type), fewer, before);
            assertThat(plan.own()).isEmpty();
            assertThat(plan.context()).containsOnlyKeys("team-mail", "oncall");
        }
    }

    @Test
    void anIncidentIsContextToNobody() {
        assertThat(planned(FIRST, ROUTES, null).context()).isEmpty();
    }

    private static List<Route> outagesOf(String key, String value) {
        return List.of(
                new Route(
                        "route 1",
                        Map.of("kind", List.of("outage"), key, List.of(value)),
                        List.of("noc"),
                        true),
                new Route("route 2", Map.of(), List.of("all"), false));
    }

    @ParameterizedTest
    @CsvSource({"service,mail", "check,read", "team,mail", "severity,critical"})
    void anOutageIsForItselfWhereARouteAsksForOutagesAndOneOfItsIncidentsFits(
            String key, String value) {
        var outage = outage(1, OPENED, child("shop", "shop"), child("read", "mail"));
        var plan = planned(outage, outagesOf(key, value), null);
        assertThat(plan.own()).containsExactly(Map.entry("noc", "route 1"));
        assertThat(plan.context()).containsOnlyKeys("all");
        var none = planned(outage, outagesOf(key, value + "x"), null);
        assertThat(none.own()).isEmpty();
        assertThat(none.context()).containsOnlyKeys("noc", "all");
    }

    @Test
    void theCloseOfAnOutageIsForItselfForWhomItsOpeningWas() {
        var routes = outagesOf("team", "mail");
        var opened = planned(outage(1, OPENED, child("read", "mail")), routes, null);
        var closed = planned(outage(2, CLOSED), routes, opened.after());
        assertThat(closed.own()).containsExactly(Map.entry("noc", "told before"));
        assertThat(closed.context()).containsOnlyKeys("all");
    }

    @Test
    void aRouteOfAnotherKindFitsNoOutage() {
        var routes =
                List.of(new Route("route 1", Map.of("kind", List.of("down")), List.of("a"), false));
        assertThat(planned(outage(1, OPENED, child("read", "mail")), routes, null).own()).isEmpty();
        assertThat(planned(FIRST, routes, null).own()).containsOnlyKeys("a");
    }

    @ParameterizedTest
    @CsvSource({"severity,critical", "kind,partial", "service,store", "check,shop", "team,mail"})
    void aRouteFitsBySeverityKindServiceCheckOrLabel(String key, String value) {
        var event =
                IncidentEvent.newBuilder(event(1, OPENED, Severity.CRITICAL))
                        .setService("store")
                        .setKind(IncidentKind.PARTIAL)
                        .build();
        assertThat(
                        new Route("r", Map.of(key, List.of("other", value)), List.of(), false)
                                .fits(event))
                .isTrue();
        assertThat(new Route("r", Map.of(key, List.of(value + "x")), List.of(), false).fits(event))
                .isFalse();
    }

    @Test
    void whatHasNoServiceOrLabelFitsNoRouteThatAsksForOne() {
        for (var key : List.of("service", "region")) {
            assertThat(new Route("r", Map.of(key, List.of("x")), List.of(), false).fits(FIRST))
                    .isFalse();
        }
    }
}
