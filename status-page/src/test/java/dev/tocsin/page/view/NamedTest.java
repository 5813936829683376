package dev.tocsin.page.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Who is shown by name where there are many.
class NamedTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:20:30Z");

    private static View.Region region(String id, Status status) {
        return new View.Region(id, status, NOW);
    }

    @Test
    void fewAreAllShown() {
        var two = List.of(region("a", Status.OPERATIONAL), region("b", Status.UNKNOWN));
        assertThat(Named.worst(two, 2, View.Region::status).shown()).isEqualTo(two);
        assertThat(Named.worst(two, 2, View.Region::status).rest()).isEmpty();
    }

    @Test
    void ofManyTheWorstAreShownInTheirOrderAndTheRestIsCounted() {
        var a = region("a", Status.OPERATIONAL);
        var b = region("b", Status.MAJOR_OUTAGE);
        var c = region("c", Status.UNKNOWN);
        var d = region("d", Status.OPERATIONAL);
        var e = region("e", Status.PARTIAL_OUTAGE);
        assertThat(Named.worst(List.of(e, a, c, b, d), 2, View.Region::status))
                .satisfies(named -> assertThat(named.shown()).containsExactly(e, b))
                .satisfies(named ->
                        assertThat(named.rest())
                                .containsExactly(
                                        entry(Status.UNKNOWN, List.of(c)),
                                        entry(Status.OPERATIONAL, List.of(a, d))));
    }

    @Test
    void aSentenceNamesTwentyAndTurnsNothingAround() {
        var names = IntStream.range(0, 1500).mapToObj(i -> "r" + i).toList();
        assertThat(Named.some(names.subList(0, 20))).endsWith("r18, r19");
        assertThat(Named.some(names)).endsWith("r18, r19 and 1,480 more");
        assertThat(Named.some(names.subList(0, 20), 21)).endsWith("r19 and 1 more");
        assertThat(Named.some(List.of("eu\u202Egnp"))).isEqualTo("eu gnp");
    }
}
