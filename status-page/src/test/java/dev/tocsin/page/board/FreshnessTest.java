package dev.tocsin.page.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class FreshnessTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:20:30Z");

    @Test
    void aClockThatIsOffMakesNothingOld() {
        var fresh = new Freshness();
        fresh.heard(NOW.minusSeconds(500), NOW.minusSeconds(1));
        assertThat(fresh.stale(NOW)).isFalse();
        assertThat(fresh.stale(NOW.plusSeconds(30))).isTrue();
    }
}
