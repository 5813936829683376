package dev.tocsin.incident;

import static dev.tocsin.incident.stream.Plain.decoder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.stream.Plain;
import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
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
        input("agents")
                .pipeInput("us-1", Plain.bytes(status::toByteBuffer), START.plusSeconds(second));
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
        assertThat(toldByKey()).containsExactly("OPENED dns", "UPDATED dns", "OPENED shop");
        assertThat(events.getFirst().getSuppressedBy()).isNull();
        assertThat(events.get(2).getSuppressedBy()).isEqualTo("depends-on:dns");
        assertThat(events.get(2).getRootIncidentId()).isEqualTo(events.getFirst().getIncidentId());
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
                .pipeInput("shop", Plain.bytes(report::toByteBuffer), START.plusSeconds(second));
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
        tick(402);
        assertThat(toldByKey()).containsExactly("OPENED shop", "UPDATED shop", "UPDATED shop");
        assertThat(events.getFirst().getReportedBy()).isZero();
        assertThat(events.getLast().getReportedBy()).isEqualTo(5);
        report(403, "");
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
            input("maintenance").pipeInput(zone, Plain.bytes(window::toByteBuffer), START);
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

    @Test
    void rule10TwelveUsersAreTwelveAndAnUnknownServiceIsRefusedWithTheReason() {
        define();
        for (var region : List.of("us", "eu")) {
            result(400, region, Outcome.FAIL);
        }
        for (int user = 0; user < 12; user++) {
            report(401, "user" + user);
        }
        tick(402); // the desk tells of all of them
        tick(403);
        toldByKey();
        assertThat(events.getLast().getReportedBy()).isEqualTo(12);
        var counts = new ArrayList<String>();
        for (var bytes : output("signals").readValuesToList()) {
            var signal = decoder(Signal.getDecoder()).deserialize("signals", bytes);
            if (signal.getKind() == SignalKind.USER_REPORTS) {
                counts.add(signal.getAttributes().get("users"));
            }
        }
        assertThat(counts).containsExactly("5", "12");
        checks.pipeInput("shop", null, START.plusSeconds(404));
        report(405, "ana");
        assertThat(deadLetters("signals"))
                .containsExactly("a report of the service shop, of which there is no check");
    }

    @Test
    void rule7ADependencyThatIsTurnedRoundIsUsedWhicheverEndIsHeardFirst() {
        define(check("shop").setDependsOn(List.of("dns")).build());
        define(check("dns").build());
        define(check("dns").setDependsOn(List.of("shop")).build());
        define(check("shop").build());
        assertThat(deadLetters("signals")).hasSize(1);
        for (var check : List.of("shop", "dns")) {
            for (var region : List.of("us", "eu")) {
                result(check, 1, region, Outcome.FAIL);
            }
        }
        assertThat(toldByKey()).containsExactly("OPENED shop", "UPDATED shop", "OPENED dns");
        assertThat(events.getLast().getSuppressedBy()).isEqualTo("depends-on:shop");
    }

    /// None of them is of a region or of the pipeline, which are well.
    ///
    /// @return bytes of the records of a topic, the largest last
    private long[] bytes(String topic) {
        long sum = 0;
        long largest = 0;
        for (var record : output(topic).readRecordsToList()) {
            if (topic.equals("incidents")) {
                assertThat(record.key()).doesNotStartWith("region:").doesNotStartWith("pipeline:");
            }
            var value = record.value();
            long size = value == null ? 0 : value.length;
            sum += size;
            largest = Math.max(largest, size);
        }
        return new long[] {sum, largest};
    }

    /// @return bytes per check, of all that is written because of the outage
    private long[] failAtOnce(int from, int many) {
        for (int check = from; check < from + many; check++) {
            define(
                    check("check" + check)
                            .setName("Read older messages " + check)
                            .setService("mail-" + check)
                            .setGroup("group" + from)
                            .build());
        }
        for (var topic : List.of("signals", "incidents", "incident-state")) {
            bytes(topic);
        }
        for (int check = from; check < from + many; check++) {
            for (var region : List.of("us", "eu")) {
                result("check" + check, 10 + check * 10 / (from + many), region, Outcome.FAIL);
            }
        }
        tick(21);
        long stored = 0;
        long largest = 0;
        try (var all = driver.<String, byte[]>getKeyValueStore("outages").all()) {
            while (all.hasNext()) {
                var size = all.next().value.length;
                stored += size;
                largest = Math.max(largest, size);
            }
        }
        long sum = stored;
        for (var topic : List.of("signals", "incidents", "incident-state")) {
            var of = bytes(topic);
            sum += of[0];
            largest = Math.max(largest, of[1]);
        }
        return new long[] {sum / many, largest};
    }

    @Test
    void rule8TwoThousandThatFailAtOnceCostEachWhatOneCostsAndNoRecordIsLarge() {
        var few = failAtOnce(0, 200);
        var many = failAtOnce(200, 2000);
        assertThat(many[0]).isLessThan(few[0] * 3 / 2);
        assertThat(many[1]).isLessThan(64_000);
        assertThat(few[1]).isLessThan(64_000);
    }
}
