package dev.tocsin.incident.engine.outage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Severity;
import dev.tocsin.incident.engine.Verdict;
import dev.tocsin.incident.engine.check.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutageEngineTest {
    private static final Instant START = World.START;

    private final List<OutageEngine.Told> told = new ArrayList<>();
    private OutageEngine.State state = OutageEngine.State.EMPTY;

    private static Child child(String check, int incident, boolean open, Kind kind, int started) {
        return new Child(
                check + incident,
                check,
                check,
                check,
                kind,
                Severity.CRITICAL,
                open,
                false,
                START.plusSeconds(started),
                open ? null : START.plusSeconds(started + 30),
                Map.of("us", open ? Verdict.FAILING : Verdict.PASSING, "eu", Verdict.PASSING),
                Map.of(),
                Duration.ofMinutes(10),
                null);
    }

    private void hear(int second, Child child) {
        var step = OutageEngine.step(state, "all", child, START.plusSeconds(second));
        state = step.next();
        told.addAll(step.events());
    }

    private void opens(int second, String check, int incident) {
        hear(second, child(check, incident, true, Kind.DOWN, second));
    }

    private void closes(int second, String check, int incident) {
        hear(second, child(check, incident, false, Kind.DOWN, second - 30));
    }

    private List<String> types() {
        return told.stream().map(t -> t.type() + " " + t.outage().seq()).toList();
    }

    @Test
    void rule8TwoChecksAtOnceAreAnOutageThatGrowsAndEndsWithTheLast() {
        opens(10, "mail", 1);
        assertThat(told).isEmpty();
        opens(20, "store", 1);
        opens(30, "calls", 1);
        closes(60, "store", 1);
        closes(70, "mail", 1);
        assertThat(types()).containsExactly("OPENED 1", "UPDATED 2", "UPDATED 3", "UPDATED 4");
        closes(80, "calls", 1);
        assertThat(types()).endsWith("CLOSED 5");
        var first = told.getFirst().outage();
        assertThat(first.times().startedAt()).isEqualTo(START.plusSeconds(10));
        assertThat(first.failing()).containsExactly("us");
        assertThat(told.getLast().outage().children()).hasSize(3);
        assertThat(told.getLast().outage().times().endedAt()).isEqualTo(START.plusSeconds(80));
        assertThat(told.stream().map(t -> t.outage().id()).distinct()).hasSize(1);
    }

    @Test
    void rule8IncidentsThatDoNotOverlapAreNone() {
        opens(10, "mail", 1);
        closes(50, "mail", 1);
        opens(60, "store", 1);
        closes(100, "store", 1);
        assertThat(told).isEmpty();
    }

    @Test
    void rule8SilenceAndWhatWasAnnouncedDoNotCount() {
        hear(10, child("mail", 1, true, Kind.NO_DATA, 10));
        hear(20, child("store", 1, true, Kind.NO_DATA, 20));
        opens(30, "calls", 1);
        assertThat(told).isEmpty();
    }

    @Test
    void rule8TheSameAgainChangesNothing() {
        opens(10, "mail", 1);
        opens(20, "store", 1);
        opens(20, "store", 1);
        opens(20, "mail", 1);
        assertThat(types()).containsExactly("OPENED 1");
    }

    @Test
    void rule8TheNextOutageIsTheSecondOneAndASoonOneReopens() {
        opens(10, "mail", 1);
        opens(20, "store", 1);
        closes(60, "mail", 1);
        closes(60, "store", 1);
        opens(120, "mail", 1);
        opens(121, "store", 1);
        assertThat(types()).endsWith("CLOSED 3", "REOPENED 4");
        closes(160, "mail", 1);
        closes(160, "store", 1);
        opens(9000, "mail", 2);
        opens(9001, "store", 2);
        var second = told.getLast();
        assertThat(second.type()).isEqualTo(EventType.OPENED);
        assertThat(second.outage().past().in30Days()).isEqualTo(2);
        assertThat(second.outage().past().previousId()).isEqualTo(told.getFirst().outage().id());
    }

    @Test
    void rule8AFurtherRegionIsSaid() {
        opens(10, "mail", 1);
        opens(20, "store", 1);
        var wider =
                new Child(
                        "mail1",
                        "mail",
                        "mail",
                        "mail",
                        Kind.DOWN,
                        Severity.CRITICAL,
                        true,
                        false,
                        START.plusSeconds(10),
                        null,
                        Map.of("us", Verdict.FAILING, "eu", Verdict.FAILING),
                        Map.of(),
                        Duration.ofMinutes(10),
                        null);
        hear(30, wider);
        assertThat(told.getLast().reason()).isEqualTo("also in eu");
    }
}
