package dev.tocsin.incident.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Past;
import dev.tocsin.incident.engine.Severity;
import dev.tocsin.incident.engine.Times;
import dev.tocsin.incident.engine.Turn;
import dev.tocsin.incident.engine.Verdict;
import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.Handling;
import dev.tocsin.incident.engine.check.Incident;
import dev.tocsin.incident.engine.check.Parent;
import dev.tocsin.incident.engine.check.Region;
import dev.tocsin.incident.engine.check.Reports;
import dev.tocsin.incident.engine.check.Sample;
import dev.tocsin.incident.engine.check.Suppression;
import dev.tocsin.incident.engine.check.Vote;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a restart remembers.
class StateCodecTest {
    private static final Instant AT = Instant.parse("2026-11-24T00:00:00.123456Z");

    private static Incident incident() {
        return new Incident(
                "i1",
                7,
                Kind.DOWN,
                Severity.CRITICAL,
                new Times(AT, AT.plusSeconds(1), null, null, AT.plusSeconds(1)),
                Set.of("us", "eu"),
                Set.of("eu"),
                true,
                new Past("i0", 1, 2),
                new Incident.Context(
                        "all",
                        new Suppression("depends-on:dns", "i9"),
                        "o1",
                        new Handling("ana", "ben", AT.plusSeconds(60), List.of("c1")),
                        6),
                "00-1-2-01");
    }

    @Test
    void aCheckComesBackButForItsLastSeenTimesAndCountdowns() {
        var region =
                new Region(
                        List.of(new Sample(AT, Vote.DOWN, "r1", "CONNECT refused")),
                        Verdict.FAILING,
                        AT,
                        null,
                        AT,
                        AT.plusSeconds(9));
        var state =
                new CheckState(
                        Map.of("us", region),
                        Map.of("eu", region),
                        incident(),
                        List.of(new Turn(AT, true)),
                        Map.of("dns", new Parent("dns", "i9", true, Set.of("us"), true, AT)),
                        new Reports(6, AT),
                        AT,
                        AT);
        var back =
                StateCodec.decode(
                        Objects.requireNonNull(StateCodec.encodeCheck(state)), CheckState.class);
        assertThat(back.incident()).isEqualTo(incident());
        assertThat(back.late()).isEqualTo(Map.of("eu", region));
        assertThat(back.turns()).isEqualTo(state.turns());
        assertThat(back.parents()).isEqualTo(state.parents());
        assertThat(back.reports()).isEqualTo(state.reports());
        assertThat(back.partialSince()).isNull();
        assertThat(back.noDataSince()).isNull();
        assertThat(back.regions())
                .isEqualTo(
                        Map.of(
                                "us",
                                new Region(
                                        region.samples(), region.verdict(), AT, null, AT, null)));
    }

    @Test
    void aCheckThatOnlyPassesHasNoBytes() {
        var quiet = new Region(List.of(), Verdict.PASSING, null, null, null, AT);
        assertThat(
                        StateCodec.encodeCheck(
                                new CheckState(
                                        Map.of("us", quiet),
                                        Map.of(),
                                        null,
                                        List.of(),
                                        Map.of(),
                                        CheckState.EMPTY.reports(),
                                        null,
                                        null)))
                .isNull();
    }

    @Test
    void aVersionThatIsNotKnownIsRefused() {
        assertThatThrownBy(() -> StateCodec.decode(new byte[] {99}, CheckState.class))
                .hasMessageContaining("version 99");
    }
}
