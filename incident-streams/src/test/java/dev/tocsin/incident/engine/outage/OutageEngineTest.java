package dev.tocsin.incident.engine.outage;

import static dev.tocsin.incident.engine.outage.Children.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Severity;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutageEngineTest {
    private final Hall hall = new Hall();

    @Test
    void rule8TwoChecksAtOnceAreAnOutageThatGrowsAndEndsWithTheLast() {
        hall.hear(15, fails("mail", 10));
        assertThat(hall.told).isEmpty();
        hall.hear(20, fails("store", 18));
        hall.hear(30, fails("calls", 28));
        hall.hear(60, fails("store", 18).closes(55)).hear(70, fails("mail", 10).closes(65));
        assertThat(hall.types()).containsExactly("OPENED 1", "UPDATED 2", "UPDATED 3", "UPDATED 4");
        hall.hear(80, fails("calls", 28).closes(64));
        assertThat(hall.types()).endsWith("CLOSED 5");
        assertThat(hall.reasons())
                .containsExactly(
                        "failing at once: mail, store",
                        "also failing: calls",
                        "recovered: store",
                        "recovered: mail",
                        "all of it has recovered: mail, store, calls");
        assertThat(hall.joined).containsExactly("mail", "store", "calls");
        var first = hall.told.getFirst();
        assertThat(first.outage().span().startedAt()).isEqualTo(Hall.at(10));
        assertThat(first.outage().span().openedAt()).isEqualTo(Hall.at(20));
        assertThat(first.at()).isEqualTo(Hall.at(20));
        assertThat(first.outage().traceparent()).isEqualTo("trace-store");
        assertThat(first.outage().past().in7Days()).isEqualTo(1);
        assertThat(first.regions()).isEqualTo(fails("mail", 10).child().regions());
        var last = hall.last();
        assertThat(last.outage().joined()).isEqualTo(3);
        assertThat(last.sums().children()).hasSize(3).noneMatch(Child::open);
        assertThat(last.outage().span().endedAt()).isEqualTo(Hall.at(65));
        assertThat(last.outage().span().closedAt()).isEqualTo(Hall.at(80));
        assertThat(last.outage().span().failed(last.at())).isEqualTo(Duration.ofSeconds(55));
        assertThat(hall.told.stream().map(t -> t.outage().id()).distinct()).hasSize(1);
        assertThat(hall.told.stream().map(OutageEngine.Told::id).distinct()).hasSize(5);
    }

    @Test
    void rule8IncidentsThatDoNotOverlapAreNoneAndNothingIsKeptOfThem() {
        hall.hear(10, fails("mail", 10)).hear(50, fails("mail", 10).closes(45));
        hall.hear(60, fails("store", 60)).hear(100, fails("store", 60).closes(95));
        assertThat(hall.told).isEmpty();
        assertThat(hall.joined).isEmpty();
        assertThat(hall.members).isEmpty();
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
    void rule8TheSameAgainChangesNothing() {
        hall.hear(10, fails("mail", 10)).hear(20, fails("store", 20));
        var group = hall.group;
        hall.hear(25, fails("store", 20)).hear(26, fails("mail", 10)).tick(30);
        assertThat(hall.types()).containsExactly("OPENED 1");
        assertThat(hall.group).isSameAs(group);
    }

    @Test
    void rule8TwoIncidentsOfOneCheckAreNoOutage() {
        hall.hear(10, fails("mail", 10));
        hall.hear(20, fails("mail", 20).named("mail-2", "mail", "mail", java.util.Map.of()));
        assertThat(hall.told).isEmpty();
    }

    private void twoFrom(int second) {
        hall.hear(second, fails("mail", second)).hear(second + 1, fails("store", second + 1));
    }

    private void bothClose(int began, int second) {
        hall.hear(second, fails("mail", began).closes(second - 5));
        hall.hear(second, fails("store", began + 1).closes(second - 4));
    }

    @Test
    void rule8ASoonOneReopensAndCarriesBothTimes() {
        twoFrom(10);
        bothClose(10, 60);
        twoFrom(656);
        assertThat(hall.types()).containsExactly("OPENED 1", "UPDATED 2", "CLOSED 3", "REOPENED 4");
        assertThat(hall.last().reason()).isEqualTo("failing at once: mail, store again");
        var span = hall.last().outage().span();
        assertThat(span.startedAt()).isEqualTo(Hall.at(10));
        assertThat(span.openedAt()).isEqualTo(Hall.at(11));
        assertThat(span.since()).isEqualTo(Hall.at(656));
        assertThat(span.endedAt()).isNull();
        assertThat(span.failed(Hall.at(661))).isEqualTo(Duration.ofSeconds(46 + 5));
        assertThat(hall.last().outage().joined()).isEqualTo(2);
        assertThat(hall.joined).containsExactly("mail", "store", "mail", "store");
        bothClose(656, 700);
        assertThat(hall.last().outage().span().endedAt()).isEqualTo(Hall.at(696));
        assertThat(hall.last().outage().span().failed(Hall.at(9000)))
                .isEqualTo(Duration.ofSeconds(46 + 40));
    }

    @Test
    void rule8ALaterOneIsTheSecondAndCountsOnlyItsOwn() {
        twoFrom(10);
        hall.hear(12, fails("chat", 12)).hear(13, fails("chat", 12).closes(12));
        bothClose(10, 60);
        twoFrom(661); // 601 s and 602 s after the close
        assertThat(hall.last().type()).isEqualTo(EventType.OPENED);
        assertThat(hall.last().outage().past().in30Days()).isEqualTo(2);
        assertThat(hall.last().outage().past().previousId())
                .isEqualTo(hall.told.getFirst().outage().id());
        assertThat(hall.last().outage().id()).isNotEqualTo(hall.told.getFirst().outage().id());
        assertThat(hall.last().outage().joined()).isEqualTo(2);
        assertThat(hall.last().sums().services().first(9)).containsExactly("mail", "store");
        assertThat(hall.group.forgets(hall.members.get("chat-1"), Hall.at(662))).isTrue();
        assertThat(hall.group.forgets(hall.members.get("mail-1"), Hall.at(662))).isFalse();
    }

    @Test
    void rule8WhatWasPartOfItIsRememberedAsLongAsItMayReopen() {
        twoFrom(10);
        bothClose(10, 60);
        assertThat(hall.forget(660).members).hasSize(2);
        assertThat(hall.forget(660.001).members).isEmpty();
        assertThat(hall.group.sums()).isEqualTo(Sums.NONE);
        assertThat(hall.group.outage()).isNotNull();
    }

    @Test
    void rule8WhoReopensAfterItHasClosedIsAloneUntilAnotherFails() {
        twoFrom(10);
        bothClose(10, 60);
        hall.hear(70, fails("mail", 70)).hear(71, fails("mail", 70).closes(70));
        hall.hear(80, fails("mail", 80));
        assertThat(hall.types()).endsWith("CLOSED 3");
        assertThat(hall.joined).containsExactly("mail", "store");
        hall.hear(90, fails("chat", 88));
        assertThat(hall.types()).endsWith("REOPENED 4");
        assertThat(hall.joined).containsExactly("mail", "store", "mail", "chat");
        assertThat(hall.last().outage().joined()).isEqualTo(3);
        assertThat(hall.last().outage().span().since()).isEqualTo(Hall.at(80));
        assertThat(hall.last().sums().open()).isEqualTo(2);
    }

    @Test
    void rule8WhatChangesInAMemberAndWhereIsSaid() {
        twoFrom(10);
        var wide = fails("mail", 10).in("eu", Standing.FAILING);
        hall.hear(30, wide);
        assertThat(hall.last().reason()).isEqualTo("also in eu");
        hall.hear(40, wide.severity(Severity.CRITICAL));
        assertThat(hall.last().reason()).isEqualTo("mail is now DOWN, CRITICAL; now CRITICAL");
        hall.hear(50, fails("mail", 10).kind(Kind.PARTIAL).severity(Severity.WARNING));
        assertThat(hall.last().reason())
                .isEqualTo("mail is now PARTIAL, WARNING; no longer in eu; now ERROR");
        assertThat(hall.last().regions()).containsEntry("eu", Standing.PASSING);
        hall.hear(
                60,
                fails("mail", 10)
                        .in("asia", Standing.SILENT)
                        .kind(Kind.PARTIAL)
                        .severity(Severity.WARNING));
        assertThat(hall.types()).hasSize(4);
    }

    @Test
    void rule8UpdatesComeOnceASecondAndNoneIsLostInSum() {
        twoFrom(10);
        for (int i = 0; i < 40; i++) {
            hall.hear(11.1 + i / 20.0, fails("check" + i, 11));
        }
        hall.hear(13.11, fails("check0", 11).closes(12));
        assertThat(hall.told.stream().map(t -> t.at().toString().substring(17)).toList())
                .containsExactly("11Z", "12Z", "13Z");
        assertThat(hall.reasons().get(1))
                .isEqualTo("also failing: check0, check1, check2, check3, check4 and 14 more");
        assertThat(hall.group.pending()).isTrue();
        hall.tick(13.9);
        assertThat(hall.told).hasSize(3);
        hall.tick(14);
        assertThat(hall.group.pending()).isFalse();
        assertThat(hall.last().reason()).isEqualTo("also failing: check39; recovered: check0");
        assertThat(hall.last().outage().joined()).isEqualTo(42);
        assertThat(hall.last().sums().open()).isEqualTo(41);
        hall.tick(16);
        assertThat(hall.told).hasSize(4);
        assertThat(hall.told.stream().map(t -> t.outage().seq())).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void rule8WhatCameAndWentBetweenTwoUpdatesIsNotSaidOfTheWhole() {
        twoFrom(10);
        hall.hear(11.2, fails("mail", 10).severity(Severity.CRITICAL).in("eu", Standing.FAILING));
        assertThat(hall.told).hasSize(1);
        hall.hear(11.4, fails("mail", 10)).tick(13);
        assertThat(hall.last().reason())
                .isEqualTo("mail is now DOWN, CRITICAL, mail is now DOWN, ERROR");
        assertThat(hall.last().outage().worst().severity()).isEqualTo(Severity.CRITICAL);
        assertThat(hall.last().outage().told().severity()).isEqualTo(Severity.ERROR);
    }

    @Test
    void rule8ACloseIsToldAtOnceAndNothingIsPendingAfterIt() {
        twoFrom(10);
        hall.hear(11.1, fails("chat", 11)).hear(11.2, fails("chat", 11).closes(11));
        hall.hear(11.3, fails("mail", 10).closes(11)).hear(11.4, fails("store", 11).closes(11));
        assertThat(hall.types()).containsExactly("OPENED 1", "CLOSED 2");
        assertThat(hall.last().reason()).isEqualTo("all of it has recovered: mail, store, chat");
        assertThat(hall.tick(20).types()).hasSize(2);
        assertThat(hall.group.head().pending()).isEqualTo(Pending.NOTHING);
    }

    @Test
    void rule8WhoFlapsAndPassesEverywhereOpensNoneAndIsNoPartOfOne() {
        hall.hear(10, fails("chat", 10).flaps().passes());
        hall.hear(1000, fails("mail", 990));
        assertThat(hall.told).isEmpty();
        hall.hear(1022, fails("store", 1020));
        assertThat(hall.last().outage().span().startedAt()).isEqualTo(Hall.at(990));
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
        assertThat(hall.last().outage().span().endedAt()).isEqualTo(Hall.at(35));
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
    void rule8TheClockIsThatOfWhatWasMeasuredAndNeverGoesBack() {
        hall.hear(10, fails("mail", 10)).hear(8, fails("store", 7));
        assertThat(hall.last().at()).isEqualTo(Hall.at(10));
        assertThat(hall.last().outage().span().openedAt()).isEqualTo(Hall.at(10));
        hall.hear(9, fails("chat", 9));
        hall.tick(10.9);
        assertThat(hall.told).hasSize(1);
        hall.hear(11, fails("calls", 9)).hear(5, fails("maps", 9)).tick(3);
        assertThat(hall.last().at()).isEqualTo(Hall.at(11));
        assertThat(hall.told).hasSize(2);
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
                            default -> child.in("eu", Standing.values()[random.nextInt(6)]);
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
}
