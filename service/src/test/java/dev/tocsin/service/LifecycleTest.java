package dev.tocsin.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    @Test
    void endsTheLastFirstOnceAndGoesOnAfterAFailure() {
        var ended = new ArrayList<String>();
        var lifecycle = new Lifecycle();
        lifecycle.onClose("a", () -> ended.add("a"));
        lifecycle.onClose(
                "b",
                () -> {
                    throw new IllegalStateException("b cannot end");
                });
        lifecycle.onClose("c", () -> ended.add("c"));
        lifecycle.close();
        lifecycle.close();
        assertThat(ended).containsExactly("c", "a");
    }

    @Test
    void whatWasOpenedIsGivenBackAndClosed() {
        var ended = new ArrayList<String>();
        try (var lifecycle = new Lifecycle()) {
            AutoCloseable opened = () -> ended.add("a");
            assertThat(lifecycle.closing("a", opened)).isSameAs(opened);
            assertThat(ended).isEmpty();
        }
        assertThat(ended).containsExactly("a");
    }
}
