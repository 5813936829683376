package dev.tocsin.service.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final Progress progress = new Progress("kafka:9092", Duration.ZERO);

    /// As for all the rest.
    private void answered(Map<String, Long> positions, Map<String, End> ends, Duration now) {
        progress.answered(positions, ends, now);
        progress.answeredForAll(now);
    }

    private static Duration at(int second) {
        return Duration.ofSeconds(second);
    }

    private void seen(int second, long position, long stable, long end) {
        answered(Map.of("t-0", position), Map.of("t-0", new End(end, stable)), at(second));
    }

    private String trouble(int second) {
        return String.valueOf(progress.trouble(at(second)));
    }

    @Test
    void whoReadsAllThereIsHasNoTroubleHoweverLongNothingComes() {
        for (int second = 0; second < 3600; second += 3) {
            seen(second, 7, 7, 7);
            assertThat(trouble(second)).isEqualTo("null");
        }
        seen(3600, 7, 8, 8); // has just come
        assertThat(trouble(3600)).isEqualTo("null");
    }

    @Test
    void aKafkaThatDoesNotAnswerIsNamedAfterTenSecondsWithWhy() {
        seen(3, 7, 7, 7);
        progress.unanswered("no node");
        assertThat(trouble(12)).isEqualTo("null");
        assertThat(trouble(13)).isEqualTo("Kafka (kafka:9092) has not answered for 10 s: no node");
        seen(14, 7, 7, 7);
        assertThat(trouble(14)).isEqualTo("null");
        assertThat(trouble(24)).endsWith("no answer");
    }

    @Test
    void aTransactionThatStaysOpenIsNamedWithItsPlace() {
        for (int second = 0; second < 15; second += 3) {
            seen(second, 5, 5, 9 + second);
            assertThat(trouble(second)).isEqualTo("null");
        }
        seen(15, 5, 5, 24);
        assertThat(trouble(15))
                .startsWith("a transaction in t-0 has been open at offset 5 for 15 s");
        assertThat(progress.open(at(15))).isEqualTo(at(15));
        seen(18, 30, 30, 30);
        assertThat(trouble(18)).isEqualTo("null");
        assertThat(progress.open(at(18))).isZero();
    }

    @Test
    void oneTransactionAfterTheOtherIsNone() {
        for (int second = 0; second < 120; second += 3) {
            seen(second, 5 + second, 5 + second, 9 + second);
            assertThat(trouble(second)).isEqualTo("null");
        }
    }

    @Test
    void aReaderThatStandsStillIsNamedWithItsPlace() {
        seen(0, 5, 9, 9);
        for (int second = 3; second < 30; second += 3) {
            seen(second, 5, 9 + second, 9 + second);
            assertThat(trouble(second)).isEqualTo("null");
        }
        seen(30, 5, 40, 40);
        assertThat(trouble(30)).isEqualTo("t-0 is read up to 5 of 40, and no further for 30 s");
        assertThat(progress.behind()).isEqualTo(35);
        seen(33, 6, 40, 40);
        assertThat(trouble(33)).isEqualTo("null");
    }

    @Test
    void aReaderThatIsSlowAndGoesOnHasNoTrouble() {
        for (int second = 0; second < 600; second += 3) {
            seen(second, second, 100_000, 100_000);
            assertThat(trouble(second)).isEqualTo("null");
        }
    }

    @Test
    void whatAnotherReadsNowIsForgotten() {
        seen(0, 5, 9, 9);
        answered(Map.of("t-1", 0L), Map.of("t-1", new End(0, 0)), at(40));
        assertThat(trouble(40)).isEqualTo("null");
        assertThat(progress.behind()).isZero();
    }

    @Test
    void theOneThatHasStoodStillLongestIsNamed() {
        var ends = Map.of("a-0", new End(9, 9), "b-0", new End(9, 9));
        answered(Map.of("a-0", 1L, "b-0", 1L), ends, at(0));
        answered(Map.of("a-0", 2L, "b-0", 1L), ends, at(3));
        answered(Map.of("a-0", 2L, "b-0", 1L), ends, at(60));
        assertThat(trouble(60)).startsWith("b-0 is read up to 1 of 9").endsWith("60 s");
    }

    @Test
    void aTroubleIsSaidWhenItBeginsOnceAMinuteAndWhenItEnds() {
        var spell = new Spell();
        assertThat(spell.next(false, at(0))).isNull();
        assertThat(spell.next(true, at(3))).isEqualTo(Spell.Word.BEGINS);
        assertThat(spell.next(true, at(62))).isNull();
        assertThat(spell.next(true, at(63))).isEqualTo(Spell.Word.LASTS);
        assertThat(spell.next(true, at(66))).isNull();
        assertThat(spell.next(false, at(70))).isEqualTo(Spell.Word.ENDS);
        assertThat(spell.end(at(70))).isEqualTo(at(67));
        assertThat(spell.next(false, at(73))).isNull();
        assertThat(spell.next(true, at(76))).isEqualTo(Spell.Word.BEGINS);
    }
}
