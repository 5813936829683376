package dev.tocsin.incident.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RetoldTest {
    private static final Instant START = Instant.parse("2026-11-27T00:00:00Z");

    @Test
    void afterARebuildWhatWasToldIsTakenOnceForEachGroup() {
        var retold = new Retold(true, START);
        assertThat(retold.isNew("shop", "a", START.minusSeconds(900))).isTrue();
        assertThat(retold.isNew("shop", "a", START.plusSeconds(1))).isFalse();
        assertThat(retold.isNew("mail", "a", START.plusSeconds(1))).isTrue();
        assertThat(retold.isNew("shop", "b", START.plusSeconds(1))).isTrue();
    }

    @Test
    void halfAnHourAfterTheStartNothingIsKeptAnyMore() {
        var retold = new Retold(true, START);
        assertThat(retold.isNew("shop", "a", START)).isTrue();
        assertThat(retold.isNew("shop", "a", START.plus(Duration.ofMinutes(30)))).isFalse();
        assertThat(retold.isNew("shop", "a", START.plus(Duration.ofMinutes(30)).plusMillis(1)))
                .isTrue();
        assertThat(retold.isNew("shop", "a", START)).isTrue();
    }

    @Test
    void whereThereIsStateOrderAndContentAloneDecide() {
        var retold = new Retold(false, START);
        assertThat(retold.isNew("shop", "a", START)).isTrue();
        assertThat(retold.isNew("shop", "a", START)).isTrue();
    }
}
