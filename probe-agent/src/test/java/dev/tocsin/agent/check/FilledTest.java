package dev.tocsin.agent.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class FilledTest {
    private static final String TOKEN = "0123456789abcdefghij".repeat(5);

    private final Filled filled = new Filled(_ -> TOKEN);

    FilledTest() {
        assertThat(filled.in("Bearer ${TOKEN}", UnaryOperator.identity()))
                .isEqualTo("Bearer " + TOKEN);
    }

    /// What is shown of a text is cut before it is searched, and one that was cut is not found.
    @Test
    void nothingOfASecretIsShownHoweverOftenATargetSaysIt() {
        for (int before = 0; before < 100; before++) {
            for (int times = 1; times <= 5; times++) {
                var text = "x".repeat(before) + (TOKEN + " ").repeat(times) + "y".repeat(300);
                assertThat(filled.hide(text, 80))
                        .hasSizeLessThanOrEqualTo(80)
                        .doesNotContain("0123");
            }
        }
    }

    @Test
    void aTextWithoutOneIsShownAsItIs() {
        assertThat(filled.hide("x".repeat(500), 80)).isEqualTo("x".repeat(80));
        assertThat(filled.hide("short", 80)).isEqualTo("short");
    }
}
