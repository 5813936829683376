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

    /// It was ten minutes behind, and is set right.
    @Test
    void aClockThatIsCorrectedIsBelievedSoon() {
        tick(NOW, NOW.minusSeconds(600));
        assertThat(fresh.stale(NOW.minusSeconds(600))).isFalse();
        for (int second = 1; second <= 130; second++) {
            var now = NOW.plusSeconds(second);
            tick(now, now);
        }
        assertThat(fresh.stale(NOW.plusSeconds(130))).isFalse();
        assertThat(fresh.brokerTime(NOW)).isEqualTo(NOW);
    }
}
