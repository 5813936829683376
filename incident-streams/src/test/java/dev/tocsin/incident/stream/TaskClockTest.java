package dev.tocsin.incident.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.check.Standstill;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TaskClockTest {
    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");
    private static final Duration GAP = Duration.ofSeconds(5);

    private final MapStore store = new MapStore();

    private static Standstill standstill(int from, int to) {
        return new Standstill(START.plusSeconds(from), START.plusSeconds(to));
    }

    private static long at(int second) {
        return START.plusSeconds(second).toEpochMilli();
    }

    @Test
    void timeStandsStillWhereNothingIsAppended() {
        var clock = new TaskClock(store);
        assertThat(clock.advance(at(0), GAP)).isNull();
        assertThat(clock.advance(at(5), GAP)).isNull();
        assertThat(clock.advance(at(11), GAP)).isEqualTo(standstill(5, 11));
        assertThat(clock.advance(at(3), GAP)).isNull(); // never back
        assertThat(clock.now()).isEqualTo(START.plusSeconds(11));
    }

    /// What is stored may be ten seconds old.
    @Test
    void aStartIsNoStandstill() {
        var before = new TaskClock(store);
        for (int second = 0; second <= 19; second++) {
            before.advance(at(second), GAP);
            before.store();
        }
        var clock = new TaskClock(store);
        assertThat(clock.now()).isBefore(START.plusSeconds(19));
        assertThat(clock.advance(at(20), GAP)).isNull();
        assertThat(clock.advance(at(26), GAP)).isEqualTo(standstill(20, 26));
    }

    @Test
    void oneThatEndsWithAStartIsOne() {
        var before = new TaskClock(store);
        before.advance(at(0), GAP);
        before.storeNow();
        var clock = new TaskClock(store);
        assertThat(clock.advance(at(90), GAP)).isEqualTo(standstill(0, 90));
    }

    @Test
    void theLastOneIsKept() {
        var clock = new TaskClock(store);
        assertThat(clock.standstill()).isNull();
        clock.store(standstill(5, 90));
        assertThat(new TaskClock(store).standstill()).isEqualTo(standstill(5, 90));
    }
}
