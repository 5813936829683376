package dev.tocsin.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\rb",
                "a\nb",
                "a\u0000",
                "a\u001b[31m",
                "\u202Egnp.exe",
                "a\u2066b",
                "a\u2028b",
                "a\u2029b",
                "\uFEFFa",
                "a\u200Bb",
                "a\u0085b",
                "\uD83D"
            })
    void refusesWhatNobodySees(String text) {
        assertThat(PlainText.wrong(text)).startsWith("has the character U+").endsWith("sees");
        var shown = PlainText.shown(text);
        assertThat(PlainText.unseen(shown)).isNull();
        assertThat(shown).hasSameSizeAs(text).contains(" ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Mail", "Почта", "メール", "البريد", "👩‍💻 on call", "نامه‌ها", "a/b: c"})
    void takesWhatPeopleWrite(String text) {
        assertThat(PlainText.wrong(text)).isNull();
        assertThat(PlainText.shown(text)).isEqualTo(text);
    }

    @Test
    void refusesNothingAtAll() {
        assertThat(PlainText.wrong(" ")).isEqualTo("must not be empty");
        assertThat(PlainText.unseen("")).isNull();
    }
}
