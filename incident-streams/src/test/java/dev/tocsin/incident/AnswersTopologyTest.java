package dev.tocsin.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Rule 8, through the signals: each opening of a check's incident is answered by the owner of its group.
class AnswersTopologyTest extends TopologyRig {
    private final List<IncidentEvent> all = new ArrayList<>();

    private void both(String check, int second, Outcome outcome) {
        result(check, second, "us", outcome);
        result(check, second, "eu", outcome);
        tick(second);
    }

    /// Of one check: `?` before the answer, `!` after it, and the outage it is part of.
    private List<String> said(String check) {
        all.addAll(events());
        return all.stream().filter(event -> event.getKey().equals(check)).map(this::said).toList();
    }

    private String said(IncidentEvent event) {
        var outage = event.getOutageId();
        return event.getType()
                + (event.getGrouped() ? " !" : " ?")
                + (outage == null ? "" : " " + keyOf(outage));
    }

    private String keyOf(String incident) {
        return all.stream()
                .filter(event -> event.getIncidentId().equals(incident))
                .map(IncidentEvent::getKey)
                .findFirst()
                .orElse("nowhere");
    }

    @Test
    void rule8ALoneFailureIsToldToBeAlone() {
        define();
        both("shop", 10, Outcome.FAIL);
        assertThat(said("shop")).containsExactly("OPENED ?", "UPDATED !");
        assertThat(all.getLast().getReason()).isEqualTo("alone in its group for now");
        assertThat(all).extracting(IncidentEvent::getSeq).containsExactly(1L, 2L);
        for (int second = 20; second < 60; second += 10) {
            both("shop", second, Outcome.PASS);
        }
        assertThat(said("shop")).containsExactly("OPENED ?", "UPDATED !", "CLOSED !");
        both("shop", 70, Outcome.FAIL);
        assertThat(said("shop"))
                .containsExactly("OPENED ?", "UPDATED !", "CLOSED !", "REOPENED ?", "UPDATED !");
    }

    @Test
    void rule8TwoFailuresAreAnsweredByTheirOutage() {
        define("shop");
        define("mail");
        both("shop", 10, Outcome.FAIL);
        both("mail", 11, Outcome.FAIL);
        said("shop");
        assertThat(said("shop")).containsExactly("OPENED ?", "UPDATED !", "UPDATED ! outage:all");
        assertThat(said("mail")).containsExactly("OPENED ?", "UPDATED ! outage:all");
        assertThat(said("outage:all")).isNotEmpty().allMatch(said -> said.endsWith(" !"));
    }

    @Test
    void rule8AnotherGroupsFailureChangesNoAnswer() {
        define("shop");
        define(check("mail").setGroup("backstage").build());
        both("shop", 10, Outcome.FAIL);
        both("mail", 11, Outcome.FAIL);
        assertThat(said("shop")).containsExactly("OPENED ?", "UPDATED !");
        assertThat(said("mail")).containsExactly("OPENED ?", "UPDATED !");
    }

    @Test
    void rule8SilenceIsAnswered() {
        define();
        both("shop", 0, Outcome.PASS);
        for (int second = 1; second < 120; second++) {
            tick(second);
        }
        assertThat(said("shop")).containsExactly("OPENED ?", "UPDATED !");
        assertThat(all).allMatch(event -> event.getKind() == IncidentKind.NO_DATA);
    }

    @Test
    void rule8PartAndDegradationAreAnswered() {
        define();
        for (int second = 0; second < 200; second += 10) {
            result(second, "us", Outcome.FAIL);
            result(second, "eu", Outcome.PASS);
            tick(second);
        }
        assertThat(said("shop")).startsWith("OPENED ?", "UPDATED !");
        assertThat(all.getFirst().getKind()).isEqualTo(IncidentKind.PARTIAL);
        define("slow");
        for (int second = 200; second < 260; second += 10) {
            both("slow", second, Outcome.DEGRADED);
        }
        assertThat(said("slow")).startsWith("OPENED ?", "UPDATED ! outage:all");
    }

    @Test
    void rule8WhatMaintenanceHidesIsAnsweredWhenItIsOver() {
        define();
        maintain("shop", 100);
        for (int second = 10; second < 100; second += 10) {
            both("shop", second, Outcome.FAIL);
        }
        assertThat(said("shop")).containsExactly("OPENED ?");
        both("shop", 100, Outcome.FAIL);
        tick(101);
        assertThat(said("shop")).containsExactly("OPENED ?", "UNSUPPRESSED ?", "UPDATED !");
    }

    @Test
    void rule8WhatWaitsForItsParentIsAnsweredWhenItWaitsNoLonger() {
        define(check("dns").build());
        define(check("shop").setDependsOn(List.of("dns")).build());
        for (int second = 10; second < 30; second++) {
            both("dns", second, Outcome.PASS);
            both("shop", second, Outcome.FAIL);
        }
        assertThat(said("shop")).containsExactly("OPENED ?", "UNSUPPRESSED ?", "UPDATED !");
    }

    @Test
    void rule8WhatIsNoChecksNeedsNoAnswer() {
        for (int check = 0; check < 10; check++) {
            define("check" + check);
        }
        for (int second = 1; second < 100; second += 10) {
            for (int check = 0; check < 10; check++) {
                result("check" + check, second, "us", second > 20 ? Outcome.FAIL : Outcome.PASS);
                result("check" + check, second, "eu", Outcome.PASS);
            }
            tick(second);
        }
        assertThat(said("region:us")).containsExactly("OPENED !");
        for (int second = 100; second < 400; second++) {
            tick(second);
        }
        assertThat(said("pipeline:stalled")).containsExactly("OPENED !");
    }
}
