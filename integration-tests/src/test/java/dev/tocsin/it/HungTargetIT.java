package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.it.guarantee.Guarantees;
import dev.tocsin.it.guarantee.Receiver;
import dev.tocsin.it.guarantee.Receiver.Mood;
import dev.tocsin.it.guarantee.Request;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/// A target that hangs for a minute holds no other up, and hears what it missed in one message; one that is sent no digests, in one for each incident.
@Isolated
@ExtendWith(SharedCluster.class)
class HungTargetIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration HANGS = Duration.ofMinutes(1);
    private static final Duration PROMISED = Duration.ofSeconds(1);

    /// What a busy machine alone may cost; less than half of what one request to the hung target takes.
    private static final Duration AT_MOST = Duration.ofSeconds(4);

    private static final int INCIDENTS = 20;

    /// After that nothing happens until the hung target is back: a try takes ten seconds at most.
    private static final Duration LAST = Duration.ofSeconds(45);

    @TempDir Path dir = Path.of(".");

    @Test
    void aTargetThatHangsForAMinuteHoldsNoOtherUpAndHearsInOneMessageWhatItMissed(
            KafkaSettings kafka) throws Exception {
        try (var lifecycle = new Lifecycle()) {
            var receivers = new ArrayList<Receiver>();
            for (var target : List.of("hung", "hung" + Notifiers.EACH, "good" + Notifiers.EACH)) {
                receivers.add(lifecycle.closing(target, new Receiver(target, 1)));
            }
            lifecycle.closing("a", Notifiers.start(kafka, dir, "a", "a", receivers));
            DeliveryIT.tell(kafka, "before", 1, IncidentEventType.OPENED);
            awaitTold(kafka, receivers);
            var hung = receivers.subList(0, 2);
            for (var receiver : hung) {
                receiver.be(Mood.HANGS);
            }
            var begun = Instant.now();
            happen(kafka, begun);
            until(begun.plus(HANGS));
            for (var receiver : hung) {
                assertThat(receiver.requests()).filteredOn(Request::taken).hasSize(1);
                receiver.be(Mood.GOOD);
            }
            awaitTold(kafka, receivers);
            var history = Notifiers.history(kafka, receivers, List.of());
            System.out.println(Guarantees.summary(history));
            assertThat(Guarantees.broken(history)).isEmpty();
            assertThat(taken(hung.get(0))).hasSize(2);
            assertThat(taken(hung.get(0)).getLast().body().path("data").path("incidents_count"))
                    .hasToString(Integer.toString(INCIDENTS + 1));
            var each =
                    taken(hung.get(1)).stream()
                            .skip(1)
                            .collect(
                                    Collectors.groupingBy(
                                            HungTargetIT::incident, Collectors.counting()));
            assertThat(each).hasSize(INCIDENTS + 1);
            assertThat(each.values()).containsOnly(1L);
            inTime(
                    Judge.incidents(kafka).stream()
                            .filter(event -> event.getAt().isAfter(begun))
                            .toList(),
                    taken(receivers.get(2)));
        }
    }

    /// Something opens or closes each second or two.
    private static void happen(KafkaSettings kafka, Instant begun) throws Exception {
        DeliveryIT.tell(kafka, "before", 2, IncidentEventType.CLOSED);
        var pause = LAST.dividedBy(2L * INCIDENTS);
        for (int i = 0; i < INCIDENTS; i++) {
            DeliveryIT.tell(kafka, "i" + i, 1, IncidentEventType.OPENED);
            until(begun.plus(pause.multipliedBy(i)));
        }
        for (int i = 0; i < INCIDENTS; i += 2) {
            DeliveryIT.tell(kafka, "i" + i, 2, IncidentEventType.CLOSED);
            until(begun.plus(pause.multipliedBy(INCIDENTS + i)));
        }
    }

    /// The pace of what happens, not a condition.
    private static void until(Instant at) throws InterruptedException {
        Thread.sleep(Math.max(0, Duration.between(Instant.now(), at).toMillis()));
    }

    private static void awaitTold(KafkaSettings kafka, List<Receiver> receivers) {
        await().atMost(LIMIT)
                .untilAsserted(() ->
                        assertThat(
                                        Guarantees.untold(
                                                Notifiers.history(kafka, receivers, List.of())))
                                .isEmpty());
    }

    private static List<Request> taken(Receiver receiver) {
        return receiver.requests().stream().filter(Request::taken).toList();
    }

    private static String incident(Request request) {
        return request.body().path("data").path("incident_id").asText();
    }

    /// One in twenty may be later than is promised, for this machine does other things too.
    private static void inTime(List<IncidentEvent> events, List<Request> requests) {
        var late = new ArrayList<Duration>();
        for (var event : events) {
            Predicate<Request> tellsIt =
                    request ->
                            incident(request).equals(event.getIncidentId())
                                    && request.body().path("data").path("seq").asLong()
                                            == event.getSeq();
            var first = requests.stream().filter(tellsIt).findFirst().orElseThrow();
            late.add(Duration.between(event.getAt(), first.at()));
        }
        late.sort(null);
        System.out.printf(
                "the other target heard of %d events after %d ms in the middle, %d ms at most%n",
                late.size(), late.get(late.size() / 2).toMillis(), late.getLast().toMillis());
        assertThat(late.get(late.size() * 19 / 20 - 1)).isLessThan(PROMISED);
        assertThat(late.getLast()).isLessThan(AT_MOST);
    }
}
