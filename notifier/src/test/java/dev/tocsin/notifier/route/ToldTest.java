package dev.tocsin.notifier.route;

import static dev.tocsin.schemas.IncidentEventType.UPDATED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.Events;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ToldTest {
    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");

    private static IncidentEvent event(long seq) {
        return Events.event("i1", seq, UPDATED, Severity.ERROR, Map.of());
    }

    @Test
    void onlyTheLastEventsAreRemembered() {
        var told = Told.after(null, event(1), Map.of());
        for (int i = 2; i <= 20; i++) {
            told = Told.after(told, event(i), Map.of("oncall", "route 1"));
        }
        assertThat(told.events()).hasSize(16).startsWith("i1-5").endsWith("i1-20");
        assertThat(told.knows(event(5))).isTrue();
        assertThat(told.knows(event(4))).isFalse();
        assertThat(told.targets()).containsExactly(Map.entry("oncall", "route 1"));
    }

    @Test
    void whatIsClosedIsForgottenAfterSevenDays() {
        var closed = new Told(List.of("i1-2"), START, 2, true, Map.of());
        assertThat(closed.forgotten(START.plus(Duration.ofDays(7)).minusMillis(1))).isFalse();
        assertThat(closed.forgotten(START.plus(Duration.ofDays(7)))).isTrue();
    }

    @Test
    void whatIsOpenIsNeverForgotten() {
        var open = Told.after(null, event(1), Map.of());
        assertThat(open.closed()).isFalse();
        assertThat(open.forgotten(START.plus(Duration.ofDays(700)))).isFalse();
    }
}
