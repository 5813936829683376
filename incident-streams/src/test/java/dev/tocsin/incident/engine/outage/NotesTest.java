package dev.tocsin.incident.engine.outage;

import static dev.tocsin.incident.engine.outage.Children.fails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.incident.engine.Command;
import dev.tocsin.incident.engine.Command.Kind;
import dev.tocsin.incident.engine.Severity;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Rule 7 for an outage: what people write to it is told, and changes nothing that is measured.
class NotesTest {
    private final Hall hall = new Hall();

    private Hall outage() {
        return hall.hear(10, fails("mail", 10)).hear(11, fails("store", 11));
    }

    @Test
    void aNoteIsToldWithTheOutageAsItIs() {
        outage().note(20, "c1", null);
        assertThat(hall.types()).containsExactly("OPENED 1", "ANNOTATED 2");
        assertThat(hall.last().reason()).isEqualTo("ana: cable cut");
        assertThat(hall.last().at()).isEqualTo(Hall.at(20));
        assertThat(hall.last().regions())
                .containsEntry("us", Standing.FAILING)
                .containsEntry("eu", Standing.PASSING);
        assertThat(hall.last().sums().open()).isEqualTo(2);
        assertThat(hall.last().answered()).extracting(Command::publicText).isNull();
    }

    @Test
    void whoIsOnCallReadsAlsoWhatThePublicIsTold() {
        outage().note(20, "c1", "We are at it.");
        assertThat(hall.last().answered())
                .extracting(Command::publicText)
                .isEqualTo("We are at it.");
        assertThat(hall.last().reason())
                .isEqualTo("ana on the status page: We are at it.; internally: cable cut");
    }

    @Test
    void theSameNoteAgainIsToldOnce() {
        outage().note(20, "c1", null).note(21, "c1", null).note(22, "c2", null);
        assertThat(hall.types()).containsExactly("OPENED 1", "ANNOTATED 2", "ANNOTATED 3");
    }

    @Test
    void whatIsStillToBeToldOfTheOutageIsToldAfterTheNoteInItsTime() {
        outage().hear(11.2, fails("chat", 11)).note(11.5, "c1", null).tick(12);
        assertThat(hall.types()).containsExactly("OPENED 1", "ANNOTATED 2", "UPDATED 3");
        assertThat(hall.last().reason()).isEqualTo("also failing: chat");
    }

    @Test
    void aNoteHidesNoChangeOfSeverity() {
        outage().hear(11.2, fails("mail", 10).severity(Severity.CRITICAL)).note(11.5, "c1", null);
        assertThat(hall.last().outage().told().severity()).isEqualTo(Severity.ERROR);
        hall.tick(12);
        assertThat(hall.last().reason()).isEqualTo("mail is now DOWN, CRITICAL; now CRITICAL");
    }

    @Test
    void whatIsOverTakesANoteWhileItsPartsAreRemembered() {
        outage().hear(30, fails("mail", 10).closes(30)).hear(40, fails("store", 11).closes(40));
        var closed = hall.last();
        hall.note(60, "c1", "It was a cable.");
        assertThat(hall.types())
                .containsExactly("OPENED 1", "UPDATED 2", "CLOSED 3", "ANNOTATED 4");
        assertThat(hall.last().outage().open()).isFalse();
        assertThat(hall.last().outage().times()).isEqualTo(closed.outage().times());
        assertThat(hall.last().regions()).isEqualTo(closed.regions());
        hall.forget(1000);
        assertThatThrownBy(() -> hall.note(1000, "c2", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(
                        "and its parts are no longer remembered; put the note on one of them");
        assertThat(hall.told).hasSize(4);
    }

    @Test
    void whereAPartWasRemovedNobodyKnowsAfterTheEnd() {
        outage().hear(30, fails("mail", 10).closed("config_removed", 30))
                .hear(40, fails("store", 11).closes(40))
                .note(60, "c1", null);
        assertThat(hall.last().regions()).containsEntry("us", Standing.PASSING);
        assertThat(hall.told.get(hall.told.size() - 2).reason())
                .startsWith("nothing of it fails any more");
    }

    @Test
    void aReopenedOutageRemembersWhichNotesItTook() {
        outage().note(20, "c1", null)
                .hear(30, fails("mail", 10).closes(30))
                .hear(40, fails("store", 11).closes(40));
        hall.hear(50, fails("mail", 50)).hear(51, fails("store", 51));
        assertThat(hall.types()).endsWith("REOPENED 5");
        hall.note(52, "c1", null);
        assertThat(hall.types()).endsWith("REOPENED 5");
    }

    @Test
    void anotherOutageOrAnotherCommandIsRefusedWithTheReason() {
        assertThatThrownBy(() -> hall.say(5, command(Kind.ANNOTATE, "another")))
                .hasMessage("outage another is not the latest of its group, which is none");
        outage();
        var id = Objects.requireNonNull(hall.group.outage()).id();
        assertThatThrownBy(() -> hall.say(20, command(Kind.ANNOTATE, "another")))
                .hasMessage("outage another is not the latest of its group, which is " + id);
        assertThatThrownBy(() -> hall.say(20, command(Kind.ACK, id)))
                .hasMessage("an outage takes notes; say the rest to its parts");
        assertThat(hall.types()).containsExactly("OPENED 1");
    }

    private static Command command(Kind kind, String outage) {
        return new Command("c1", kind, outage, "ana", "on it", null, null);
    }
}
