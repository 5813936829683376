package dev.tocsin.notifier.mailbox;

import static dev.tocsin.schemas.IncidentEventType.ANNOTATED;
import static dev.tocsin.schemas.IncidentEventType.CLOSED;
import static dev.tocsin.schemas.IncidentEventType.OPENED;
import static dev.tocsin.schemas.IncidentEventType.UPDATED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.Events;
import dev.tocsin.notifier.mailbox.DeliveryResult.Delivered;
import dev.tocsin.notifier.mailbox.DeliveryResult.Rejected;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import dev.tocsin.notifier.rehearsal.MemoryLetters;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Severity;
import java.time.Duration;
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
    void whatWasBegunLongAgoIsNotFinished() {
        take("i1", OPENED);
        take("i2", OPENED);
        assertThat(mailbox.due(now)).hasSize(2);
        now = now.plus(Policy.DEFAULT.maxAge()).plusSeconds(1);
        restart();
        take("i1", CLOSED);
        take("i2", CLOSED);
        assertThat(told()).doesNotContain("OPENED i1", "OPENED i2");
        restart();
        assertThat(told()).isEmpty();
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

    @Test
    void whatWasSentWhileTheTargetIsNotFineIsFinishedOnceItIs() {
        take("i1", OPENED);
        answer(due(), new Retry(429, "slow down", Duration.ofMinutes(2)));
        now = now.plusSeconds(120);
        var second = due();
        restart();
        worsens("i1");
        var third = due();
        assertThat(third.message()).isEqualTo(second.message());
        assertThat(third.attempt()).isEqualTo(2);
        answer(third, new Retry(429, "slow down", Duration.ofMinutes(2)));
        restart();
        assertThat(mailbox.due(now)).isEmpty();
        now = now.plusSeconds(120);
        assertThat(word(due())).isEqualTo("OPENED i1"); // it said that it has not taken it
    }

    @Test
    void whatWasNotSentIsToldAsItIsNow() {
        take("i1", OPENED);
        var first = due();
        worsens("i1");
        mailbox.returned(first.message().id());
        assertThat(letters.begun).isEmpty();
        restart();
        assertThat(due().message().id()).isNotEqualTo(first.message().id());
    }

    @Test
    void butSomebodyMayHaveSentItBefore() {
        take("i1", OPENED);
        var first = due();
        restart();
        worsens("i1");
        mailbox.returned(due().message().id());
        assertThat(mailbox.wakeAt()).isEqualTo(Instant.EPOCH);
        assertThat(due().message()).isEqualTo(first.message());
    }

    @Test
    void whatIsKnownToBeTakenNeedNotBeSentAgain() {
        take("i1", OPENED);
        var first = due();
        restart();
        worsens("i1");
        assertThat(mailbox.unfinished()).containsExactly(first.message().id());
        assertThat(Objects.requireNonNull(mailbox.sending(first.message().id())).message())
                .isEqualTo(first.message());
        answer(first, TAKEN);
        assertThat(mailbox.unfinished()).isEmpty();
        assertThat(told()).containsExactly("WORSE i1");
    }

    @Test
    void anAnswerToWhatIsNotUnderWayChangesNothing() {
        take("i1", OPENED);
        var first = due();
        answer(first, TAKEN);
        assertThat(mailbox.answered(first.message().id(), TAKEN, now, now, 0, "here")).isNull();
        restart();
        assertThat(mailbox.unfinished()).isEmpty();
        assertThat(told()).isEmpty();
    }

    @Test
    void whatIsToBeFinishedIsCountedAndDueSinceItIsKnown() {
        for (int i = 0; i < 10; i++) {
            take("i" + i, OPENED);
        }
        due();
        now = now.plusSeconds(60);
        restart();
        var since = now;
        assertThat(mailbox.pending()).isEqualTo(10);
        now = now.plusSeconds(60);
        assertThat(mailbox.dueSince(now)).isEqualTo(since);
        assertThat(mailbox.wakeAt()).isEqualTo(Instant.EPOCH);
        due();
        assertThat(mailbox.pending()).isZero();
        assertThat(mailbox.dueSince(now)).isNull();
        assertThat(mailbox.wakeAt()).isNull();
    }

    @Test
    void aDigestOfWhichNotAllIsKeptIsAnother() {
        for (int i = 0; i < 10; i++) {
            take("i" + i, OPENED);
        }
        var first = due();
        letters.remove("i4");
        letters.begun.put("i4", new Begun("i4", first.message().id(), 10, 0, 1, null));
        restart();
        assertThat(letters.begun).doesNotContainKey("i4");
        worsens("i3");
        var next = due();
        assertThat(word(next)).isEqualTo("DIGEST 9");
        assertThat(next.message().id()).isNotEqualTo(first.message().id());
        answer(next, TAKEN);
        assertThat(told()).isEmpty();
    }

    @Test
    void whatIsForgottenIsNotFinished() {
        take("i1", OPENED);
        due();
        take("i1", CLOSED);
        restart();
        answer(due(), new Rejected(410, "gone", true));
        restart();
        var kept = Objects.requireNonNull(letters.get("i1"));
        mailbox.forget(kept, now);
        assertThat(letters.conversations).isNotEmpty();
        now = now.plus(Duration.ofDays(8));
        mailbox.forget(kept, now);
        assertThat(letters.conversations).isEmpty();
        assertThat(letters.begun).isEmpty();
    }

    @Test
    void norIsWhatWasToBeFinishedForAWeek() {
        take("i1", OPENED);
        due();
        take("i1", CLOSED);
        restart();
        var kept = Objects.requireNonNull(letters.get("i1"));
        now = now.plus(Duration.ofDays(8));
        mailbox.forget(kept, now);
        assertThat(mailbox.unfinished()).isEmpty();
        assertThat(letters.conversations).isEmpty();
        assertThat(letters.begun).isEmpty();
        assertThat(told()).isEmpty();
    }

    @Test
    void whatReopensAfterAllWasToldIsAnotherMessage() {
        take("i1", OPENED);
        told();
        take("i1", CLOSED);
        told();
        assertThat(letters.begun).isEmpty();
        take("i1", OPENED);
        restart();
        assertThat(mailbox.unfinished()).isEmpty();
        assertThat(told()).containsExactly("OPENED i1");
    }
}
