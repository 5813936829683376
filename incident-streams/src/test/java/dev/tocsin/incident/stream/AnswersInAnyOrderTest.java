package dev.tocsin.incident.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Rule 8, however long the owner of a group and its checks take to hear of one another: whatever is open and not suppressed is
/// answered by one signal each way, and each opening once at most.
class AnswersInAnyOrderTest {
    private static void judge(SlowGroup group, SlowGroup.Check check, String when) {
        boolean grouped = false;
        long seq = 0;
        for (var event : check.events) {
            boolean opens =
                    event.getType() == IncidentEventType.OPENED
                            || event.getType() == IncidentEventType.REOPENED;
            seq = event.getType() == IncidentEventType.OPENED ? 1 : seq + 1;
            assertThat(event.getSeq()).as(when).isEqualTo(seq);
            if (opens) {
                assertThat(event.getGrouped()).as(when).isFalse();
            } else if (grouped) {
                assertThat(event.getGrouped()).as(when).isTrue();
            }
            grouped = event.getGrouped();
            assertThat(event.getOutageId() == null || grouped).as(when).isTrue();
        }
        if (!check.events.isEmpty()
                && check.events.getLast().getOpen()
                && check.events.getLast().getSuppressedBy() == null) {
            assertThat(grouped).as(when).isTrue();
        }
        for (var incident :
                check.events.stream().map(IncidentEvent::getIncidentId).distinct().toList()) {
            long openings =
                    check.events.stream()
                            .filter(e -> e.getIncidentId().equals(incident))
                            .filter(e ->
                                    e.getType() == IncidentEventType.OPENED
                                            || e.getType() == IncidentEventType.REOPENED)
                            .count();
            long answers =
                    group.alone.stream()
                            .filter(s -> s.getSubject().equals("group:all"))
                            .filter(s -> s.getRelated().contains(incident))
                            .count();
            assertThat(answers).as(when).isLessThanOrEqualTo(openings);
        }
    }

    @Test
    void rule8WhateverIsOpenAndNotSuppressedIsAnsweredWithinTwoSignals() {
        var types = new TreeMap<String, Integer>();
        for (int seed = 0; seed < 100; seed++) {
            var run = new SlowGroup(seed);
            for (int step = 0; step < 300; step++) {
                run.step();
                if (step % 50 == 49) {
                    run.settle();
                    for (var check : run.checks) {
                        judge(run, check, "seed " + seed + ", step " + step + ", " + check.id());
                    }
                }
            }
            for (var check : run.checks) {
                for (var event : check.events) {
                    types.merge(
                            event.getType() + (event.getOutageId() == null ? "" : " of an outage"),
                            1,
                            Integer::sum);
                }
            }
        }
        // That the histories have all of it.
        assertThat(types)
                .containsKeys(
                        "OPENED",
                        "REOPENED",
                        "UPDATED",
                        "UPDATED of an outage",
                        "SUPPRESSED",
                        "UNSUPPRESSED",
                        "SNOOZED",
                        "CLOSED",
                        "CLOSED of an outage");
    }
}
