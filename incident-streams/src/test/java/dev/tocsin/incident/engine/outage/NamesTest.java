package dev.tocsin.incident.engine.outage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.Clip;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void aFewAreNamedAndTheRestIsCounted() {
        assertThat(Names.of(List.of("a", "b", "c", "d", "e"), 5)).hasToString("a, b, c, d, e");
        assertThat(Names.of(List.of("a", "b", "c", "d", "e"), 50))
                .hasToString("a, b, c and 47 more");
        assertThat(Names.of(List.of("a"), 3)).hasToString("a and 2 more");
        assertThat(Names.of(List.of("a", "b"), 9).count()).isEqualTo(9);
        assertThat(Names.NONE).hasToString("");
        var names = Names.NONE;
        for (int i = 0; i < 7; i++) {
            names = names.plus("n" + i);
        }
        assertThat(names).hasToString("n0, n1, n2, n3, n4 and 2 more");
        assertThat(names.count()).isEqualTo(7);
    }

    @Test
    void whatIsLongIsCutAndSaysSo() {
        assertThat(Clip.to(5, "abcde")).isEqualTo("abcde");
        assertThat(Clip.to(5, "abcdef")).isEqualTo("abcd…");
        assertThat(Clip.to(5, "abc\uD83D\uDE00def")).isEqualTo("abc…");
        assertThat(Names.of(List.of("x".repeat(81)), 1).first().getFirst()).hasSize(80);
        assertThat(Names.NONE.plus("x".repeat(81)).first().getFirst()).hasSize(80);
    }
}
