package dev.tocsin.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LoopTest {
    private final Health health = new Health();
    private final AtomicLong nanos = new AtomicLong();
    private final Loop loop =
            new Loop("part", health, nanos::get, time -> nanos.addAndGet(time.toNanos()));

    @Test
    void noThrowableEndsItAndHealthSaysWhileItLasts() {
        var thrown =
                new ArrayDeque<Throwable>(
                        List.of(
                                new StackOverflowError("deep"),
                                new OutOfMemoryError("full"),
                                new IOException("torn")));
        var turns = new AtomicInteger();
        loop.run(() -> {
            turns.incrementAndGet();
            var next = thrown.poll();
            if (next instanceof Error e) {
                throw e;
            }
            if (next instanceof Exception e) {
                assertThat(health.troubles().get("part")).contains("deep");
                throw e;
            }
            return turns.get() < 6;
        });
        assertThat(turns).hasValue(6);
        assertThat(health.alive()).isTrue();
    }

    @Test
    void withoutAWholeTurnForAMinuteItEndsTheProcess() throws InterruptedException {
        loop.run(() -> {
            throw new IllegalStateException("for ever");
        });
        assertThat(Duration.ofNanos(nanos.get()))
                .isBetween(Duration.ofSeconds(59), Duration.ofSeconds(61));
        assertThat(health.isRefused()).isTrue();
        assertThat(health.awaitRefusal().startAgain()).isTrue();
    }

    @Test
    void aSetbackNowAndThenGivesNothingUp() {
        var turns = new AtomicInteger();
        loop.run(() -> {
            nanos.addAndGet(Duration.ofSeconds(20).toNanos());
            if (turns.incrementAndGet() % 2 == 0) {
                throw new IllegalStateException("now and then");
            }
            return turns.get() < 9;
        });
        assertThat(health.isRefused()).isFalse();
        assertThat(turns).hasValue(9);
    }

    @Test
    void ofATimersTaskTheNextRunComesAlso() {
        var runs = new AtomicInteger();
        var task =
                Loop.task(
                        "timer",
                        health,
                        () -> {
                            if (runs.incrementAndGet() == 1) {
                                throw new StackOverflowError();
                            }
                        });
        task.run();
        assertThat(health.alive()).isFalse();
        task.run();
        assertThat(health.alive()).isTrue();
        assertThat(runs).hasValue(2);
    }

    @Test
    @Timeout(30)
    void aLoopOnAThreadOfItsOwnEndsWhenItIsAsked() throws Exception {
        var taken = new CountDownLatch(2);
        var loop =
                Loop.start(
                        "reader",
                        health,
                        () -> {
                            taken.countDown();
                            if (taken.getCount() == 0) {
                                new CountDownLatch(1).await(); // until it is asked to end
                            }
                            return true;
                        });
        taken.await();
        assertThat(loop.isDaemon()).isTrue();
        loop.interrupt();
        loop.join();
        assertThat(health.alive()).isTrue();
    }

    @Test
    void whoAskedItToEndIsHeardByWhoeverRunsIt() {
        loop.run(() -> {
            throw new InterruptedException();
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(health.alive()).isTrue();
    }
}
