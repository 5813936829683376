package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.it.guarantee.Fault;
import dev.tocsin.it.guarantee.Guarantees;
import dev.tocsin.it.guarantee.Load;
import dev.tocsin.it.guarantee.Receiver;
import dev.tocsin.it.guarantee.Receiver.Mood;
import dev.tocsin.it.guarantee.Request;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.standalone.topic.Bootstrap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Two notifiers where one should be: neither tells what the other has told, or what is no longer so.
@ExtendWith(SharedCluster.class)
class TwoNotifiersIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration SLOW_AT_MOST = Duration.ofMillis(1500);
    private static final int LANES = 9;
    private static final String FENCED = "another process has the same --instance";

    @TempDir Path dir = Path.of(".");
    private final List<Receiver> receivers = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();

    private void receivers(Lifecycle lifecycle) throws IOException {
        for (int i = 1; i <= 4; i++) {
            var target = "t" + i + Notifiers.EACH;
            receivers.add(lifecycle.closing(target, new Receiver(target, i)));
        }
    }

    private void awaitTold(KafkaSettings kafka) {
        await().atMost(LIMIT)
                .untilAsserted(() ->
                        assertThat(Guarantees.untold(Notifiers.history(kafka, receivers, faults)))
                                .isEmpty());
    }

    private void judge(KafkaSettings kafka) {
        var history = Notifiers.history(kafka, receivers, faults);
        System.out.println(Guarantees.summary(history));
        assertThat(Guarantees.broken(history)).isEmpty();
    }

    @Test
    void oneThatWasStoppedWhileAnotherTookOverTellsNothingStale(KafkaSettings kafka)
            throws Exception {
        try (var lifecycle = new Lifecycle()) {
            receivers(lifecycle);
            var stopped = lifecycle.closing("a", Notifiers.start(kafka, dir, "a", "a", receivers));
            DeliveryIT.tell(kafka, "i1", 1, IncidentEventType.OPENED);
            awaitTold(kafka);
            for (var receiver : receivers) {
                receiver.be(Mood.AWAY);
            }
            // It has tried to tell that i2 opened, and will again; that i1 closed it will know when
            // it goes on.
            DeliveryIT.tell(kafka, "i2", 1, IncidentEventType.OPENED);
            await().atMost(LIMIT)
                    .until(() ->
                            Notifiers.attempts(kafka).stream()
                                            .filter(made -> made.getIncidentId().equals("i2"))
                                            .map(made -> made.getTargetId())
                                            .distinct()
                                            .count()
                                    == receivers.size());
            var begun = Instant.now();
            stopped.pause();
            for (var receiver : receivers) {
                receiver.be(Mood.GOOD);
            }
            var other = lifecycle.closing("b", Notifiers.start(kafka, dir, "b", "b", receivers));
            DeliveryIT.tell(kafka, "i1", 2, IncidentEventType.CLOSED);
            DeliveryIT.tell(kafka, "i2", 2, IncidentEventType.CLOSED);
            awaitTold(kafka); // by the other, when the session of the one is over
            int before = requests();
            stopped.goOn();
            // With the other gone it is the one's turn again: by then it has long told what it
            // would have told.
            other.stop();
            DeliveryIT.tell(kafka, "i3", 1, IncidentEventType.OPENED);
            awaitTold(kafka);
            assertThat(requests()).isEqualTo(before + receivers.size());
            faults.add(new Fault("kill -STOP", "a", begun, Instant.now()));
            judge(kafka);
        }
    }

    private int requests() {
        return receivers.stream().mapToInt(receiver -> receiver.requests().size()).sum();
    }

    @Test
    void aSecondOfTheSameInstanceAndFolderRefusesAndTheFirstGoesOn(KafkaSettings kafka)
            throws Exception {
        try (var lifecycle = new Lifecycle()) {
            receivers(lifecycle);
            var first = lifecycle.closing("a", Notifiers.start(kafka, dir, "a", "a", receivers));
            await().atMost(LIMIT).until(first::ready);
            var second =
                    lifecycle.closing("b", Notifiers.start(kafka, dir, "b", "a", "a", receivers));
            assertThat(second.exits(LIMIT)).isEqualTo(1);
            assertThat(second.printed()).contains(" is in use by process ");
            for (int i = 1; i <= 5; i++) {
                DeliveryIT.tell(kafka, "i" + i, 1, IncidentEventType.OPENED);
                DeliveryIT.tell(kafka, "i" + i, 2, IncidentEventType.CLOSED);
            }
            awaitTold(kafka);
            assertThat(first.ready()).isTrue();
            assertThat(first.printed()).doesNotContain("replaced", FENCED);
            judge(kafka);
        }
    }

    @Test
    void ofTwoOfTheSameInstanceWithFoldersOfTheirOwnOneEndsAndTheOtherTells(KafkaSettings kafka)
            throws Exception {
        try (var lifecycle = new Lifecycle()) {
            receivers(lifecycle);
            var first = lifecycle.closing("a", Notifiers.start(kafka, dir, "a", "a", receivers));
            await().atMost(LIMIT).until(first::ready);
            DeliveryIT.tell(kafka, "i1", 1, IncidentEventType.OPENED);
            awaitTold(kafka);
            var begun = Instant.now();
            var second =
                    lifecycle.closing("b", Notifiers.start(kafka, dir, "b", "a", "b", receivers));
            DeliveryIT.tell(kafka, "i1", 2, IncidentEventType.CLOSED);
            await().atMost(LIMIT)
                    .until(() ->
                            first.printed().contains(FENCED) != second.printed().contains(FENCED));
            var ended = first.printed().contains(FENCED) ? first : second;
            var left = ended == first ? second : first;
            assertThat(ended.exits(LIMIT)).isEqualTo(78);
            await().atMost(LIMIT).until(left::ready);
            for (int i = 2; i <= 5; i++) {
                DeliveryIT.tell(kafka, "i" + i, 1, IncidentEventType.OPENED);
                DeliveryIT.tell(kafka, "i" + i, 2, IncidentEventType.CLOSED);
            }
            awaitTold(kafka);
            assertThat(left.ready()).isTrue();
            assertThat(left.printed()).doesNotContain(FENCED);
            faults.add(new Fault("same instance", "a", begun, Instant.now()));
            judge(kafka);
        }
    }

    /// A rolling restart moves targets twice: it costs no message, and repeats none that is answered within the time that a hand-over has.
    @Test
    void whatIsOnItsWayWhenTargetsGoFromOneToTheOtherAndBackIsToldOnce(KafkaSettings some)
            throws Exception {
        var kafka = some.with("topic.prefix", some.topicPrefix() + "wide.");
        Bootstrap.run(kafka, LANES);
        try (var lifecycle = new Lifecycle()) {
            for (int i = 1; i <= 8; i++) {
                var target = "t" + i + Notifiers.EACH;
                var receiver = lifecycle.closing(target, new Receiver(target, i, SLOW_AT_MOST));
                receiver.be(Mood.SLOW);
                receivers.add(receiver);
            }
            var first = lifecycle.closing("a", Notifiers.start(kafka, dir, "a", "a", receivers));
            await().atMost(LIMIT).until(first::ready);
            var load = lifecycle.closing("load", new Load(kafka, 1, 40));
            awaitSentBy("a-1");
            var other = lifecycle.closing("b", Notifiers.start(kafka, dir, "b", "b", receivers));
            awaitSentBy("b-1");
            var stopped = Instant.now();
            other.stop();
            await().atMost(LIMIT)
                    .until(() -> receivers.stream().allMatch(one -> heardAgain(one, stopped)));
            load.end();
            System.out.println("longest from SIGTERM to the next message: " + longest(stopped));
            awaitTold(kafka);
            judge(kafka); // there was no fault, and each answer is known
        }
    }

    private static boolean heardAgain(Receiver receiver, Instant since) {
        return receiver.requests().stream().anyMatch(request -> by(request, "a-1", since));
    }

    private static boolean by(Request request, String start, Instant since) {
        return request.sender().equals(start) && request.at().isAfter(since);
    }

    /// At any target, by the one that takes over.
    private Duration longest(Instant since) {
        return receivers.stream()
                .map(receiver ->
                        receiver.requests().stream()
                                .filter(request -> by(request, "a-1", since))
                                .map(Request::at)
                                .min(Comparator.naturalOrder())
                                .orElseThrow())
                .map(first -> Duration.between(since, first))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private void awaitSentBy(String start) {
        await().atMost(LIMIT)
                .until(() ->
                        receivers.stream()
                                        .flatMap(receiver -> receiver.requests().stream())
                                        .filter(request -> request.sender().equals(start))
                                        .count()
                                > 20);
    }
}
