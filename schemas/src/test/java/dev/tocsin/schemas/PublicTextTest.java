package dev.tocsin.schemas;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "We are at it.",
                "<b>Störung</b> behoben: 100 % & mehr",
                "می\u200cخواهم",
                "👩\u200d🔧 is at it"
            })
    void whatPeopleWriteIsForThePublic(String text) {
        assertThatCode(() -> PublicText.check(text)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "two\nlines",
                "two\rlines",
                "two\u2028lines",
                "two\u2029lines",
                "a\ttab",
                "bell\u0007",
                "gpj.exe\u202Etxt",
                "\u2066isolated",
                "zero\u200Bwidth",
                "half \uD83D"
            })
    void whatMakesALineLookLikeAnotherIsNot(String text) {
        assertThatThrownBy(() -> PublicText.check(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing invisible, as U+");
    }

    @Test
    void itSaysSomethingAndIsNoNovel() {
        assertThatCode(() -> PublicText.check("x".repeat(1000))).doesNotThrowAnyException();
        assertThatThrownBy(() -> PublicText.check("x".repeat(1001)))
                .hasMessage("a text for the public has at most 1000 characters");
        assertThatThrownBy(() -> PublicText.check("  "))
                .hasMessage("a text for the public says something");
    }
}
