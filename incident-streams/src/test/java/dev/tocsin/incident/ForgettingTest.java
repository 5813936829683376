package dev.tocsin.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Outcome;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/// What is kept of an incident ends 90 days after its close (DESIGN section 4).
class ForgettingTest extends TopologyRig {
    private static final int DAY = 86_400;

    private void outage(int from) {
        for (int second = from; second < from + 60; second += 10) {
            var outcome = second < from + 20 ? Outcome.FAIL : Outcome.PASS;
            result("shop", second, "us", outcome);
            result("shop", second, "eu", outcome);
            tick(second);
        }
    }

    private void ticks(int from) {
        for (int second = from; second < from + 60; second++) {
            tick(second);
        }
    }

    private List<TestRecord<String, byte[]>> states() {
        return output("incident-state").readRecordsToList();
    }

    @Test
    void anIncidentIsForgottenNinetyDaysAfterItsClose() {
        define();
        outage(0);
        assertThat(events().getLast().getType()).isEqualTo(IncidentEventType.CLOSED);
        var incident = states().getLast().key();
        assertThat(store().approximateNumEntries()).isPositive();
        ticks(89 * DAY);
        assertThat(states()).noneMatch(state -> state.value() == null);
        ticks(91 * DAY);
        assertThat(states())
                .filteredOn(state -> state.value() == null)
                .extracting(TestRecord::key)
                .containsExactly(incident);
        try (var all = store().all()) {
            while (all.hasNext()) {
                // Its regions' last verdicts are no incident.
                assertThat(all.next().key).contains("\0");
            }
        }
    }

    private org.apache.kafka.streams.state.KeyValueStore<String, byte[]> store() {
        return driver.getKeyValueStore("check-state");
    }

    @Test
    void anOutageIsForgottenWithItsChecks() {
        define("shop");
        define("mail");
        for (int second = 0; second < 60; second += 10) {
            for (var check : List.of("shop", "mail")) {
                var outcome = second < 20 ? Outcome.FAIL : Outcome.PASS;
                result(check, second, "us", outcome);
                result(check, second, "eu", outcome);
            }
            tick(second);
        }
        var outage = events().stream().filter(e -> e.getKey().equals("outage:all")).toList();
        assertThat(outage.getLast().getType()).isEqualTo(IncidentEventType.CLOSED);
        states();
        ticks(89 * DAY);
        assertThat(states()).noneMatch(state -> state.value() == null);
        ticks(91 * DAY);
        assertThat(states())
                .filteredOn(state -> state.value() == null)
                .extracting(TestRecord::key)
                .hasSize(3)
                .contains(outage.getLast().getIncidentId());
    }

    @Test
    void whatWasReopenedCountsFromItsLastClose() {
        define();
        outage(0);
        outage(100);
        assertThat(told()).contains("REOPENED");
        states();
        ticks(90 * DAY + 60);
        assertThat(states()).noneMatch(state -> state.value() == null);
        ticks(90 * DAY + 200);
        assertThat(states()).filteredOn(state -> state.value() == null).hasSize(1);
    }

    @Test
    void whatIsOpenIsNeverForgotten() {
        define();
        for (int second = 0; second < 30; second += 10) {
            result(second, "us", Outcome.FAIL);
            result(second, "eu", Outcome.FAIL);
            tick(second);
        }
        states();
        ticks(200 * DAY);
        ticks(201 * DAY);
        assertThat(states()).noneMatch(state -> state.value() == null);
    }
}
