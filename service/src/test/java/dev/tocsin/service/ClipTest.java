package dev.tocsin.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClipTest {
    @Test
    void whatFitsStaysAndWhatDoesNotSaysThatSomethingIsMissing() {
        assertThat(Clip.to(5, "12345")).isEqualTo("12345");
        assertThat(Clip.to(5, "123456")).isEqualTo("1234…");
    }

    @Test
    void noHalfOfACharacterIsLeft() {
        assertThat(Clip.to(5, "123👩56")).isEqualTo("123…");
        assertThat(Clip.to(6, "123👩56")).isEqualTo("123👩…");
    }
}
