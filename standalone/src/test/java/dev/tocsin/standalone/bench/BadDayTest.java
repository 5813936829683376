package dev.tocsin.standalone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.standalone.bench.Heard.Word;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is made of the events that a subscriber heard, and of the records that were written.
class BadDayTest {
    static {
        TrustedRecords.trust();
    }

    private static final List<String> CHECKS = List.of("a", "b");

    private final Heard heard = new Heard();

    private void hear(String key, IncidentEventType type, int parts, long readMs) {
        heard.hear(new Word(key, type, parts, readMs));
    }

    @Test
    void theLastOneCountsAndOnlyWhenAllHaveOpened() {
        hear("a", IncidentEventType.OPENED, 0, 100);
        hear("other", IncidentEventType.OPENED, 0, 900);
        assertThat(heard.opened(CHECKS)).isEqualTo(1);
        assertThat(heard.lastOpenedMs(CHECKS)).isEmpty();
        hear("b", IncidentEventType.OPENED, 0, 300);
        hear("a", IncidentEventType.UPDATED, 0, 800);
        assertThat(heard.lastOpenedMs(CHECKS)).hasValue(300);
    }

    @Test
    void anIncidentThatComesBackHasOpenedAndIsNoLongerClosed() {
        hear("a", IncidentEventType.CLOSED, 0, 100);
        hear("b", IncidentEventType.CLOSED, 0, 200);
        assertThat(heard.lastClosedMs(CHECKS)).hasValue(200);
        hear("a", IncidentEventType.REOPENED, 0, 300);
        assertThat(heard.closed(CHECKS)).isEqualTo(1);
        assertThat(heard.lastClosedMs(CHECKS)).isEmpty();
        assertThat(heard.opened(CHECKS)).isEqualTo(1);
    }

    @Test
    void anOutageIsToldWhenItCountsAllOfThem() {
        hear("outage:mail", IncidentEventType.OPENED, 2, 100);
        hear("outage:mail", IncidentEventType.UPDATED, 40, 200);
        assertThat(heard.outageOfMs(50)).isEmpty();
        hear("outage:mail", IncidentEventType.UPDATED, 50, 300);
        hear("outage:mail", IncidentEventType.CLOSED, 50, 400);
        assertThat(heard.outageOfMs(50)).hasValue(300);
        assertThat(heard.outageParts()).isEqualTo(50);
        assertThat(heard.outageEvents()).isEqualTo(4);
        assertThat(heard.lastClosedMs(List.of("outage:mail"))).hasValue(400);
    }

    @Test
    void whatWasForgottenCountsNoMore() {
        hear("a", IncidentEventType.OPENED, 0, 100);
        hear("outage:mail", IncidentEventType.OPENED, 2, 100);
        heard.forget();
        assertThat(heard.opened(CHECKS)).isZero();
        assertThat(heard.outageEvents()).isZero();
        assertThat(heard.outageOfMs(1)).isEmpty();
    }

    @Test
    void aDelayIsFromTheVoteToTheWordAndNeverLessThanNothing() {
        hear("a", IncidentEventType.OPENED, 0, 100);
        hear("b", IncidentEventType.OPENED, 0, 160);
        assertThat(heard.delaysMs(List.of("a", "b", "c"), Map.of("a", 101L, "b", 100L, "c", 1L)))
                .isEqualTo(Map.of("a", 0L, "b", 60L));
        assertThat(Day.seconds(200L, OptionalLong.of(1700))).isEqualTo(1.5);
        assertThat(Day.seconds(200L, OptionalLong.of(100))).isZero();
        assertThat(Day.seconds(200L, OptionalLong.empty())).isNull();
        assertThat(Day.seconds(null, OptionalLong.of(100))).isNull();
    }

    @Test
    void theOthersAreLaterEachByItsOwnQuietDay() {
        var quiet = Map.of("a", 40L, "b", 100L);
        assertThat(Day.later(CHECKS, quiet, Map.of("a", 90L, "b", 60L))).containsExactly(0L, 50L);
        assertThat(Day.later(CHECKS, quiet, Map.of("a", 90L))).isEmpty();
        assertThat(Day.quantile(List.of(0L, 50L, 1000L), 1)).isEqualTo(1.0);
        assertThat(Day.quantile(List.of(), 1)).isNull();
    }

    @Test
    void theOthersAreSpreadEvenlyAmongTheGroup() {
        for (int checks : List.of(2, 7, 1000)) {
            var population = Population.of(checks);
            var mixed = population.mixed();
            assertThat(mixed)
                    .containsExactlyInAnyOrderElementsOf(population.definitions().keySet());
            long inFirstHalf =
                    mixed.subList(0, mixed.size() / 2).stream()
                            .filter(population.others()::contains)
                            .count();
            assertThat(inFirstHalf).isBetween(45L, 55L);
        }
    }

    @Test
    void whatTheBenchWritesItselfIsNoCost() {
        var written =
                new Written(
                        new TreeMap<>(
                                Map.of(
                                        "check-results",
                                        new Written.Volume(9, 9000, 5000),
                                        "incidents",
                                        new Written.Volume(1, 100, 130).with(200, 260))));
        assertThat(written.bytes()).isEqualTo(300);
        assertThat(written.largest()).isEqualTo(260);
        assertThat(written.topics()).containsEntry("incidents", new Written.Volume(2, 300, 260));
        assertThat(Written.NOTHING.largest()).isNull();
    }

    @Test
    void aDayThatDidNotEndHasNoGrowthAndItsFiguresAreNull() throws Exception {
        var small = day(500, 1000.0);
        assertThat(day(2000, 1500.0).growth(small)).isEqualTo(1.5);
        assertThat(day(2000, null).growth(small)).isNull();
        assertThat(small.growth(small)).isNull();
        var json = new ObjectMapper().createObjectNode();
        day(2000, null).into(json, small);
        assertThat(json.toString())
                .isEqualTo(
                        "{\"checks\":2000,\"opened_s\":1.5,\"outage_told_s\":null,\"closed_s\":null,\"others_delay_s\":null,"
                                + "\"bytes_per_check\":null,\"bytes_growth\":null,\"largest_record_bytes\":null,\"events_of_outage\":7}");
    }

    private static Day day(int checks, @Nullable Double bytesPerCheck) {
        return new Day(
                checks,
                1.5,
                null,
                null,
                null,
                null,
                bytesPerCheck,
                null,
                7,
                null,
                Written.NOTHING,
                null);
    }

    @Test
    void ofALogOnlyTheLastReasonIsKept() {
        var log = new KeptLog();
        try (var stream = log.stream()) {
            stream.println("WARN a stream thread is replaced why=too large");
            stream.println("\tat somewhere");
        }
        assertThat(log.why()).isEqualTo("too large");
        assertThat(log.why()).isNull();
    }
}
