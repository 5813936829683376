package dev.tocsin.incident.engine.check;

import static dev.tocsin.incident.engine.check.Vote.DOWN;
import static dev.tocsin.incident.engine.check.Vote.UP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.incident.engine.Command;
import dev.tocsin.incident.engine.EventType;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Rule 7: maintenance, and what people do about an incident; and that the reason which an event gives is what happened.
class HandlingTest {
    @Test
    void maintenanceHidesAnIncidentFromThoseNotToldAndItsEndShowsIt() {
        var world = World.of("us").maintenance(0, 300).rounds(0, 30, UP).rounds(30, 60, DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN");
        assertThat(world.events.getFirst().incident().context().suppressedBy())
                .isEqualTo("maintenance:upgrade");
        world.rounds(60, 310, DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN", "UNSUPPRESSED DOWN");
        var shown = world.events.getLast().incident();
        assertThat(shown.context().suppressedBy()).isNull();
        assertThat(shown.times().startedAt()).isEqualTo(World.START.plusSeconds(30));
        world.rounds(310, 360, UP);
        assertThat(world.told()).endsWith("CLOSED DOWN");
    }

    /// Nobody is to be rung for that.
    @Test
    void whatReopensInMaintenanceIsHiddenToo() {
        var world = failing().rounds(60, 110, UP);
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
        world.maintenance(115, 900).rounds(120, 160, DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN", "REOPENED DOWN");
        assertThat(world.incident().context().suppressedBy()).isEqualTo("maintenance:upgrade");
    }

    @Test
    void maintenanceThatBeginsUnderAnOpenIncidentIsSaidAndTheCloseIsRecorded() {
        var world = World.of("us").maintenance(100, 900).rounds(0, 30, UP).rounds(30, 130, DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN", "SUPPRESSED DOWN");
        world.rounds(130, 180, UP);
        assertThat(world.told()).containsExactly("OPENED DOWN", "SUPPRESSED DOWN", "CLOSED DOWN");
    }

    @Test
    void whatIsAboutToCloseWhenMaintenanceEndsRaisesNoAlarm() {
        var world =
                World.of("us")
                        .maintenance(0, 75)
                        .rounds(0, 30, UP)
                        .rounds(30, 60, DOWN)
                        .rounds(60, 120, UP);
        assertThat(world.told()).containsExactly("OPENED DOWN", "CLOSED DOWN");
    }

    @Test
    void maintenanceOfOneRegionDoesNotExplainAnother() {
        var window =
                new Window(
                        "w", Set.of("us"), Schedule.once(World.START, World.START.plusSeconds(10)));
        assertThat(window.explains(Set.of("us"), World.START)).isTrue();
        assertThat(window.explains(Set.of("us", "eu"), World.START)).isFalse();
        assertThat(window.explains(Set.of("us"), World.START.plusSeconds(10))).isFalse();
    }

    private static World failing() {
        return World.of("us").rounds(0, 30, UP).rounds(30, 60, DOWN);
    }

    @Test
    void anAcknowledgementIsToldAndChangesNothingThatIsMeasured() {
        var world = failing().command(61, "c1", Command.Kind.ACK, 0);
        assertThat(world.told()).containsExactly("OPENED DOWN", "ACKNOWLEDGED DOWN");
        var acknowledged = world.events.getLast();
        assertThat(acknowledged.incident().context().handling().acknowledgedBy()).isEqualTo("ana");
        assertThat(acknowledged.reason()).isEqualTo("acknowledged by ana: on it");
        assertThat(acknowledged.answered()).extracting(Command::id).isEqualTo("c1");
        world.rounds(70, 130, UP);
        assertThat(world.told()).endsWith("CLOSED DOWN");
    }

    @Test
    void whoSaysTheSameAgainIsToldSoAndNobodyElseIs() {
        var world = failing().command(61, "c1", Command.Kind.ACK, 0);
        assertThatThrownBy(() -> world.command(62, "c2", Command.Kind.ACK, 0))
                .hasMessage("it is acknowledged by ana already");
        world.command(63, "c3", Command.Kind.UNACK, 0);
        assertThatThrownBy(() -> world.command(64, "c4", Command.Kind.UNACK, 0))
                .hasMessage("nobody has acknowledged it");
        assertThat(world.told())
                .containsExactly("OPENED DOWN", "ACKNOWLEDGED DOWN", "UNACKNOWLEDGED DOWN");
    }

    @Test
    void theSameCommandAgainChangesNothing() {
        var world =
                failing()
                        .command(61, "c1", Command.Kind.ACK, 0)
                        .command(62, "c2", Command.Kind.UNACK, 0)
                        .command(63, "c1", Command.Kind.ACK, 0);
        assertThat(world.told())
                .containsExactly("OPENED DOWN", "ACKNOWLEDGED DOWN", "UNACKNOWLEDGED DOWN");
    }

    @Test
    void afterASnoozeWhatStillFailsIsToldToAll() {
        var world = failing().command(61, "c1", Command.Kind.SNOOZE, 100);
        assertThat(world.events.getLast().incident().context().suppressedBy())
                .isEqualTo("snooze:ana");
        world.rounds(70, 110, DOWN);
        assertThat(world.told())
                .containsExactly("OPENED DOWN", "SNOOZED DOWN", "UNSUPPRESSED DOWN");
        assertThat(world.events.getLast().reason())
                .startsWith("snooze:ana is over, and it still fails: DOWN");
    }

    @Test
    void whatIsNotHeardAnyMoreIsNotSaidToFail() {
        var world = World.of("us", "eu").maintenance(0, 300).rounds(0, 30, UP);
        for (int second = 30; second < 310; second += 10) {
            world.tick(second);
        }
        assertThat(world.told()).containsExactly("OPENED NO_DATA", "UNSUPPRESSED NO_DATA");
        assertThat(world.events.getLast().reason())
                .startsWith("maintenance:upgrade explains it no longer, and it is still open: ");
    }

    @Test
    void aHoldThatRunsOutExplainedNothing() {
        var world = World.of("us").dependsOn("dns").rounds(0, 30, UP).rounds(30, 80, DOWN);
        assertThat(world.told()).containsExactly("OPENED DOWN", "UNSUPPRESSED DOWN");
        assertThat(world.events.getLast().reason())
                .startsWith("nothing that it depends on explains it, and it still fails");
    }

    @Test
    void whatIsRemovedFlapsNoMore() {
        var world = World.of("us").rounds(0, 30, UP);
        int second = world.flaps(30);
        assertThat(world.incident().flapping()).isTrue();
        world.apply(new Input.Removed(at(second)));
        assertThat(world.events.getLast().resolution()).isEqualTo("config_removed");
        assertThat(world.events.getLast().incident().flapping()).isFalse();
    }

    @Test
    void theEndOfASnoozeIsFoundByTimeAlone() {
        var world = failing().command(61, "c1", Command.Kind.SNOOZE, 75);
        world.tick(75);
        assertThat(world.told()).endsWith("UNSUPPRESSED DOWN");
    }

    @Test
    void aRecoveryIsNotSwallowedByASnooze() {
        var world = failing().command(61, "c1", Command.Kind.SNOOZE, 9000).rounds(70, 130, UP);
        assertThat(world.told()).containsExactly("OPENED DOWN", "SNOOZED DOWN", "CLOSED DOWN");
    }

    @Test
    void whoeverHandledItBeforeItReopenedIsAskedAgain() {
        var world =
                failing()
                        .command(61, "c1", Command.Kind.ACK, 0)
                        .rounds(70, 130, UP)
                        .rounds(130, 160, DOWN);
        assertThat(world.told()).endsWith("CLOSED DOWN", "REOPENED DOWN");
        assertThat(world.events.getLast().incident().context().handling().acknowledgedBy())
                .isNull();
    }

    @Test
    void whatStillFailsCannotBeClosedByHand() {
        var world = failing();
        assertThatThrownBy(() -> world.command(61, "c1", Command.Kind.CLOSE, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("still fails in us");
    }

    @Test
    void whatARegionLeftOpenThatIsNotHeardAnyMoreCanBeClosedByHand() {
        var world = World.of("us", "eu", "ap");
        for (int second = 0; second < 200; second += 10) {
            world.vote(second, "us", UP).vote(second, "eu", UP).vote(second, "ap", DOWN);
            world.tick(second);
        }
        for (int second = 200; second < 300; second += 10) {
            world.vote(second, "us", UP).vote(second, "eu", UP).tick(second);
        }
        assertThat(world.told()).containsExactly("OPENED PARTIAL", "UPDATED PARTIAL");
        world.command(301, "c1", Command.Kind.CLOSE, 0);
        assertThat(world.events.getLast().resolution()).isEqualTo("closed_by_hand");
        for (int second = 310; second < 600; second += 10) {
            world.vote(second, "us", UP).vote(second, "eu", UP).tick(second);
        }
        assertThat(world.told()).endsWith("CLOSED PARTIAL");
    }

    @Test
    void whatWouldOpenAgainForWantOfDataCannotBeClosedByHand() {
        var world = failing().tick(95);
        assertThatThrownBy(() -> world.command(96, "c1", Command.Kind.CLOSE, 0))
                .hasMessageContaining("too few regions are heard");
    }

    @Test
    void aClosedIncidentTakesNotesAlone() {
        var world = failing().rounds(60, 120, UP).command(121, "c1", Command.Kind.ANNOTATE, 0);
        assertThat(world.told()).endsWith("CLOSED DOWN", "ANNOTATED DOWN");
        assertThatThrownBy(() -> world.command(122, "c2", Command.Kind.ACK, 0))
                .hasMessageContaining("is closed");
    }

    @Test
    void aSnoozeThatIsOverBeforeItBeginsIsRefused() {
        var world = failing();
        assertThatThrownBy(() -> world.command(61, "c1", Command.Kind.SNOOZE, 61))
                .hasMessageContaining("needs an end that is to come");
        assertThatThrownBy(() -> world.command(61, "c2", Command.Kind.SNOOZE, 0))
                .hasMessageContaining("needs an end that is to come");
    }

    @Test
    void maintenanceThatExplainsNotAllOfItAnyMoreIsNotSaidToBeOver() {
        var world = World.of("us", "eu", "ap");
        var of = new Window("us-work", Set.of("us"), Schedule.once(World.START, at(9000)));
        var near = world.policy.near();
        world.policy =
                world.policy.under(
                        world.policy.around(),
                        new Near(List.of(of), near.parents(), near.reports()));
        world.rounds(0, 30, UP);
        world.fails(30, 120, "us");
        assertThat(world.told()).containsExactly("OPENED PARTIAL");
        assertThat(world.events.getLast().incident().context().suppressedBy())
                .isEqualTo("maintenance:us-work");
        world.fails(120, 150, "us", "eu");
        assertThat(world.events)
                .filteredOn(event -> event.type() == EventType.UNSUPPRESSED)
                .singleElement()
                .satisfies(event ->
                        assertThat(event.reason())
                                .startsWith("maintenance:us-work explains it no longer"));
    }

    @Test
    void aRegionThatIsTakenAwayIsNotSaidToPassAgain() {
        var world = World.of("us", "eu", "ap").rounds(0, 30, UP);
        world.fails(30, 120, "ap");
        assertThat(world.told()).containsExactly("OPENED PARTIAL");
        world.policy = World.of("us", "eu").policy;
        world.rounds(120, 170, UP);
        assertThat(world.events)
                .extracting(Event::reason)
                .anySatisfy(reason -> assertThat(reason).contains("not measured any more in ap"));
        var closed = world.events.getLast();
        assertThat(closed.type()).isEqualTo(EventType.CLOSED);
        assertThat(closed.reason()).isEqualTo("no region that failed is measured any more");
        assertThat(closed.resolution()).isEqualTo("config_removed");
    }

    @Test
    void dataThatComeAgainAreNoRegionThatPassesAgain() {
        var world = World.of("us", "eu").rounds(0, 30, UP);
        for (int second = 30; second < 200; second += 10) {
            world.tick(second);
        }
        assertThat(world.told()).containsExactly("OPENED NO_DATA");
        world.rounds(200, 260, UP);
        var closed = world.events.getLast();
        assertThat(closed.type()).isEqualTo(EventType.CLOSED);
        assertThat(closed.reason()).isEqualTo("enough regions are heard again");
        assertThat(closed.resolution()).isEqualTo("recovered");
    }

    @Test
    void whatIsClosedByHandFlapsNoMore() {
        var world = World.of("us").rounds(0, 30, UP);
        int second = world.flaps(30);
        assertThat(world.incident().flapping()).isTrue();
        world.command(second, "c1", Command.Kind.CLOSE, 0);
        var closed = world.events.getLast();
        assertThat(closed.resolution()).isEqualTo("closed_by_hand");
        assertThat(closed.incident().flapping()).isFalse();
    }

    private static Instant at(int second) {
        return World.START.plusSeconds(second);
    }
}
