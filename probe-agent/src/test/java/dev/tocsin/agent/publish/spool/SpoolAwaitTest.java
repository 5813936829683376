package dev.tocsin.agent.publish.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.Thread.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SpoolAwaitTest {
    private static final long LONG = Duration.ofHours(1).toMillis();
    private static final Duration ENOUGH = Duration.ofSeconds(20);

    @TempDir Path dir = Path.of(".");

    private @Nullable Spool opened;

    private Spool spool() {
        return Objects.requireNonNull(opened);
    }

    @BeforeEach
    void open() throws IOException {
        opened = new Spool(dir, 1 << 30);
    }

    @AfterEach
    void close() throws IOException {
        spool().close();
    }

    private Thread waits(long seen, long millis) {
        return Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        spool().await(seen, millis);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt(); // the test has ended
                    }
                });
    }

    /// As a wait may end without a reason, too.
    private void wakeForNothing() {
        synchronized (spool()) {
            spool().notifyAll();
        }
    }

    @Test
    void whoWaitsHoldsUpNobodyAndGoesOnWhenSomethingIsAppended() throws Exception {
        var waits = waits(spool().end(), LONG);
        await().until(() -> waits.getState() == State.TIMED_WAITING);
        wakeForNothing();
        await().until(() ->
                waits.getState() == State.TIMED_WAITING || waits.getState() == State.TERMINATED);
        assertThat(waits.isAlive()).as("nothing was appended").isTrue();
        spool().append(SpoolTest.result(1));
        assertThat(waits.join(ENOUGH)).isTrue();
    }

    @Test
    void whatWasAppendedBeforeIsWaitedForByNobody() throws Exception {
        long seen = spool().end();
        spool().append(SpoolTest.result(1));
        assertThat(waits(seen, LONG).join(ENOUGH)).isTrue();
    }

    @Test
    void whoWaitsForNothingGoesOnWhenTheTimeIsOver() throws Exception {
        var waits = waits(spool().end(), 300);
        await().until(() -> waits.getState() != State.NEW && waits.getState() != State.RUNNABLE);
        wakeForNothing();
        assertThat(waits.join(ENOUGH)).isTrue();
    }
}
