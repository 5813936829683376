package dev.tocsin.notifier;

import static dev.tocsin.schemas.IncidentEventType.CLOSED;
import static dev.tocsin.schemas.IncidentEventType.OPENED;
import static dev.tocsin.schemas.IncidentEventType.UPDATED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.channel.DeliveryResult.Rejected;
import dev.tocsin.notifier.channel.DeliveryResult.Retry;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Notified;
import dev.tocsin.schemas.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

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

    @Test
    void theFirstRouteThatMatchesDecides() {
        assertThat(Routing.targets(event(1, OPENED, Severity.CRITICAL), ROUTES, null))
                .containsOnlyKeys("oncall", "team-mail");
        assertThat(Routing.targets(event(1, OPENED, Severity.WARNING), ROUTES, null))
                .containsExactly(Map.entry("team-mail", "route 2"));
    }

    @Test
    void whatGetsWorseIsToldToThoseWhomItNowConcerns() {
        var before = new Notified("i1", 1L, List.of("team-mail"));
        assertThat(Routing.targets(event(2, UPDATED, Severity.CRITICAL), ROUTES, before))
                .containsOnlyKeys("oncall", "team-mail");
    }

    @Test
    void whoWasToldOpenIsToldClosedAlsoWhenTheRoutesHaveChanged() {
        var before = new Notified("i1", 1L, List.of("old-target"));
        assertThat(Routing.targets(event(2, CLOSED, Severity.CRITICAL), ROUTES, before))
                .containsExactly(Map.entry("old-target", "told before"));
    }

    @Test
    void anEventThatWasRoutedBeforeGivesNobody() {
        assertThat(
                        Routing.targets(
                                event(1, OPENED, Severity.CRITICAL),
                                ROUTES,
                                new Notified("i1", 1L, List.of("oncall"))))
                .isEmpty();
    }

    @Test
    void theRetryCurveIsDenseThenLongThenEnds() {
        var retry = new Retry(503, "", null);
        assertThat(RetryCurve.next(retry, 1, 0)).contains(Duration.ofSeconds(2));
        assertThat(RetryCurve.next(retry, 1, 1)).contains(Duration.ofMillis(2400));
        assertThat(RetryCurve.next(retry, 16, 0)).contains(Duration.ofHours(8));
        assertThat(RetryCurve.next(retry, 17, 0)).isEmpty();
        assertThat(RetryCurve.next(new Retry(429, "", Duration.ofSeconds(7)), 3, 1))
                .contains(Duration.ofSeconds(7));
        assertThat(RetryCurve.next(new Rejected(400, "", false), 2, 0))
                .contains(Duration.ofMinutes(8));
        assertThat(RetryCurve.next(new Rejected(400, "", false), 3, 0)).isEmpty();
        assertThat(RetryCurve.next(new Rejected(410, "", true), 1, 0)).isEmpty();
    }

    @Test
    void aLaneKeepsTheOrderOfAnIncidentAndLetsOthersPass() throws InterruptedException {
        var order = Collections.synchronizedList(new ArrayList<String>());
        var held = new CountDownLatch(1);
        var done = new CountDownLatch(4);
        var lane =
                new Lane(delivery -> {
                    if (delivery.getDeliveryId().equals("a1")) {
                        awaitQuietly(held);
                    }
                    order.add(delivery.getDeliveryId());
                    if (delivery.getDeliveryId().equals("b1")) {
                        held.countDown();
                    }
                    done.countDown();
                });
        for (var id : List.of("a1", "a2", "a3", "b1")) {
            lane.add(
                    dev.tocsin.schemas.Delivery.newBuilder()
                            .setDeliveryId(id)
                            .setTargetId("t")
                            .setIncidentId(id.substring(0, 1))
                            .setEventId(id)
                            .setSeq(1)
                            .setReason("test")
                            .setCreatedAt(java.time.Instant.EPOCH)
                            .build());
        }
        assertThat(done.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        assertThat(order).containsExactly("b1", "a1", "a2", "a3");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
