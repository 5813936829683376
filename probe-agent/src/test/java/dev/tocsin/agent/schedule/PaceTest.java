package dev.tocsin.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");

    private static CheckDefinition check(String id) {
        return CheckDefinition.newBuilder()
                .setCheckId(id)
                .setConfigVersion("1")
                .setName(id)
                .setService(id)
                .setUrl("http://x/")
                .setProbe("http")
                .setIntervalMs(20_000)
                .setTimeoutMs(1000)
                .setRegions(List.of("us"))
                .setIncident(IncidentPolicy.newBuilder().build())
                .build();
    }

    @Test
    void aRestartKeepsTheTimesAndChecksAreSpread() {
        var first = new Pace(check("a"), "us").slotAfter(NOW);
        assertThat(new Pace(check("a"), "us").slotAfter(NOW.plusSeconds(40)))
                .isEqualTo(first.plusSeconds(40));
        assertThat(
                        java.util.stream.IntStream.range(0, 100)
                                .mapToObj(i -> new Pace(check("c" + i), "us").slotAfter(NOW))
                                .distinct()
                                .count())
                .isGreaterThan(80);
    }

    @Test
    void looksSoonerUntilTheVerdictIsSettled() {
        var pace = new Pace(check("a"), "us");
        var slot = NOW.plusSeconds(20);
        assertThat(pace.next(Outcome.PASS, NOW, slot)).isEqualTo(slot);
        assertThat(pace.next(Outcome.FAIL, NOW, slot)).isEqualTo(NOW.plusSeconds(5));
        assertThat(pace.next(Outcome.FAIL, NOW, slot)).isEqualTo(NOW.plusSeconds(5));
        assertThat(pace.next(Outcome.PASS, NOW, slot)).isEqualTo(slot);
        for (int i = 0; i < 3; i++) {
            pace.next(Outcome.FAIL, NOW, slot);
        }
        assertThat(pace.next(Outcome.FAIL, NOW, slot)).as("settled as failing").isEqualTo(slot);
        assertThat(pace.next(Outcome.PASS, NOW, slot))
                .as("may be recovering")
                .isEqualTo(NOW.plusSeconds(5));
        assertThat(pace.next(Outcome.PASS, NOW, slot)).as("settled as passing").isEqualTo(slot);
    }

    @Test
    void countsTheSlotsThatPassed() {
        var pace = new Pace(check("a"), "us");
        assertThat(pace.missed(NOW, NOW.plusSeconds(59))).isEqualTo(2);
        assertThat(pace.plusSlots(NOW, 3)).isEqualTo(NOW.plus(Duration.ofMinutes(1)));
    }
}
