package dev.tocsin.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
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
    void slotsAreAnIntervalApartAtAPhaseOfCheckAndRegion() {
        var crc = new CRC32();
        crc.update("a\nus".getBytes(StandardCharsets.UTF_8));
        var pace = new Pace(check("a"), "us");
        var slot = pace.slotAfter(NOW);
        assertThat(slot.toEpochMilli() % 20_000).isEqualTo(crc.getValue() % 20_000);
        assertThat(slot).isAfter(NOW).isBeforeOrEqualTo(NOW.plusSeconds(20));
        assertThat(pace.slotAfter(slot.minusMillis(1))).isEqualTo(slot);
        assertThat(pace.slotAfter(slot)).as("after, not at").isEqualTo(slot.plusSeconds(20));
    }

    @Test
    void whatSaysNothingOfTheTargetChangesNothing() {
        var pace = new Pace(check("a"), "us");
        var slot = NOW.plusSeconds(20);
        pace.next(Outcome.FAIL, NOW, slot);
        for (var outcome : List.of(Outcome.ERROR, Outcome.MISSED, Outcome.UNKNOWN)) {
            assertThat(pace.next(outcome, NOW, slot)).isEqualTo(NOW.plusSeconds(5));
        }
        assertThat(pace.next(Outcome.DEGRADED, NOW, slot)).isEqualTo(slot);
    }

    @Test
    void theRetryIntervalIsTheChecksOwnOrAQuarterAndNeverLongerThanTheInterval() {
        var slot = NOW.plusSeconds(20);
        assertThat(retry(20_000, 3_000L).next(Outcome.FAIL, NOW, slot))
                .isEqualTo(NOW.plusSeconds(3));
        assertThat(retry(20_000, 30_000L).next(Outcome.FAIL, NOW, slot)).isEqualTo(slot);
        assertThat(retry(2_000, null).next(Outcome.FAIL, NOW, slot)).isEqualTo(NOW.plusSeconds(1));
        assertThat(retry(500, null).next(Outcome.FAIL, NOW, slot)).isEqualTo(NOW.plusMillis(500));
    }

    private static Pace retry(int intervalMs, @Nullable Long retryMs) {
        return new Pace(
                CheckDefinition.newBuilder(check("a"))
                        .setIntervalMs(intervalMs)
                        .setRetryIntervalMs(retryMs)
                        .build(),
                "us");
    }

    @Test
    void looksSoonerUntilTheVerdictIsSettled() {
        var pace = new Pace(check("a"), "us");
        var slot = NOW.plusSeconds(20);
        assertThat(pace.next(Outcome.PASS, NOW, slot)).isEqualTo(slot);
        assertThat(pace.next(Outcome.FAIL, NOW, slot)).isEqualTo(NOW.plusSeconds(5));
        assertThat(pace.next(Outcome.FAIL, NOW, slot)).isEqualTo(NOW.plusSeconds(5));
        assertThat(pace.next(Outcome.PASS, NOW, slot)).isEqualTo(slot);
        pace.next(Outcome.FAIL, NOW, slot);
        pace.next(Outcome.FAIL, NOW, slot);
        assertThat(pace.next(Outcome.FAIL, NOW, slot)).as("settled as failing").isEqualTo(slot);
        assertThat(pace.next(Outcome.FAIL, NOW, slot)).as("and stays so").isEqualTo(slot);
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
