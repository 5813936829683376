package dev.tocsin.agent.probe.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class RoomTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Room room = new Room(100);

    private static void noMemory(Room.Share share, int bytes) {
        assertThatThrownBy(() -> share.take(bytes))
                .isInstanceOfSatisfying(
                        ProbeFailure.class,
                        failure -> {
                            assertThat(failure.phase()).isEqualTo(Phase.INTERNAL);
                            assertThat(failure.code()).isEqualTo("no-memory");
                        });
    }

    @Test
    void allRunsTogetherHoldNoMoreThanThereIs() throws IOException {
        try (var one = room.share(Deadline.after(LONG));
                var other = room.share(Deadline.after(Duration.ofMillis(20)))) {
            one.take(60);
            one.take(1);
            assertThat(one.waited()).isZero();
            other.take(39);
            noMemory(other, 1);
            assertThat(other.waited()).isBetween(Duration.ofMillis(15), LONG);
        }
        try (var all = room.share(Deadline.after(LONG))) {
            all.take(100); // what both held is free, what was refused never was taken
        }
    }

    @Test
    void whatCanNeverFitIsRefusedAtOnce() throws IOException {
        try (var share = room.share(Deadline.after(LONG))) {
            share.take(40);
            noMemory(share, 61);
            assertThat(share.waited()).isLessThan(LONG);
            share.take(60);
        }
    }

    @Test
    void whoeverWaitsGoesOnWhenAnotherHasEnded() throws IOException {
        CompletableFuture<Void> waits;
        var second = room.share(Deadline.after(LONG));
        try (var first = room.share(Deadline.after(LONG))) {
            first.take(100);
            waits =
                    CompletableFuture.runAsync(() -> {
                        try (second) {
                            second.take(100);
                        } catch (IOException e) {
                            throw new CompletionException(e);
                        }
                    });
            assertThat(waits).isNotDone();
        }
        waits.join();
        assertThat(room.share(Deadline.after(LONG)).waited()).isZero();
    }
}
