package dev.tocsin.page.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class FreshnessTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:20:30Z");

    private final Freshness fresh = new Freshness();

    private void tick(Instant stamped, Instant received) {
        fresh.heard(stamped, received);
        fresh.ticked(0, stamped);
    }

    @Test
    void aClockThatIsOffMakesNothingOld() {
        tick(NOW.minusSeconds(500), NOW.minusSeconds(1));
        assertThat(fresh.stale(NOW)).isFalse();
        assertThat(fresh.stale(NOW.plusSeconds(30))).isTrue();
    }

    @Test
    void resultsAloneDecideNothing() {
        fresh.heard(NOW, NOW);
        assertThat(fresh.stale(NOW)).isTrue();
        tick(NOW, NOW);
        assertThat(fresh.stale(NOW)).isFalse();
        assertThat(fresh.stale(0, NOW)).isFalse();
        assertThat(fresh.stale(1, NOW)).isTrue();
    }

    /// It was ten minutes behind, and a steady clock follows the one that was set right.
    @Test
    void aClockThatIsCorrectedMakesNothingOld() {
        for (int second = 0; second < 70_000; second++) {
            var ours = NOW.minusSeconds(600).plusMillis(Math.min(600_000, second * 10L));
            tick(NOW.plusSeconds(second), ours.plusSeconds(second));
            assertThat(fresh.stale(ours.plusSeconds(second + 5))).isFalse();
        }
    }

    @Test
    void aReaderThatFallsBehindMakesNothingFresh() {
        tick(NOW, NOW);
        for (int second = 1; second <= 300; second++) {
            var stamped = NOW.plusSeconds(second);
            tick(stamped, stamped.plusSeconds(60));
            assertThat(fresh.stale(stamped.plusSeconds(60))).isTrue();
        }
    }
}
