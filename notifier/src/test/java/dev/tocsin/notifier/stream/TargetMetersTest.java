package dev.tocsin.notifier.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.Events;
import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.DeliveryResult.Delivered;
import dev.tocsin.notifier.mailbox.DeliveryResult.Rejected;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import dev.tocsin.notifier.mailbox.Line;
import dev.tocsin.notifier.mailbox.Mailbox;
import dev.tocsin.notifier.mailbox.Policy;
import dev.tocsin.notifier.rehearsal.MemoryLetters;
import dev.tocsin.schemas.IncidentEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TargetMetersTest {
    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private final TargetMeters meters =
            new TargetMeters(new SimpleMeterRegistry(), Set.of("oncall"), () -> now);
    private final Mailbox mailbox =
            new Mailbox("oncall", new MemoryLetters(), Line.GOOD, Policy.DEFAULT);

    private void take(String id) {
        mailbox.take(
                IncidentEvent.newBuilder(Events.opened(id)).setGrouped(true).setAt(now).build(),
                "",
                true,
                false,
                now);
    }

    private void answerFirstSoAndTheOtherTaken(DeliveryResult first) {
        take("a");
        take("b");
        var sent = mailbox.due(now);
        mailbox.answered(sent.get(0).message().id(), first, now, now, 0, "here");
        mailbox.answered(sent.get(1).message().id(), new Delivered(204, ""), now, now, 0, "here");
        now = now.plus(Duration.ofSeconds(121));
        meters.shows("oncall", mailbox, false);
    }

    @Test
    void whatIsDueAndNotSentForTwoMinutesIsTroubleAndSoAreTargetsThatAllFail() {
        take("a");
        meters.shows("oncall", mailbox, false);
        now = now.plus(Duration.ofMinutes(2));
        assertThat(meters.trouble()).isNull();
        now = now.plus(Duration.ofSeconds(1));
        assertThat(meters.trouble()).contains("2 minutes");
        var sent = mailbox.due(now).getFirst();
        mailbox.answered(sent.message().id(), new Retry(503, "", null), now, now, 0, "here");
        meters.shows("oncall", mailbox, false);
        assertThat(meters.trouble()).contains("no target takes messages");
        meters.forget("oncall");
        assertThat(meters.trouble()).isNull();
    }

    @Test
    void aPauseThatTheTargetAskedForIsNoTrouble() {
        answerFirstSoAndTheOtherTaken(new Retry(429, "", Duration.ofMinutes(10)));
        assertThat(meters.trouble()).isNull();
    }

    @Test
    void oneMessageThatIsRefusedIsNoTrouble() {
        answerFirstSoAndTheOtherTaken(new Rejected(400, "", false));
        assertThat(meters.trouble()).isNull();
    }
}
