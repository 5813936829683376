package dev.tocsin.page.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.page.OnABoard;
import dev.tocsin.schemas.CheckHour;
import dev.tocsin.schemas.Keys;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.TrustedRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What agents counted of each hour, whenever and however often they tell it.
class HoursTest {
    static {
        TrustedRecords.trust();
    }

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration MONTH = Duration.ofDays(30);
    private static final Instant TEN = Instant.parse("2026-11-24T10:00:00Z");
    private static final Instant NOW = TEN.plusSeconds(1230);

    private final Hours hours = new Hours();

    private static CheckHour hour(String check, long boot, Instant begins, long up, long down) {
        return CheckHour.newBuilder()
                .setCheckId(check)
                .setRegion("us")
                .setAgentId("us-1")
                .setBootEpoch(boot)
                .setHour(begins)
                .setOutcomes(Map.of("PASS", up, "FAIL", down, "MISSED", 7L))
                .setUpdatedAt(begins)
                .build();
    }

    private void told(long boot, Instant begins, long up, long down) {
        hours.put(hour("shop", boot, begins, up, down), NOW);
    }

    private Votes in(Duration back) {
        return hours.votes("shop", NOW.minus(back), NOW);
    }

    @Test
    void bootsAddUpAndWhatIsToldAnewReplaces() {
        told(1, TEN, 3, 1);
        told(2, TEN, 10, 0);
        assertThat(in(DAY)).isEqualTo(new Votes(13, 14));
        told(1, TEN, 5, 2);
        assertThat(in(DAY)).isEqualTo(new Votes(15, 17));
        assertThat(in(MONTH)).isEqualTo(new Votes(15, 17));
        hours.put(hour("mail", 1, TEN, 100, 0), NOW);
        assertThat(in(MONTH)).as("another check's").isEqualTo(new Votes(15, 17));
    }

    @Test
    void aTombstoneTakesBackTheHourOfItsKeyAlone() {
        told(1, TEN, 3, 1);
        told(2, TEN, 10, 0);
        told(1, TEN.minusSeconds(3600), 20, 0);
        hours.remove(Keys.of(hour("shop", 1, TEN, 0, 0)));
        assertThat(in(DAY)).isEqualTo(new Votes(30, 30));
        hours.remove("no such key");
        hours.remove("shop|us|us-1|2|" + TEN.plusSeconds(1));
        assertThat(in(MONTH)).isEqualTo(new Votes(30, 30));
    }

    /// An agent that was cut off keeps what it counted.
    @Test
    void hoursThatAreToldDaysLateCountWhereTheyBelong() {
        told(1, TEN, 1, 0);
        told(1, TEN.minus(Duration.ofHours(49)), 0, 5);
        assertThat(in(DAY)).isEqualTo(new Votes(1, 1));
        assertThat(in(MONTH)).isEqualTo(new Votes(1, 6));
    }

    /// Days are added up as a whole but for the first and the last.
    @Test
    void whatIsAskedForBeginsAndEndsWithAnHour() {
        for (int back = 0; back < 31 * 24; back++) {
            told(1, TEN.minus(Duration.ofHours(back)), 1, 1);
        }
        assertThat(in(DAY)).isEqualTo(new Votes(24, 48));
        assertThat(in(MONTH)).isEqualTo(new Votes(720, 1440));
        assertThat(hours.votes("shop", NOW.minus(DAY), NOW.minusSeconds(3600)))
                .isEqualTo(new Votes(23, 46));
        var midnight = Instant.parse("2026-11-24T00:00:00Z");
        assertThat(hours.votes("shop", midnight.minus(DAY).minusMillis(1), midnight.minusMillis(1)))
                .as("a day, whole")
                .isEqualTo(new Votes(24, 48));
        assertThat(hours.votes("shop", midnight.minus(DAY), midnight.minusMillis(1)))
                .as("what began with it is no part")
                .isEqualTo(new Votes(23, 46));
    }

    @Test
    void anHourThatHasNotBegunCountsWhenItBegins() {
        told(1, TEN.plusSeconds(3600), 4, 0);
        assertThat(in(DAY)).isEqualTo(Votes.NONE);
        assertThat(hours.votes("shop", NOW, NOW.plusSeconds(3600))).isEqualTo(new Votes(4, 4));
        told(1, TEN.plus(Duration.ofDays(400)), 4, 0);
        told(1, TEN.plus(DAY).plusSeconds(3600), 4, 0);
        assertThat(hours.size()).as("none of years to come is kept").isEqualTo(1);
    }

    @Test
    void whatIsOlderThanThePageShowsIsForgottenWhoeverCountedIt() {
        for (int days = 0; days < 40; days++) {
            told(days, TEN.minus(DAY.multipliedBy(days)), 1, 0);
        }
        assertThat(hours.forget(NOW)).isTrue();
        assertThat(hours.size()).isEqualTo(31);
        assertThat(in(MONTH)).isEqualTo(new Votes(30, 30));
        assertThat(hours.forget(NOW.plusSeconds(3600))).as("once a day").isFalse();
        told(1, TEN.minus(DAY.multipliedBy(35)), 1, 0);
        assertThat(hours.size()).as("nor is it taken").isEqualTo(31);
        assertThat(hours.forget(NOW.plus(MONTH.multipliedBy(2)))).isTrue();
        assertThat(hours.size()).isZero();
        assertThat(hours.forget(NOW)).as("time goes one way").isFalse();
    }

    @ParameterizedTest
    @CsvSource({"-1", "3600001", "9223372036854775807"})
    void countsThatNobodyCountedAreNone(long count) {
        var wrong = hour("shop", 1, TEN, count, 1);
        assertThatThrownBy(() -> Feed.checkHour(Keys.of(wrong), wrong))
                .hasMessage("PASS " + count + ": not from 0 to 3600000");
    }

    @Test
    void anHourIsOneAndStandsUnderItsKey() {
        var good = hour("shop", 1, TEN, 3_600_000, 0);
        assertThatCode(() -> Feed.checkHour(Keys.of(good), good)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Feed.checkHour("shop", good)).hasMessageContaining("key shop");
        for (var odd : new Instant[] {TEN.plusSeconds(60), TEN.plusMillis(1)}) {
            var wrong = hour("shop", 1, odd, 1, 0);
            assertThatThrownBy(() -> Feed.checkHour(Keys.of(wrong), wrong))
                    .hasMessageContaining("begins at no hour");
        }
    }

    /// By the ticks alone; of a check that is no more as of any other.
    @Test
    void aBoardForgetsWhileNobodyLooksAndNothingIsToldOfTheCheck() {
        var board = new Board();
        Feed.ALL.forEach(board::read);
        var gone = hour("gone", 1, TEN, 1, 0);
        board.hour(Keys.of(gone), gone, NOW, NOW);
        board.result(0, OnABoard.result("gone", "us", NOW, Outcome.PASS), NOW, NOW);
        assertThat(board.hoursKept()).isEqualTo(1);
        assertThat(board.heard("gone", "us")).isNotNull();
        var later = NOW.plus(MONTH).plus(DAY);
        board.result(0, null, later, NOW);
        board.result(0, null, NOW, later);
        assertThat(board.hoursKept()).as("one clock that is wrong forgets nothing").isEqualTo(1);
        board.result(0, null, later, later);
        assertThat(board.hoursKept()).isZero();
        assertThat(board.heard("gone", "us")).isNull();
        assertThat(board.decided("gone", later)).isFalse();
    }
}
