package dev.tocsin.notifier.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.Events;
import dev.tocsin.notifier.channel.Channel;
import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.DeliveryResult.Delivered;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import dev.tocsin.notifier.mailbox.Line;
import dev.tocsin.notifier.mailbox.Mailbox;
import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.notifier.mailbox.Policy;
import dev.tocsin.notifier.rehearsal.MemoryLetters;
import dev.tocsin.notifier.send.Outgoing.Answer;
import dev.tocsin.schemas.IncidentEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SendersTest {
    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final DeliveryResult TAKEN = new Delivered(204, "");

    /// Whoever waits gets a place after a while, in no time; or none, where the while is too long.
    private final class Places extends Semaphore {
        private static final long serialVersionUID = 1;

        private transient Duration busyFor = Duration.ZERO;

        /// What happens meanwhile.
        private transient Runnable meanwhile = () -> {};

        Places() {
            super(1);
        }

        @Override
        public boolean tryAcquire(long time, TimeUnit unit) {
            var waits = Duration.of(time, unit.toChronoUnit());
            boolean full = busyFor.compareTo(waits) > 0;
            now = now.plus(full ? waits : busyFor);
            meanwhile.run();
            return !full && tryAcquire();
        }
    }

    private final Places places = new Places();
    private Instant now = START;
    private final Senders senders = new Senders(() -> now, places, (_, work) -> work.run());
    private final List<String> sent = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private boolean owned = true;

    private record Told(Function<Message, DeliveryResult> by) implements Channel {
        @Override
        public DeliveryResult deliver(Message message, Instant at) {
            return by.apply(message);
        }

        @Override
        public String fingerprint() {
            return "";
        }
    }

    private DeliveryResult deliver(Message message) {
        assertThat(places.availablePermits()).as("places meanwhile").isZero();
        sent.add(message.id());
        now = now.plusMillis(20);
        return TAKEN;
    }

    private static Message message(String id) {
        return Events.message(id, Events.opened("i1"), "route 1");
    }

    private Answer send(Message message, Function<Message, DeliveryResult> by) {
        answers.clear();
        senders.send(new Outgoing(new Told(by), message, () -> owned, answers::add));
        assertThat(answers).hasSize(1);
        assertThat(places.availablePermits()).as("places afterwards").isEqualTo(1);
        return answers.getFirst();
    }

    private Answer send(Message message) {
        return send(message, this::deliver);
    }

    @Test
    void whatFindsNoPlaceForFiveSecondsIsNotSentAndTheMailboxTriesItAgain() {
        var mailbox = new Mailbox("oncall", new MemoryLetters(), Line.GOOD, Policy.DEFAULT);
        mailbox.take(
                IncidentEvent.newBuilder(Events.opened("i1")).setGrouped(true).build(),
                "route 1",
                true,
                false,
                now);
        var first = mailbox.due(now).getFirst().message();
        assertThat(mailbox.due(now)).isEmpty();
        places.busyFor = LIMIT.plusNanos(1);
        assertThat(send(first)).isEqualTo(new Answer(first.id(), null, START, START.plus(LIMIT)));
        assertThat(sent).isEmpty();
        mailbox.returned(first.id());
        var again = mailbox.due(now);
        assertThat(again).hasSize(1);
        assertThat(again.getFirst().attempt()).as("none was made").isEqualTo(1);
        assertThat(again.getFirst().message().id()).isEqualTo(first.id());
        places.busyFor = LIMIT;
        assertThat(send(again.getFirst().message()).result()).isEqualTo(TAKEN);
        assertThat(sent).containsExactly(first.id());
    }

    @Test
    void aTryBeginsWhenItHasItsPlace() {
        places.busyFor = Duration.ofSeconds(3);
        var began = START.plusSeconds(3);
        assertThat(send(message("m1")))
                .isEqualTo(new Answer("m1", TAKEN, began, began.plusMillis(20)));
    }

    @Test
    void whatAnotherOwnsByTheTimeThatThereIsAPlaceIsNotSent() {
        places.meanwhile = () -> owned = false;
        assertThat(send(message("m1")).result()).isNull();
        assertThat(sent).isEmpty();
    }

    @Test
    void whatFindsAPlaceAfterAStopIsNotSent() {
        places.meanwhile = senders::close;
        assertThat(send(message("m1")).result()).isNull();
        assertThat(sent).isEmpty();
        assertThat(senders.closed()).isTrue();
    }

    @Test
    void anErrorInAChannelIsAnsweredAndItsPlaceIsTheNextOnes() {
        var answer =
                send(
                        message("m1"),
                        _ -> {
                            throw new StackOverflowError();
                        });
        assertThat(answer.result()).isEqualTo(new Retry(null, "bug: StackOverflowError", null));
        assertThat(send(message("m2")).result()).isEqualTo(TAKEN);
    }

    @Test
    void allTogetherHaveFourThousandPlaces() throws InterruptedException {
        int most = 4096;
        var all = new Senders(InstantSource.system());
        var full = new CountDownLatch(most);
        var hang = new CountDownLatch(1);
        var answered = new CountDownLatch(most + 1);
        var inside = new AtomicInteger();
        var together = new AtomicInteger();
        var hangs =
                new Told(_ -> {
                    together.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    full.countDown();
                    try {
                        hang.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    inside.decrementAndGet();
                    return TAKEN;
                });
        for (int i = 0; i <= most; i++) {
            all.send(new Outgoing(hangs, message("m" + i), () -> true, _ -> answered.countDown()));
        }
        full.await();
        hang.countDown();
        answered.await();
        assertThat(together).hasValue(most);
    }

    @Test
    void aStopWaitsForAnswersThatAreNotTaken() throws InterruptedException {
        send(message("m1"));
        senders.awaitAnswers(Duration.ZERO); // no longer than it is to
        senders.taken();
        senders.awaitAnswers(Duration.ofDays(1));
    }
}
