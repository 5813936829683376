package dev.tocsin.agent.probe.run;

import static dev.tocsin.agent.probe.run.Room.LARGEST;
import static dev.tocsin.agent.probe.run.Room.SMALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.agent.probe.run.Room.Share;
import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RoomTest {
    private final Room room = new Room(LARGEST);

    private Share share() {
        return room.share(Deadline.after(Duration.ofMinutes(1)));
    }

    /// Whose time is up.
    private Share late() {
        return room.share(Deadline.after(Duration.ZERO));
    }

    private static void noMemory(Share share, int more, int most) {
        assertThatThrownBy(() -> share.take(more, most))
                .isInstanceOfSatisfying(
                        ProbeFailure.class,
                        failure -> {
                            assertThat(failure.phase()).isEqualTo(Phase.INTERNAL);
                            assertThat(failure.code()).isEqualTo("no-memory");
                        });
        assertThat(share.waited()).isTrue();
    }

    @Test
    void aLittleNeedsNoRoom() throws IOException {
        try (var all = share();
                var small = late()) {
            all.take(SMALL + 1);
            small.take(SMALL - 1);
            small.take(1);
            assertThat(small.waited()).isFalse();
            noMemory(small, 1, LARGEST);
        }
    }

    /// Who holds a part and waits for the rest would wait for another that does the same.
    @Test
    void whoeverHasRoomHasEnoughForAll() throws IOException {
        try (var one = share();
                var other = late()) {
            one.take(SMALL + 1);
            noMemory(other, SMALL + 1, SMALL + 1);
            for (int i = 0; i < 100; i++) {
                one.take(LARGEST / 100);
            }
            assertThat(one.waited()).isFalse();
        }
    }

    @Test
    void ofAnAnswerWhoseLengthIsKnownNoMoreIsClaimed() throws IOException {
        try (var one = share();
                var other = late();
                var third = late()) {
            one.take(SMALL + 1, LARGEST / 2);
            other.take(SMALL + 1, LARGEST / 2);
            noMemory(third, SMALL + 1, SMALL + 1);
        }
    }

    @Test
    void whatTurnsOutNotToBeNeededIsOthers() throws IOException {
        try (var one = share();
                var other = late();
                var third = late()) {
            one.take(LARGEST / 2);
            noMemory(other, LARGEST / 2, LARGEST / 2);
            one.whole();
            third.take(LARGEST / 2, LARGEST / 2);
        }
        try (var all = late()) {
            all.take(LARGEST); // all is given back, and once
            noMemory(late(), SMALL + 1, SMALL + 1);
        }
        try (var all = late()) {
            all.take(LARGEST);
        }
    }

    @Test
    void whoeverWaitsGoesOnWhenAnotherHasEnded() throws Exception {
        var got = new AtomicReference<Boolean>();
        Thread waits;
        try (var first = share()) {
            first.take(LARGEST);
            waits =
                    Thread.ofPlatform()
                            .start(() -> {
                                try (var second = share()) {
                                    second.take(LARGEST);
                                    got.set(second.waited());
                                } catch (IOException e) {
                                    throw new java.io.UncheckedIOException(e);
                                }
                            });
            await().until(() -> waits.getState() == Thread.State.TIMED_WAITING);
            assertThat(got.get()).isNull();
        }
        waits.join();
        assertThat(got.get()).isTrue();
    }

    @Test
    void anInterruptedWaitIsNoShortage() throws IOException {
        try (var first = share();
                var second = share()) {
            first.take(LARGEST);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> second.take(LARGEST))
                    .isInstanceOfSatisfying(
                            ProbeFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo("interrupted"));
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
