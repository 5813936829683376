package dev.tocsin.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
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
        lifecycle.onClose(
                "d",
                () -> {
                    throw new StackOverflowError();
                });
        lifecycle.close();
        lifecycle.close();
        assertThat(ended).containsExactly("c", "a");
    }

    @Test
    void whatDoesNotLetItselfBeEndedKeepsNobodyWaiting() {
        var never = new CountDownLatch(1);
        var lifecycle = new Lifecycle();
        lifecycle.onClose("hangs", never::await);
        assertTimeoutPreemptively(
                Duration.ofSeconds(10), () -> lifecycle.closeWithin(Duration.ofMillis(20)));
        never.countDown();
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
