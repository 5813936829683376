package dev.tocsin.incident.stream;

import static dev.tocsin.schemas.IncidentEventType.CLOSED;
import static dev.tocsin.schemas.IncidentEventType.UPDATED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.wire.Incidents;
import dev.tocsin.incident.wire.OutageWire;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Signal;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RetoldTest {
    private static final Instant START = Instant.parse("2026-11-27T00:00:00Z");

    private static Signal told(String group, String id, IncidentEventType type) {
        var event =
                Incidents.event("web", 2, type != CLOSED, START)
                        .setEventId(id)
                        .setType(type)
                        .build();
        return OutageWire.incident(event, java.util.Set.of(), group, Duration.ofMinutes(5));
    }

    @Test
    void afterARebuildWhatWasToldIsTakenOnceForEachGroup() {
        var retold = new Retold(true, START);
        assertThat(retold.isNew(told("shop", "a", UPDATED), START.minusSeconds(900))).isTrue();
        assertThat(retold.isNew(told("shop", "a", UPDATED), START.plusSeconds(1))).isFalse();
        assertThat(retold.isNew(told("shop", "a", CLOSED), START.plusSeconds(1)))
                .as("of the same number, and not the same")
                .isTrue();
        assertThat(retold.isNew(told("mail", "a", UPDATED), START.plusSeconds(1))).isTrue();
        assertThat(retold.isNew(told("shop", "b", UPDATED), START.plusSeconds(1))).isTrue();
    }

    @Test
    void halfAnHourAfterTheStartNothingIsKeptAnyMore() {
        var retold = new Retold(true, START);
        assertThat(retold.isNew(told("shop", "a", UPDATED), START)).isTrue();
        assertThat(retold.isNew(told("shop", "a", UPDATED), START.plus(Duration.ofMinutes(30))))
                .isFalse();
        assertThat(
                        retold.isNew(
                                told("shop", "a", UPDATED),
                                START.plus(Duration.ofMinutes(30)).plusMillis(1)))
                .isTrue();
        assertThat(retold.isNew(told("shop", "a", UPDATED), START)).isTrue();
    }

    @Test
    void whereThereIsStateOrderAndContentAloneDecide() {
        var retold = new Retold(false, START);
        assertThat(retold.isNew(told("shop", "a", UPDATED), START)).isTrue();
        assertThat(retold.isNew(told("shop", "a", UPDATED), START)).isTrue();
    }
}
