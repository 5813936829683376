package dev.tocsin.it.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.DeliveryAttempt;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.TrustedRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Histories by hand: each fault of a notifier is seen, and what is promised to nobody is let pass.
class GuaranteesTest {
    static {
        TrustedRecords.trust();
    }

    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<IncidentEvent> events = new ArrayList<>();
    private final List<Request> requests = new ArrayList<>();
    private final List<DeliveryAttempt> attempts = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();

    private static Instant at(int second) {
        return START.plusSeconds(second);
    }

    /// Of incident `i`.
    private void happened(int second, IncidentEventType type) {
        happened(second, type, Severity.ERROR);
    }

    private void happened(int second, IncidentEventType type, Severity severity) {
        long seq = events.size() + 1L;
        events.add(
                IncidentEvent.newBuilder()
                        .setEventId("i/" + seq)
                        .setIncidentId("i")
                        .setSeq(seq)
                        .setType(type)
                        .setKey("c")
                        .setName("c")
                        .setSeverity(severity)
                        .setOpen(type != IncidentEventType.CLOSED)
                        .setReason("note " + seq)
                        .setStartedAt(START)
                        .setOpenedAt(START)
                        .setAt(at(second))
                        .setRecurrence(new Recurrence(1, 1))
                        .setDecision(new Decision(1, 1, 1, 0, 1, 1, "DOWN", "test"))
                        .setConfigVersion("v1")
                        .build());
    }

    private ObjectNode body(int seq, String what, List<String> notes) {
        var event = events.get(seq - 1);
        var body = JSON.createObjectNode().put("type", "incident").put("what", what);
        body.putObject("data")
                .put("incident_id", "i")
                .put("event_id", event.getEventId())
                .put("seq", seq)
                .put("open", event.getOpen())
                .put("severity", event.getSeverity().name());
        if (!notes.isEmpty()) {
            notes.forEach(body.putArray("notes")::add);
        }
        return body;
    }

    private void sent(int second, String id, ObjectNode body, boolean taken, boolean answered) {
        requests.add(
                new Request(
                        "t",
                        "a-1",
                        id,
                        at(second),
                        at(second),
                        body,
                        taken,
                        answered,
                        Duration.ofMillis(5)));
    }

    private void recorded(int second, String id, int seq) {
        attempts.add(
                DeliveryAttempt.newBuilder()
                        .setDeliveryId(id)
                        .setTargetId("t")
                        .setIncidentId("i")
                        .setEventId("i/" + seq)
                        .setSeq(seq)
                        .setAttempt(1)
                        .setAt(at(second))
                        .setDurationMs(5)
                        .setOutcome("delivered")
                        .build());
    }

    /// Taken, answered and on record.
    private void told(int second, String id, int seq, String what, String... notes) {
        sent(second, id, body(seq, what, List.of(notes)), true, true);
        recorded(second, id, seq);
    }

    private void killed(int second) {
        faults.add(new Fault("kill -9", "a", at(second), at(second + 10)));
    }

    private void isBroken(Class<? extends Guarantee> promise) {
        assertThat(broken()).contains(promise.getSimpleName() + " is broken");
    }

    private void holds() {
        assertThat(broken()).isEmpty();
    }

    private String broken() {
        return Guarantees.broken(new History(Set.of("t"), events, requests, attempts, faults));
    }

    private void openedAndClosed() {
        happened(0, IncidentEventType.OPENED);
        happened(60, IncidentEventType.CLOSED);
    }

    @Test
    void whatIsToldAsItIsBreaksNothing() {
        openedAndClosed();
        told(1, "x", 1, "opened");
        told(61, "y", 2, "closed");
        holds();
    }

    @Test
    void aCloseThatIsLostIsSeen() {
        openedAndClosed();
        told(1, "x", 1, "opened");
        isBroken(LastWord.class);
    }

    @Test
    void anIncidentThatNobodyHeardOfIsSeen() {
        openedAndClosed();
        isBroken(LastWord.class);
    }

    @Test
    void aTargetThatKnowsAnotherSeverityIsSeen() {
        happened(0, IncidentEventType.OPENED);
        happened(60, IncidentEventType.UPDATED, Severity.CRITICAL);
        told(1, "x", 1, "opened");
        isBroken(LastWord.class);
    }

    @Test
    void aSwappedOrderIsSeen() {
        openedAndClosed();
        told(61, "y", 2, "closed");
        told(62, "x", 1, "opened");
        isBroken(InOrder.class);
    }

    @Test
    void aRepetitionBehindWhatCameAfterItIsSeenThoughItsAnswerWasLost() {
        openedAndClosed();
        sent(1, "x", body(1, "opened", List.of()), true, false);
        told(61, "y", 2, "closed");
        sent(63, "x", body(1, "opened", List.of()), true, true);
        isBroken(InOrder.class);
    }

    @Test
    void anOpeningAfterTheEndIsSeenAndAReopeningIsNone() {
        openedAndClosed();
        happened(120, IncidentEventType.REOPENED);
        told(1, "x", 1, "opened");
        told(61, "y", 2, "closed");
        told(121, "z", 3, "reopened");
        holds();
        requests.removeLast();
        told(121, "z", 3, "opened");
        isBroken(InOrder.class);
    }

    @Test
    void aReopeningOfWhatNeverReopenedIsSeen() {
        openedAndClosed();
        told(1, "x", 1, "reopened");
        told(61, "y", 2, "closed");
        isBroken(InOrder.class);
    }

    @Test
    void anIdThatChangesIsSeen() {
        openedAndClosed();
        sent(1, "x", body(1, "opened", List.of()), false, false);
        told(3, "x2", 1, "opened");
        told(61, "y", 2, "closed");
        isBroken(OneId.class);
    }

    @Test
    void anIdOfTwoMessagesIsSeen() {
        openedAndClosed();
        told(1, "x", 1, "opened");
        told(61, "x", 2, "closed");
        isBroken(OneId.class);
    }

    @Test
    void anOpeningThatIsToldTwiceIsSeenUnlessTheFirstWasInDoubt() {
        happened(0, IncidentEventType.OPENED);
        happened(30, IncidentEventType.UPDATED, Severity.CRITICAL);
        told(1, "x", 1, "opened");
        told(31, "y", 2, "opened");
        isBroken(NothingTwice.class);
        killed(1);
        isBroken(NothingTwice.class); // it was on record by then
        attempts.removeFirst();
        holds();
    }

    @Test
    void aMessageThatComesTwiceIsSeenUnlessItsAnswerWasLost() {
        openedAndClosed();
        sent(1, "x", body(1, "opened", List.of()), true, true);
        told(20, "x", 1, "opened");
        told(61, "y", 2, "closed");
        isBroken(Repetitions.class);
        killed(2);
        holds();
        recorded(1, "x", 1);
        isBroken(Repetitions.class); // it was on record by then
        attempts.removeLast();
        sent(62, "y", body(2, "closed", List.of()), true, true);
        isBroken(Repetitions.class);
    }

    @Test
    void aMessageThatComesOftenerThanThereWereFaultsIsSeen() {
        openedAndClosed();
        told(1, "x", 1, "opened");
        sent(61, "y", body(2, "closed", List.of()), true, true);
        killed(61);
        told(71, "y", 2, "closed");
        holds();
        requests.removeLast();
        sent(62, "y", body(2, "closed", List.of()), true, true);
        sent(71, "y", body(2, "closed", List.of()), true, true);
        isBroken(Repetitions.class);
    }

    @Test
    void anAnswerThatTheTargetLostExcusesOneRepetition() {
        openedAndClosed();
        sent(1, "x", body(1, "opened", List.of()), true, false);
        told(20, "x", 1, "opened");
        told(61, "y", 2, "closed");
        holds();
    }

    /// As OkHttp does, on another connection.
    @Test
    void aRequestWhoseAnswerIsLostMayBeMadeAgainWithinOneTry() {
        openedAndClosed();
        sent(1, "x", body(1, "opened", List.of()), true, false);
        told(1, "x", 1, "opened");
        told(61, "y", 2, "closed");
        holds();
    }

    @Test
    void whatIsNotOnRecordIsSeen() {
        openedAndClosed();
        told(1, "x", 1, "opened");
        told(61, "y", 2, "closed");
        attempts.removeFirst();
        isBroken(OnRecord.class);
    }

    @Test
    void whatIsOnRecordAndWasNotTakenIsSeen() {
        openedAndClosed();
        told(1, "x", 1, "opened");
        told(61, "y", 2, "closed");
        recorded(62, "z", 2);
        isBroken(OnRecord.class);
    }

    @Test
    void whatIsOnRecordTwiceIsSeen() {
        openedAndClosed();
        told(1, "x", 1, "opened");
        told(61, "y", 2, "closed");
        recorded(62, "y", 2);
        isBroken(OnRecord.class);
    }

    @Test
    void aMessageThatSaysWhatNeverWasIsSeen() {
        openedAndClosed();
        told(1, "x", 1, "opened");
        told(61, "y", 2, "closed");
        ((ObjectNode) requests.getFirst().body().path("data")).put("severity", "CRITICAL");
        isBroken(OnlyWhatWas.class);
    }

    @Test
    void aNoteThatIsLostIsSeen() {
        happened(0, IncidentEventType.OPENED);
        happened(30, IncidentEventType.ANNOTATED);
        happened(60, IncidentEventType.CLOSED);
        told(1, "x", 1, "opened");
        told(61, "y", 3, "closed", "note 2");
        holds();
        requests.removeLast();
        sent(61, "y", body(3, "closed", List.of()), true, true);
        isBroken(Notes.class);
    }

    @Test
    void aDigestIsAWordOfEachIncidentInIt() {
        openedAndClosed();
        told(1, "x", 1, "opened");
        var digest = JSON.createObjectNode().put("type", "incidents.digest");
        digest.putObject("data").put("incidents_count", 30).putArray("incidents");
        sent(61, "d", digest, true, true);
        recorded(61, "d", 2);
        holds();
        attempts.removeLast();
        isBroken(LastWord.class);
    }

    @Test
    void whatWasSignedLongBeforeItCameIsNoWord() {
        openedAndClosed();
        faults.add(new Fault("kill -STOP", "b", at(0), at(63)));
        sent(1, "x", body(1, "opened", List.of()), true, true);
        told(61, "y", 2, "closed");
        requests.add(
                new Request(
                        "t",
                        "b-1",
                        "x",
                        at(1),
                        at(62),
                        body(1, "opened", List.of()),
                        true,
                        true,
                        Duration.ZERO));
        holds();
    }
}
