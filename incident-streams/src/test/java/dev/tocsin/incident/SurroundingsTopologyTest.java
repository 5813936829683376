package dev.tocsin.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.UserReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What concerns many checks, through the signals: regions, the pipeline, dependencies, users' reports.
class SurroundingsTopologyTest extends TopologyRig {
    private final List<IncidentEvent> events = new ArrayList<>();

    private List<String> toldByKey() {
        events.addAll(events());
        return events.stream().map(event -> event.getType() + " " + event.getKey()).toList();
    }

    private void defineMany() {
        for (int check = 0; check < 10; check++) {
            define("check" + check);
        }
    }

    private void round(int second, Outcome us, Outcome eu) {
        for (int check = 0; check < 10; check++) {
            result("check" + check, second, "us", us);
            result("check" + check, second, "eu", eu);
        }
        for (int passed = 0; passed < 10; passed++) {
            tick(second + passed);
        }
    }

    @Test
    void rule1ARegionThatIsCutOffIsOneIncidentAndNonePerCheck() {
        defineMany();
        for (int second = 1; second < 300; second += 10) {
            round(second, second > 20 ? Outcome.FAIL : Outcome.PASS, Outcome.PASS);
        }
        assertThat(toldByKey()).containsExactly("OPENED region:us");
        var event = events.getFirst();
        assertThat(event.getRegions().getFirst().getVerdict()).isEqualTo(RegionVerdict.ISOLATED);
        assertThat(event.getStartedAt()).isEqualTo(START.plusSeconds(21));
        assertThat(event.getReason()).startsWith("10 of 10 checks fail there alone");
        round(301, Outcome.PASS, Outcome.PASS);
        round(311, Outcome.PASS, Outcome.PASS);
        assertThat(toldByKey()).containsExactly("OPENED region:us", "CLOSED region:us");
    }

    @Test
    void rule1AnOutageThatBothRegionsSeeIsolatesNeither() {
        defineMany();
        round(1, Outcome.PASS, Outcome.PASS);
        round(11, Outcome.FAIL, Outcome.FAIL);
        assertThat(toldByKey()).noneMatch(told -> told.contains("region:"));
        assertThat(events).hasSizeGreaterThan(10);
    }

    private void heartbeat(int second, @Nullable String offline) {
        var status =
                AgentStatus.newBuilder()
                        .setAgentId("us-1")
                        .setRegion("us")
                        .setBootEpoch(1)
                        .setAt(START.plusSeconds(second))
                        .setChecks(1)
                        .setVersion("test")
                        .setOffline(offline)
                        .build();
        input("agents").pipeInput("us-1", bytes(status::toByteBuffer), START.plusSeconds(second));
    }

    @Test
    void rule1AnAgentWhoseCanariesFailIsolatesItsRegion() {
        define();
        result(1, "us", Outcome.PASS);
        result(1, "eu", Outcome.PASS);
        tick(2);
        result(3, "us", Outcome.PASS);
        result(3, "eu", Outcome.PASS);
        tick(4);
        heartbeat(5, "tcp://10.0.0.1:53: refused");
        assertThat(toldByKey()).containsExactly("OPENED region:us");
        heartbeat(6, null);
        assertThat(toldByKey()).containsExactly("OPENED region:us", "CLOSED region:us");
    }

    @Test
    void rule2SilenceOfAllIsOneStallAndNonePerCheck() {
        defineMany();
        round(1, Outcome.PASS, Outcome.PASS);
        round(11, Outcome.PASS, Outcome.PASS);
        for (int second = 21; second < 400; second++) {
            tick(second);
        }
        assertThat(toldByKey()).containsExactly("OPENED pipeline:stalled");
        assertThat(events.getFirst().getSeverity()).isEqualTo(Severity.CRITICAL);
        assertThat(events.getFirst().getStartedAt()).isEqualTo(START.plusSeconds(11));
        round(401, Outcome.PASS, Outcome.PASS);
        assertThat(toldByKey())
                .containsExactly("OPENED pipeline:stalled", "CLOSED pipeline:stalled");
    }

    @Test
    void rule7AChildOfWhatIsDownIsToldToNobodyAndNamesTheRoot() {
        define(check("dns").build());
        define(check("router").build());
        define(check("shop").setDependsOn(List.of("dns")).build());
        for (var region : List.of("us", "eu")) {
            result("dns", 1, region, Outcome.FAIL);
        }
        for (var region : List.of("us", "eu")) {
            result("shop", 2, region, Outcome.FAIL);
        }
        assertThat(toldByKey()).containsExactly("OPENED dns", "OPENED shop");
        assertThat(events.getFirst().getSuppressedBy()).isNull();
        assertThat(events.get(1).getSuppressedBy()).isEqualTo("depends-on:dns");
        assertThat(events.get(1).getRootIncidentId()).isEqualTo(events.getFirst().getIncidentId());
    }

    @Test
    void rule7OfAChainTheRootIsNamed() {
        define(check("router").build());
        define(check("dns").setDependsOn(List.of("router")).build());
        define(check("shop").setDependsOn(List.of("dns")).build());
        for (var check : List.of("router", "dns", "shop")) {
            for (var region : List.of("us", "eu")) {
                result(check, 1, region, Outcome.FAIL);
            }
        }
        toldByKey();
        assertThat(events.getLast().getKey()).isEqualTo("shop");
        assertThat(events.getLast().getSuppressedBy()).isEqualTo("depends-on:router");
        assertThat(events.getLast().getRootIncidentId())
                .isEqualTo(events.getFirst().getIncidentId());
    }

    @Test
    void rule7ACircleIsADeadLetterAndNobodyIsKeptInTheDarkByIt() {
        define(check("dns").setDependsOn(List.of("shop")).build());
        define(check("shop").setDependsOn(List.of("dns")).build());
        assertThat(deadLetters("signals"))
                .containsExactly(
                        "depends-on makes a circle, and is not used there: shop -> dns -> shop");
        for (var region : List.of("us", "eu")) {
            result("dns", 1, region, Outcome.FAIL);
            result("shop", 1, region, Outcome.FAIL);
        }
        for (int second = 2; second < 20; second++) {
            tick(second);
        }
        toldByKey();
        assertThat(events)
                .anyMatch(
                        event -> event.getKey().equals("shop") && event.getSuppressedBy() == null);
    }

    private void report(int second, String user) {
        var report =
                UserReport.newBuilder()
                        .setReportId(user + second)
                        .setService("shop")
                        .setAt(START.plusSeconds(second))
                        .setReporter(user)
                        .build();
        input("user-reports")
                .pipeInput("shop", bytes(report::toByteBuffer), START.plusSeconds(second));
    }

    @Test
    void rule10UsersReportsAreEvidenceOnWhatIsOpenAndOpenNothing() {
        define();
        for (int user = 0; user < 6; user++) {
            report(1, "early" + user);
        }
        assertThat(toldByKey()).isEmpty();
        for (var region : List.of("us", "eu")) {
            result(400, region, Outcome.FAIL);
        }
        for (int user = 0; user < 5; user++) {
            report(401, "user" + user);
        }
        assertThat(toldByKey()).containsExactly("OPENED shop", "UPDATED shop");
        assertThat(events.getFirst().getReportedBy()).isZero();
        assertThat(events.getLast().getReportedBy()).isEqualTo(5);
        report(402, "");
        assertThat(deadLetters("user-reports"))
                .containsExactly("a report needs what tells its reporter apart");
    }

    @Test
    void rule7AWindowInAZoneThatDoesNotExistIsADeadLetterAndTheOthersHold() {
        define();
        for (var zone : List.of("Mars/Olympus", "Europe/Berlin")) {
            var window =
                    MaintenanceWindow.newBuilder()
                            .setWindowId(zone)
                            .setTitle(zone)
                            .setStartsAt(START)
                            .setEndsAt(START.plusSeconds(3600))
                            .setRrule("FREQ=DAILY")
                            .setTimeZone(zone)
                            .build();
            input("maintenance").pipeInput(zone, bytes(window::toByteBuffer), START);
        }
        assertThat(deadLetters("maintenance"))
                .containsExactly(
                        "maintenance Mars/Olympus: \"Mars/Olympus\" is no time zone; write one such as Europe/Berlin");
        int tomorrow = 24 * 3600 + 5;
        result(tomorrow, "us", Outcome.FAIL);
        result(tomorrow, "eu", Outcome.FAIL);
        toldByKey();
        assertThat(events.getFirst().getSuppressedBy()).isEqualTo("maintenance:Europe/Berlin");
    }
}
