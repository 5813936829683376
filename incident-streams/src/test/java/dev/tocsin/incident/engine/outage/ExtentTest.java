package dev.tocsin.incident.engine.outage;

import static dev.tocsin.incident.engine.outage.Children.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Severity;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Where an outage is, and how bad.
class ExtentTest {
    private final Hall hall = new Hall();

    private Extent now() {
        return hall.last().outage().told();
    }

    @Test
    void itIsGlobalOnlyWhereNoRegionThatIsHeardIsFine() {
        var everywhere = fails("mail", 10).in("eu", Standing.FAILING);
        hall.hear(10, everywhere).hear(11, fails("store", 11).in("eu", Standing.UNKNOWN));
        assertThat(now().global()).isTrue();
        assertThat(now().failing()).containsExactly("eu", "us");
        hall.hear(20, fails("chat", 20).in("asia", Standing.PASSING));
        assertThat(now().global()).isFalse();
        assertThat(hall.last().reason()).isEqualTo("also failing: chat");
        hall.hear(30, everywhere.in("asia", Standing.FAILING));
        assertThat(now().global()).isTrue();
        assertThat(hall.last().reason()).isEqualTo("also in asia");
    }

    @Test
    void aRegionThatFallsSilentWidensNothing() {
        hall.hear(10, fails("mail", 10)).hear(11, fails("store", 11));
        hall.hear(20, fails("mail", 10).in("eu", Standing.SILENT));
        hall.hear(21, fails("store", 11).in("eu", Standing.ISOLATED));
        hall.hear(22, fails("store", 11).in("eu", Standing.SILENT));
        hall.tick(25);
        assertThat(hall.types()).hasSize(1);
        hall.hear(30, fails("mail", 10).in("eu", Standing.FAILING));
        assertThat(now().global()).isTrue();
        hall.hear(40, fails("mail", 10).in("eu", Standing.SILENT));
        assertThat(now().global()).isFalse(); // of store, eu was fine when it was heard last
    }

    @Test
    void aRegionThatFailedBeforeItFellSilentIsNotFine() {
        hall.hear(10, fails("mail", 10).in("eu", Standing.FAILING));
        hall.hear(11, fails("store", 11).in("eu", Standing.FAILING));
        hall.hear(20, fails("mail", 10).in("eu", Standing.SILENT));
        hall.hear(22, fails("store", 11).in("eu", Standing.SILENT));
        assertThat(now().global()).isTrue();
        assertThat(hall.last().reason()).isEqualTo("no longer in eu");
        assertThat(hall.last().regions())
                .isEqualTo(Map.of("us", Standing.FAILING, "eu", Standing.SILENT));
    }

    @Test
    void thatNoRegionIsFineAnyMoreIsSaid() {
        hall.hear(10, fails("mail", 10)).hear(11, fails("store", 11));
        var gone = fails("mail", 10).in("eu", Standing.FAILING);
        hall.hear(11.5, gone).hear(11.7, gone.in("eu", Standing.SILENT));
        hall.hear(11.8, fails("store", 11).in("eu", Standing.FAILING));
        hall.hear(11.9, fails("store", 11).in("eu", Standing.SILENT)).tick(13);
        assertThat(hall.last().reason()).isEqualTo("no region is fine any more");
        hall.hear(20, fails("store", 11).in("eu", Standing.PASSING));
        assertThat(hall.last().reason()).isEqualTo("not in every region");
    }

    @Test
    void inTheEndItIsAllThatItEverWas() {
        hall.hear(10, fails("mail", 10).in("eu", Standing.FAILING).severity(Severity.CRITICAL));
        hall.hear(11, fails("store", 11));
        hall.hear(20, fails("mail", 10).severity(Severity.WARNING));
        assertThat(now().global()).isFalse();
        assertThat(now().severity()).isEqualTo(Severity.ERROR);
        hall.hear(30, fails("mail", 10).closes(28));
        hall.hear(40, fails("store", 11).in("eu", Standing.SILENT).closes(38));
        assertThat(hall.last().type()).isEqualTo(EventType.CLOSED);
        var worst = hall.last().outage().worst();
        assertThat(worst.global()).isTrue();
        assertThat(worst.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(worst.failing()).containsExactly("eu", "us");
        assertThat(hall.last().regions())
                .isEqualTo(Map.of("us", Standing.PASSING, "eu", Standing.SILENT));
    }

    @Test
    void ofACheckThatWasRemovedWhileItFailedNobodyKnows() {
        hall.hear(10, fails("mail", 10)).hear(11, fails("store", 11));
        hall.hear(20, fails("mail", 10).closes(18));
        hall.hear(30, fails("store", 11).closes(30).in("us", Standing.FAILING));
        assertThat(hall.last().type()).isEqualTo(EventType.CLOSED);
        assertThat(hall.last().regions())
                .isEqualTo(Map.of("us", Standing.UNKNOWN, "eu", Standing.PASSING));
    }

    @Test
    void ofARegionTheWorstThatIsHeardIsSaid() {
        var says = new TreeMap<Integer, Standing>();
        var sum = RegionSum.NONE;
        int step = 0;
        for (var standing :
                new Standing[] {
                    Standing.UNKNOWN, Standing.SILENT, Standing.ISOLATED, Standing.PASSING
                }) {
            sum = sum.plus(standing, false, false, 1);
            says.put(step++, sum.standing());
        }
        says.put(step, sum.plus(Standing.FAILING, true, false, 1).standing());
        assertThat(says.values())
                .containsExactly(
                        Standing.UNKNOWN,
                        Standing.SILENT,
                        Standing.ISOLATED,
                        Standing.PASSING,
                        Standing.FAILING);
    }

    @Test
    void whereOnlyWhoRecoveredEarlierFailedItPassesInTheEnd() {
        hall.hear(10, fails("mail", 10).in("asia", Standing.FAILING));
        hall.hear(11, fails("store", 11)).hear(20, fails("mail", 10).closes(18));
        hall.hear(30, fails("store", 11).closes(28));
        assertThat(hall.last().regions()).containsEntry("asia", Standing.PASSING);
    }

    @Test
    void itIsAsSevereAsTheWorstOfThoseThatAreLeft() {
        for (var check : new String[] {"mail", "store", "chat"}) {
            hall.hear(10, fails(check, 10).severity(Severity.CRITICAL));
        }
        hall.hear(11, fails("calls", 10).severity(Severity.WARNING));
        hall.hear(12, fails("mail", 10).severity(Severity.CRITICAL).closes(12));
        hall.hear(13, fails("store", 10).severity(Severity.CRITICAL).closes(13));
        assertThat(now().severity()).isEqualTo(Severity.CRITICAL);
        hall.hear(14, fails("chat", 10).severity(Severity.CRITICAL).closes(14));
        assertThat(now().severity()).isEqualTo(Severity.WARNING);
    }

    @Test
    void ofTwoTheWiderAndTheWorseIsKept() {
        var wide = new Extent(Severity.WARNING, true, Set.of("us"));
        var bad = new Extent(Severity.CRITICAL, false, Set.of("eu"));
        var both = new Extent(Severity.CRITICAL, true, Set.of("eu", "us"));
        assertThat(wide.or(bad)).isEqualTo(both);
        assertThat(bad.or(wide)).isEqualTo(both);
        assertThat(bad.or(bad)).isEqualTo(bad);
    }

    @Test
    void whatIsTakenAwayFromARegionLeavesTheRest() {
        for (var standing : Standing.values()) {
            boolean fails = standing == Standing.FAILING;
            var one = RegionSum.NONE.plus(standing, fails, true, 1);
            assertThat(one).isNotEqualTo(RegionSum.NONE);
            assertThat(one.plus(standing, fails, true, 1)).isNotEqualTo(one);
            assertThat(one.plus(standing, fails, true, 1).plus(standing, fails, true, -1))
                    .isEqualTo(one);
            assertThat(one.plus(standing, fails, true, -1)).isEqualTo(RegionSum.NONE);
        }
        assertThat(RegionSum.NONE.plus(Standing.UNKNOWN, false, false, 1).unknown()).isEqualTo(1);
        assertThat(RegionSum.NONE.plus(Standing.SILENT, false, false, 1).unknown()).isZero();
    }
}
