package dev.tocsin.incident.engine.outage;

import static dev.tocsin.incident.engine.outage.Children.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.EventType;
import java.time.Duration;
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
        assertThat(first.outage().times().startedAt()).isEqualTo(Hall.at(10));
        assertThat(first.outage().times().openedAt()).isEqualTo(Hall.at(20));
        assertThat(first.at()).isEqualTo(Hall.at(20));
        assertThat(first.outage().traceparent()).isEqualTo("trace-store");
        assertThat(first.outage().past().in7Days()).isEqualTo(1);
        assertThat(first.regions()).isEqualTo(fails("mail", 10).child().regions());
        var last = hall.last();
        assertThat(last.outage().joined()).isEqualTo(3);
        assertThat(last.sums().children()).hasSize(3).noneMatch(Child::open);
        assertThat(last.outage().times().endedAt()).isEqualTo(Hall.at(65));
        assertThat(last.outage().times().closedAt()).isEqualTo(Hall.at(80));
        assertThat(last.outage().times().failedFor(last.at())).isEqualTo(Duration.ofSeconds(55));
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
    void rule8TheSameAgainChangesNothing() {
        hall.hear(10, fails("mail", 10)).hear(20, fails("store", 20));
        var group = hall.group;
        hall.hear(25, fails("store", 20)).hear(26, fails("mail", 10)).tick(30);
        assertThat(hall.types()).containsExactly("OPENED 1");
        assertThat(hall.group).isSameAs(group);
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
        var span = hall.last().outage().times();
        assertThat(span.startedAt()).isEqualTo(Hall.at(10));
        assertThat(span.openedAt()).isEqualTo(Hall.at(11));
        assertThat(span.failingSince()).isEqualTo(Hall.at(656));
        assertThat(span.endedAt()).isNull();
        assertThat(span.failedFor(Hall.at(661))).isEqualTo(Duration.ofSeconds(46 + 5));
        assertThat(hall.last().outage().joined()).isEqualTo(2);
        assertThat(hall.joined).containsExactly("mail", "store", "mail", "store");
        bothClose(656, 700);
        assertThat(hall.last().outage().times().endedAt()).isEqualTo(Hall.at(696));
        assertThat(hall.last().outage().times().failedFor(Hall.at(9000)))
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
        assertThat(hall.group.forgets(hall.member("chat"), Hall.at(662))).isTrue();
        assertThat(hall.group.forgets(hall.member("mail"), Hall.at(662))).isFalse();
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
        assertThat(hall.last().outage().times().failingSince()).isEqualTo(Hall.at(80));
        assertThat(hall.last().sums().open()).isEqualTo(2);
    }

    @Test
    void rule8WhatWasHiddenForHoursReopensNothing() {
        var hall = new Hall();
        hall.hear(10, fails("a", 0)).hear(11, fails("b", 0));
        hall.hear(100, fails("a", 0).closes(90)).hear(101, fails("b", 0).closes(90));
        hall.hear(310, fails("c", 300).suppressed(true));
        hall.forget(5000).tick(5000);
        hall.hear(14000, fails("d", 13990));
        hall.hear(14400, fails("c", 300).suppressed(false));
        assertThat(hall.types().getLast()).startsWith("OPENED");
    }
}
