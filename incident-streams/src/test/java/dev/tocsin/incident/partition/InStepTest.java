package dev.tocsin.incident.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class InStepTest {
    private static final long UNKNOWN = -1;
    private final InStep inStep = new InStep();

    private static long second(double number) {
        return (long) (number * Duration.ofSeconds(1).toNanos());
    }

    @Test
    void whoIsAheadByMoreThanTwoSecondsWaits() {
        inStep.assigned(0, 10, 1000, 5000, 0);
        inStep.assigned(1, 10, 1000, 7000, 0);
        assertThat(inStep.ahead(0)).isEmpty();
        inStep.read(1, 500, 7001, 1);
        assertThat(inStep.ahead(1)).containsExactly(1);
        inStep.read(0, 500, 9002, 2);
        assertThat(inStep.ahead(2)).containsExactly(0);
        inStep.read(1, 600, 8000, 3);
        assertThat(inStep.ahead(3)).isEmpty();
    }

    @Test
    void whoseTimeIsNotKnownIsReadFirst() {
        inStep.assigned(0, 0, 1000, 1_000_000, 0);
        inStep.assigned(1, 0, 1000, UNKNOWN, 0);
        assertThat(inStep.ahead(0)).containsExactly(0);
        inStep.read(1, 1, 999_000, 0);
        assertThat(inStep.ahead(0)).isEmpty();
    }

    @Test
    void whoHasCaughtUpNeitherWaitsNorIsWaitedFor() {
        inStep.assigned(0, 0, 1000, 5000, 0);
        inStep.assigned(1, 0, 1000, 5000, 0);
        inStep.assigned(2, 1000, 1000, 0, 0);
        inStep.read(1, 999, 9000, 0);
        assertThat(inStep.ahead(0)).containsExactly(1);
        inStep.read(0, 1000, 6000, 0);
        assertThat(inStep.ahead(0)).isEmpty();
        inStep.read(0, 1001, 600_000, 0); // goes on: its time is told by nobody any more
        assertThat(inStep.ahead(0)).isEmpty();
    }

    @Test
    void whoGivesNothingIsWaitedForThreeSeconds() {
        inStep.assigned(0, 0, 1000, 5000, 0);
        inStep.assigned(1, 0, 1000, 60_000, 0);
        inStep.assigned(2, 0, 1000, 90_000, 0);
        assertThat(inStep.ahead(second(2.999))).containsExactly(1, 2);
        inStep.read(1, 5, 61_000, second(2));
        assertThat(inStep.ahead(second(3))).containsExactly(2);
        assertThat(inStep.ahead(second(5))).isEmpty();
        inStep.read(0, 1, 6000, second(6));
        assertThat(inStep.ahead(second(6))).containsExactly(1, 2);
    }

    @Test
    void whoIsReadElsewhereIsNotWaitedFor() {
        inStep.assigned(0, 0, 1000, 5000, 0);
        inStep.assigned(1, 0, 1000, 60_000, 0);
        inStep.revoked(0);
        assertThat(inStep.ahead(0)).isEmpty();
        inStep.assigned(0, 0, 1000, 5000, 0);
        assertThat(inStep.ahead(0)).containsExactly(1);
    }
}
