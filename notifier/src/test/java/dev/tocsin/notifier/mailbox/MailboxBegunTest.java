package dev.tocsin.notifier.mailbox;

import static dev.tocsin.schemas.IncidentEventType.ANNOTATED;
import static dev.tocsin.schemas.IncidentEventType.CLOSED;
import static dev.tocsin.schemas.IncidentEventType.OPENED;
import static dev.tocsin.schemas.IncidentEventType.UPDATED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.Events;
import dev.tocsin.notifier.mailbox.DeliveryResult.Delivered;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import dev.tocsin.notifier.rehearsal.MemoryLetters;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// What becomes of a message that was sent, and of which nobody knows what came of it: the transaction was aborted, or the process is no more.
class MailboxBegunTest {
    private static final DeliveryResult TAKEN = new Delivered(204, "");
    private static final DeliveryResult AWAY = new Retry(503, "away", null);

    private MemoryLetters letters = new MemoryLetters();
    private Mailbox mailbox = new Mailbox("oncall", letters, Line.GOOD, Policy.DEFAULT);
    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private long seq;

    private void take(
            String incident, IncidentEventType type, UnaryOperator<IncidentEvent.Builder> change) {
        var builder =
                IncidentEvent.newBuilder(
                                Events.event(incident, ++seq, type, Severity.WARNING, Map.of()))
                        .setOpen(type != CLOSED)
                        .setKind(IncidentKind.DOWN)
                        .setGrouped(true)
                        .setAt(now);
        mailbox.take(change.apply(builder).build(), "route 1", true, true, now);
    }

    private void take(String incident, IncidentEventType type) {
        take(incident, type, event -> event);
    }

    private void worsens(String incident) {
        take(incident, UPDATED, event -> event.setSeverity(Severity.CRITICAL));
    }

    /// Whoever has the target from now on knows what is committed, and no more.
    private void restart(MemoryLetters committed) {
        letters = committed;
        mailbox = letters.recalled("oncall", Policy.DEFAULT, now);
    }

    private void restart() {
        restart(letters.copy());
    }

    private void answer(Sending sending, DeliveryResult result) {
        Objects.requireNonNull(
                mailbox.answered(sending.message().id(), result, now, now, 0, "here"));
    }

    private Sending due() {
        var due = mailbox.due(now);
        assertThat(due).hasSize(1);
        return due.getFirst();
    }

    /// What a target that takes everything is told now.
    private List<String> told() {
        var due = mailbox.due(now);
        due.forEach(sending -> answer(sending, TAKEN));
        return due.stream().map(MailboxBegunTest::word).toList();
    }

    private static String word(Sending sending) {
        return switch (sending.message()) {
            case Message.One one -> one.what() + " " + one.event().getIncidentId();
            case Message.Digest digest -> "DIGEST " + digest.conversations();
        };
    }

    @Test
    void whenAnAnswerIsTakenBackTheSameMessageGoesOutAgainAndWhatIsNewerAfterIt() {
        take("i1", OPENED);
        var first = due();
        var committed = letters.copy();
        answer(first, TAKEN);
        restart(committed); // the transaction is aborted
        worsens("i1");
        var again = due();
        assertThat(again.message()).isEqualTo(first.message());
        assertThat(again.carried()).isEqualTo(first.carried());
        answer(again, TAKEN);
        var next = due();
        assertThat(word(next)).isEqualTo("WORSE i1");
        assertThat(next.message().id()).isNotEqualTo(first.message().id());
        answer(next, TAKEN);
        assertThat(told()).isEmpty();
    }

    @Test
    void alsoWhereTheNewerWasTakenInWhileItWasUnderWay() {
        take("i1", OPENED);
        var first = due();
        worsens("i1");
        restart();
        assertThat(due().message()).isEqualTo(first.message());
        take("i1", CLOSED);
        restart();
        assertThat(due().message()).isEqualTo(first.message());
        restart();
        assertThat(told()).containsExactly("OPENED i1");
        assertThat(told()).containsExactly("CLOSED i1");
        assertThat(letters.conversations).isEmpty();
    }

    @Test
    void whatClosedSinceIsToldAsItsEnd() {
        take("i1", OPENED);
        var first = due();
        restart();
        take("i1", CLOSED);
        var again = due();
        assertThat(again.message()).isEqualTo(first.message());
        answer(again, TAKEN);
        assertThat(told()).containsExactly("CLOSED i1");
    }

    @Test
    void noNoteIsToldTwice() {
        take("i1", OPENED);
        told();
        take("i1", ANNOTATED, event -> event.setReason("one"));
        var first = due();
        restart();
        take("i1", ANNOTATED, event -> event.setReason("two"));
        var again = due();
        assertThat(again.message()).isEqualTo(first.message());
        answer(again, TAKEN);
        assertThat(((Message.One) due().message()).notes().texts()).containsExactly("two");
    }

    @Test
    void aDigestIsFinishedAsItWasBegunWhateverIsDueMeanwhile() {
        for (int i = 0; i < 10; i++) {
            take("i" + i, OPENED);
        }
        var first = due();
        restart();
        worsens("i3");
        take("i10", OPENED);
        var all = mailbox.due(now);
        assertThat(all.stream().map(MailboxBegunTest::word))
                .containsExactly("DIGEST 10", "OPENED i10");
        assertThat(all.getFirst().message()).isEqualTo(first.message());
        assertThat(all.getFirst().carried()).containsExactlyInAnyOrderElementsOf(first.carried());
        all.forEach(sending -> answer(sending, TAKEN));
        assertThat(told()).containsExactly("WORSE i3");
    }

    @Test
    void whatTheTargetDidNotTakeIsNotFinishedWhenSomethingHasHappenedSince() {
        take("i1", OPENED);
        var first = due();
        answer(first, AWAY);
        restart();
        worsens("i1");
        var next = due();
        assertThat(word(next)).isEqualTo("OPENED i1");
        assertThat(next.message().id()).isNotEqualTo(first.message().id());
    }
}
