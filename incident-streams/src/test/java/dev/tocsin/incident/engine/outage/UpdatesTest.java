package dev.tocsin.incident.engine.outage;

import static dev.tocsin.incident.engine.outage.Children.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Severity;
import org.junit.jupiter.api.Test;

/// Rule 8: how often an outage is told, and what.
class UpdatesTest {
    private final Hall hall = new Hall();

    private void twoFrom(int second) {
        hall.hear(second, fails("mail", second)).hear(second + 1, fails("store", second + 1));
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
    void rule8TheClockIsThatOfWhatWasMeasuredAndNeverGoesBack() {
        hall.hear(10, fails("mail", 10)).hear(8, fails("store", 7));
        assertThat(hall.last().at()).isEqualTo(Hall.at(10));
        assertThat(hall.last().outage().times().openedAt()).isEqualTo(Hall.at(10));
        hall.hear(9, fails("chat", 9));
        hall.tick(10.9);
        assertThat(hall.told).hasSize(1);
        hall.hear(11, fails("calls", 9)).hear(5, fails("maps", 9)).tick(3);
        assertThat(hall.last().at()).isEqualTo(Hall.at(11));
        assertThat(hall.told).hasSize(2);
    }
}
