package dev.tocsin.incident.engine.outage;

import static dev.tocsin.incident.engine.outage.Children.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Kind;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Rule 8: who opens an outage, and who keeps it open.
class MembershipTest {
    private static final List<Standing> STANDINGS = List.of(Standing.values());

    private final Hall hall = new Hall();

    private void twoFrom(int second) {
        hall.hear(second, fails("mail", second)).hear(second + 1, fails("store", second + 1));
    }

    private void bothClose(int began, int second) {
        hall.hear(second, fails("mail", began).closes(second - 5));
        hall.hear(second, fails("store", began + 1).closes(second - 4));
    }

    @Test
    void rule8SilenceAndWhatWasAnnouncedOpenNone() {
        hall.hear(10, fails("mail", 10).kind(Kind.NO_DATA));
        hall.hear(20, fails("store", 20).kind(Kind.NO_DATA));
        hall.hear(25, fails("chat", 20).suppressed(true));
        hall.hear(30, fails("calls", 30));
        assertThat(hall.told).isEmpty();
        hall.hear(31, fails("chat", 20).suppressed(false));
        assertThat(hall.types()).containsExactly("OPENED 1");
        assertThat(hall.last().outage().joined()).isEqualTo(2);
    }

    @Test
    void rule8ADegradedCheckFailsWhereItIsDegradedAndAnotherDoesNot() {
        var slow = fails("mail", 10).in("us", Standing.DEGRADED);
        hall.hear(10, slow).hear(11, fails("store", 11));
        assertThat(hall.told).isEmpty();
        hall.hear(12, slow.kind(Kind.DEGRADED));
        assertThat(hall.types()).containsExactly("OPENED 1");
        assertThat(hall.last().outage().told().failing()).containsExactly("us");
    }

    @Test
    void rule8TwoIncidentsOfOneCheckAreNoOutage() {
        hall.hear(10, fails("mail", 10));
        hall.hear(20, fails("mail", 20).named("mail-2", "mail", "mail", Map.of()));
        assertThat(hall.told).isEmpty();
    }

    @Test
    void rule8WhoFlapsAndPassesEverywhereOpensNoneAndIsNoPartOfOne() {
        hall.hear(10, fails("chat", 10).flaps().passes());
        hall.hear(1000, fails("mail", 990));
        assertThat(hall.told).isEmpty();
        hall.hear(1022, fails("store", 1020));
        assertThat(hall.last().outage().times().startedAt()).isEqualTo(Hall.at(990));
        assertThat(hall.last().outage().joined()).isEqualTo(2);
        assertThat(hall.joined).containsExactly("mail", "store");
        bothClose(990, 1100);
        assertThat(hall.last().type()).isEqualTo(EventType.CLOSED);
    }

    @Test
    void rule8WhoFlapsKeepsNoneOpenOnceItPassesEverywhere() {
        twoFrom(10);
        hall.hear(20, fails("mail", 10).flaps());
        assertThat(hall.types()).hasSize(1);
        hall.hear(30, fails("mail", 10).flaps().passes());
        assertThat(hall.last().reason()).isEqualTo("passing, but flapping: mail");
        assertThat(hall.last().sums().open()).isEqualTo(2);
        hall.hear(40, fails("store", 11).closes(35));
        assertThat(hall.last().type()).isEqualTo(EventType.CLOSED);
        assertThat(hall.last().reason())
                .isEqualTo(
                        "all of it has recovered: mail, store; 1 still open, flapping or explained otherwise");
        assertThat(hall.last().outage().times().endedAt()).isEqualTo(Hall.at(35));
        hall.hear(50, fails("mail", 10).flaps());
        assertThat(hall.told).hasSize(3);
    }

    @Test
    void rule8WhoFlapsAndFailsAgainIsBackInIt() {
        twoFrom(10);
        hall.hear(20, fails("mail", 10).flaps().passes());
        hall.hear(30, fails("mail", 10).flaps());
        assertThat(hall.last().reason()).isEqualTo("also failing: mail");
        assertThat(hall.last().outage().joined()).isEqualTo(2);
        assertThat(hall.joined).containsExactly("mail", "store", "mail");
        hall.hear(40, fails("mail", 10).flaps().passes());
        hall.hear(50, fails("mail", 10).closes(38));
        assertThat(hall.last().reason()).isEqualTo("recovered: mail");
    }

    @Test
    void rule8WhoPassesAndWaitsForItsCloseOpensNoneButKeepsItsOwnOpen() {
        hall.hear(5, fails("chat", 4).passes());
        hall.hear(10, fails("mail", 10));
        assertThat(hall.told).isEmpty();
        hall.hear(11, fails("store", 11));
        hall.hear(20, fails("mail", 10).passes()).hear(30, fails("store", 11).passes());
        assertThat(hall.last().type()).isEqualTo(EventType.UPDATED);
        assertThat(hall.last().reason()).isEqualTo("no longer in us");
        assertThat(hall.last().outage().told().global()).isFalse();
        hall.hear(35, fails("mail", 10).closes(18)).hear(40, fails("store", 11).closes(28));
        assertThat(hall.last().type()).isEqualTo(EventType.CLOSED);
    }

    @Test
    void rule8WhatIsExplainedLaterStaysUntilItCloses() {
        twoFrom(10);
        hall.hear(20, fails("mail", 10).suppressed(true));
        hall.hear(30, fails("store", 11).closes(25));
        assertThat(hall.last().type()).isEqualTo(EventType.UPDATED);
        hall.hear(40, fails("mail", 10).closes(38));
        assertThat(hall.last().type()).isEqualTo(EventType.CLOSED);
    }

    @Test
    void whateverHappensTheSumsAreThoseOfTheMembers() {
        for (int seed = 0; seed < 200; seed++) {
            var random = new Random(seed);
            var world = new Hall();
            for (int second = 10; second < 2000; second += 1 + random.nextInt(40)) {
                var child = fails("check" + random.nextInt(5), second);
                world.hear(
                        second,
                        switch (random.nextInt(6)) {
                            case 0 -> child.closes(second);
                            case 1 -> child.flaps();
                            case 2 -> child.flaps().passes();
                            case 3 -> child.passes().in("eu", Standing.SILENT);
                            case 4 -> child.suppressed(true);
                            default -> child.in("eu", STANDINGS.get(random.nextInt(6)));
                        });
                world.tick(second + random.nextDouble());
                if (random.nextInt(20) == 0) {
                    world.forget(second);
                }
            }
            assertThat(world.told.stream().filter(t -> t.type() == EventType.CLOSED).toList())
                    .allMatch(closed -> closed.sums().checks().size() == 0);
            var seqs = List.copyOf(world.told.stream().map(OutageEngine.Told::id).toList());
            assertThat(seqs).doesNotHaveDuplicates();
        }
    }

    @Test
    void whatWasRemovedHasNotRecovered() {
        twoFrom(10);
        hall.hear(100, fails("mail", 10).closed("config_removed", 100));
        assertThat(hall.reasons()).last().asString().contains("mail was removed");
        hall.hear(200, fails("store", 11).closed("closed_by_hand", 200));
        var closed = hall.last();
        assertThat(closed.type()).isEqualTo(EventType.CLOSED);
        assertThat(closed.reason())
                .startsWith(
                        "nothing of it fails any more, 2 of 2 closed for another reason than a recovery: mail, store");
        assertThat(closed.outage().resolution()).isEqualTo("closed_by_hand");
    }

    @Test
    void whereOneRecoversTheOutageHasRecovered() {
        twoFrom(10);
        hall.hear(100, fails("mail", 10).closed("config_removed", 100));
        hall.hear(200, fails("store", 11).closes(195));
        assertThat(hall.last().reason()).contains("1 of 2 closed for another reason");
        assertThat(hall.last().outage().resolution()).isEqualTo("recovered");
        twoFrom(300);
        assertThat(hall.last().type()).isEqualTo(EventType.REOPENED);
        assertThat(hall.last().outage().resolution()).isNull();
        bothClose(300, 400);
        assertThat(hall.last().reason()).startsWith("all of it has recovered");
    }

    @Test
    void whoWasClosedByHandAndFailsAgainRecoversAfterAll() {
        twoFrom(10);
        hall.hear(100, fails("mail", 10).closed("closed_by_hand", 100));
        assertThat(hall.reasons()).last().asString().contains("mail was closed by hand");
        hall.hear(150, fails("mail", 150));
        bothClose(150, 300);
        assertThat(hall.last().type()).isEqualTo(EventType.CLOSED);
        assertThat(hall.last().reason()).startsWith("all of it has recovered");
        assertThat(hall.last().outage().resolution()).isEqualTo("recovered");
        assertThat(hall.last().regions()).containsEntry("us", Standing.PASSING);
    }

    @Test
    void nobodyKnowsHowItIsWhereSomethingWasRemoved() {
        hall.hear(10, fails("mail", 10));
        hall.hear(11, fails("store", 11).in("us", Standing.PASSING).in("eu", Standing.FAILING));
        hall.hear(100, fails("mail", 10).closed("config_removed", 100));
        var store = fails("store", 11).in("us", Standing.PASSING).in("eu", Standing.FAILING);
        hall.hear(200, store.closed("config_removed", 200));
        assertThat(hall.last().regions())
                .containsEntry("eu", Standing.UNKNOWN)
                .containsEntry("us", Standing.PASSING); // the last one to be heard saw it pass
        assertThat(hall.last().outage().resolution()).isEqualTo("config_removed");
    }

    @Test
    void rule8WhoseRecoveryIsUnderWayOpensNoneAndReopensNone() {
        hall.hear(10, fails("mail", 10)).hear(40, fails("mail", 10).recovers());
        hall.hear(55, fails("store", 55));
        assertThat(hall.told).isEmpty();
        assertThat(hall.alone).containsExactly("mail", "store");
        hall.hear(60, fails("mail", 10));
        assertThat(hall.reasons()).containsExactly("failing at once: mail, store");
        hall.hear(80, fails("mail", 10).closes(70)).hear(81, fails("store", 55).closes(75));
        hall.hear(100, fails("mail", 100)).hear(130, fails("mail", 100).recovers());
        hall.hear(150, fails("store", 150));
        assertThat(hall.last().type()).isEqualTo(EventType.CLOSED);
        hall.hear(152, fails("mail", 100).closes(125));
        assertThat(hall.last().type()).isEqualTo(EventType.CLOSED);
    }

    @Test
    void rule8ARecoveryThatIsUnderWayChangesNothingOfAnOutageThatIsOpen() {
        twoFrom(10);
        hall.hear(40, fails("mail", 10).recovers()).hear(41, fails("store", 11).recovers());
        hall.tick(45);
        assertThat(hall.types()).containsExactly("OPENED 1");
        bothClose(10, 60);
        assertThat(hall.last().type()).isEqualTo(EventType.CLOSED);
    }

    @Test
    void rule8WhoFlapsAndIsHeardNowhereIsNotSaidToPass() {
        twoFrom(10);
        hall.hear(20, fails("mail", 10).flaps());
        var silent = fails("mail", 10).in("us", Standing.SILENT).in("eu", Standing.UNKNOWN);
        hall.hear(30, silent.flaps()).hear(40, fails("store", 11).closes(35)).tick(50);
        assertThat(hall.reasons()).noneMatch(reason -> reason.contains("passing"));
        assertThat(hall.last().type()).isEqualTo(EventType.UPDATED);
        hall.hear(60, fails("mail", 10).passes().flaps());
        assertThat(hall.last().type()).isEqualTo(EventType.CLOSED);
    }

    @Test
    void whoJoinsAndIsQuietWithinASecondIsNotSaidToFail() {
        twoFrom(10);
        hall.hear(11.2, fails("chat", 11).flaps()).hear(11.4, fails("chat", 11).flaps().passes());
        hall.tick(13);
        assertThat(hall.last().reason()).isEqualTo("passing, but flapping: chat");
    }
}
